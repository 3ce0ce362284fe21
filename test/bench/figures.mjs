// Shows figures, holds them to their bars, and compares them with those of another run.

/** Most that a figure may be, as far as the product promises one; by the beginning of its name. */
const BARS = [
  { what: "audience --help", ratio: 2.5 },
  { what: "load (medium, server)", ratio: 2 },
  { what: "load (medium, embedded)", ratio: 4, memory_mb: 600 },
  { what: "1,000 more events (medium", ratio: 0.03 },
  { what: "ask a count, a process (small", ms: 2000 },
  { what: "ask a count again (small", ms: 50 },
  { what: "hybrid, gate", ends: "(medium, embedded)", ms: 80 },
  { what: "hybrid, gate", ends: "(medium, server)", ms: 80 },
];

/** A ratio beyond this times the earlier one is more than noise, mostly. */
const WORSE = 1.25;

function verdict(figure) {
  if (figure.recall !== undefined && figure.recall < 1) return "  WRONG";
  const bar = BARS.find(({ what, ends = "" }) => figure.what.startsWith(what) && figure.what.endsWith(ends));
  if (!bar) return "";
  const missed = ["ratio", "ms", "memory_mb"].filter((unit) => bar[unit] !== undefined && figure[unit] > bar[unit]);
  return missed.length === 0 ? "  ok" : `  ABOVE ${missed.map((unit) => `${bar[unit]} ${unit}`).join(", ")}`;
}

export function show(figures) {
  for (const figure of figures) {
    const { what, ratio, of, ms, memory_mb: memory, us_an_event: each } = figure;
    const parts = [`${ms} ms`, ...(memory ? [`${memory} MB`] : []), ...(each ? [`${each} µs an event`] : [])];
    process.stdout.write(`${what}: ${ratio} × ${of} (${parts.join(", ")})${verdict(figure)}\n`);
  }
}

export function compare(before, now) {
  const earlier = new Map(before.map((figure) => [figure.what, figure]));
  for (const { what, ratio } of now) {
    const old = earlier.get(what);
    if (!old) continue;
    const change = ratio / old.ratio;
    const mark = change > WORSE ? "  slower" : change < 1 / WORSE ? "  faster" : "";
    process.stdout.write(`${what}: ${old.ratio} before, ${ratio} now${mark}\n`);
  }
}
