// Measures the built product on generated data: each figure as a ratio to a reference taken in the same run, since
// machines differ and are noisy. What the figures mean and what was tried: docs/performance.md.
//   npm run bench -- [--sizes small,medium,large] [--stores embedded,server] [--rounds 3] [--compare FILE] [--keep]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureAnswers } from "./answers.mjs";
import { compare, show } from "./figures.mjs";
import { median, root, runNode } from "./measure.mjs";
import { copyAndGroup, psqlOf } from "./reference.mjs";
import { startServer } from "./server.mjs";
import { dataSet, SIZES } from "./sizes.mjs";

const { values: options } = parseArgs({
  options: {
    sizes: { type: "string", default: "small" },
    stores: { type: "string", default: "embedded,server" },
    rounds: { type: "string", default: "3" },
    compare: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});
const sizes = options.sizes.split(",");
const stores = options.stores.split(",");
const rounds = Number(options.rounds);
const binary = join(root, "bin", "audience.js");
const scratch = mkdtempSync(join(tmpdir(), "audience-bench-"));
const files = join(tmpdir(), "audience-bench-data");
const server = await startServer();
const figures = [];
const note = (what, ratio, of, detail) => figures.push({ what, ratio: Number(ratio.toFixed(2)), of, ...detail });
const round = (ms) => Math.round(ms);

async function startUp() {
  const pairs = [];
  for (let i = 0; i < 9; i++) pairs.push([await runNode(["-e", "0"]), await runNode([binary, "--help"])]);
  const bare = median(pairs.map(([a]) => a.ms));
  const help = median(pairs.map(([, b]) => b.ms));
  note("audience --help", help / bare, "node -e 0", { ms: round(help) });
  return bare;
}

/** Loads a data set, the reference before and after it, as often as there are rounds. */
async function loads(size, store, bare) {
  const { crm, events, fresh } = await dataSet(files, size);
  const runs = [];
  let env = {};
  for (let i = 0; i < rounds; i++) {
    rmSync(join(scratch, size), { recursive: true, force: true });
    env = store === "server" ? { DATABASE_URL: server.database(size) } : { AUDIENCE_DATA_DIR: join(scratch, size) };
    const load = (...more) =>
      runNode([binary, "ingest", ...more, "--output", "json"], { ...env, AUDIENCE_STATE_DIR: scratch });
    const before = server.url ? copyAndGroup(psqlOf(server.bin), server.url, { crm, events }) : undefined;
    const whole = await load("--crm", crm, "--events", events);
    const after = before && copyAndGroup(psqlOf(server.bin), server.url, { crm, events });
    const reference = before ? (before + after) / 2 : bare * 100;
    const { seconds, totals } = JSON.parse(whole.output);
    const little = await load("--events", fresh);
    const asked = store === "embedded" ? await count(env) : undefined;
    runs.push({ whole, little, asked, reference, totals, seconds });
  }
  const of = (pick) => median(runs.map(pick));
  const at = `${size}, ${store}`;
  const name = server.url ? "\\copy of both files and one GROUP BY" : "100 starts of node";
  const { totals } = runs[0];
  note(
    `load (${at})`,
    of((r) => r.whole.ms / r.reference),
    name,
    {
      ms: round(of((r) => r.whole.ms)),
      reference_ms: round(of((r) => r.reference)),
      us_an_event: Number(of((r) => (r.whole.ms * 1000) / totals.events).toFixed(2)),
      memory_mb: of((r) => r.whole.memory),
    },
  );
  for (const { stage } of runs[0].seconds) {
    const seconds = (run) => run.seconds.find((s) => s.stage === stage)?.seconds ?? 0;
    note(
      `  ${stage} (${at})`,
      of((r) => (seconds(r) * 1000) / r.reference),
      "the same",
      { ms: round(of(seconds) * 1000) },
    );
  }
  note(
    `1,000 more events (${at})`,
    of((r) => r.little.ms / r.whole.ms),
    "the load",
    {
      ms: round(of((r) => r.little.ms)),
      memory_mb: of((r) => r.little.memory),
    },
  );
  if (store === "embedded") {
    note(`ask a count, a process (${at})`, of((r) => r.asked) / bare, "node -e 0", { ms: round(of((r) => r.asked)) });
  }
  const { DATABASE_URL: databaseUrl, AUDIENCE_DATA_DIR: dataDir } = env;
  const answers = await measureAnswers(databaseUrl ? { databaseUrl } : { dataDir }, scratch);
  const { reference } = answers;
  const sql = "one GROUP BY of all events";
  note(`ask a count again (${at})`, answers.count / reference, sql, { ms: round(answers.count) });
  note(`interests into memory, beside questions (${at})`, answers.reading / reference, sql, {
    ms: round(answers.reading),
  });
  for (const [key, found] of Object.entries(answers.hybrid)) {
    const [which, n] = [key.slice(0, -1), key.at(-1)];
    const what = `${which === "none" ? "no gate" : `gate of ${found.gate}`}, ${n} intents`;
    const both = [
      [`hybrid, ${what} (${at})`, found],
      [`hybrid in SQL alone, ${what} (${at})`, found.sql],
    ];
    for (const [name, { ms, recall, stages }] of both)
      note(name, ms / reference, sql, { ms: round(ms), recall, stages });
  }
  const { each, refused, of: asked } = answers.questions;
  note(`a question of ${asked}, ${refused} refused (${at})`, each / reference, sql, { ms: round(each) });
}

async function count(env) {
  const all = [];
  for (let i = 0; i < 3; i++) {
    all.push(await runNode([binary, "ask", "how many customers bought red socks in the last 60 days?"], env));
  }
  return median(all.map(({ ms }) => ms));
}

try {
  const bare = await startUp();
  for (const size of sizes) {
    if (!SIZES[size]) throw new Error(`There is no size ${size}: ${Object.keys(SIZES).join(", ")}.`);
    for (const store of stores) if (store === "embedded" || server.url) await loads(size, store, bare);
  }
  const result = { at: new Date().toISOString(), sizes, stores, rounds, figures };
  show(figures);
  mkdirSync(join(root, "bench", "results"), { recursive: true });
  const path = join(root, "bench", "results", `${result.at.replaceAll(":", "-")}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  if (options.compare) compare(JSON.parse(readFileSync(options.compare, "utf8")).figures, figures);
} finally {
  server.stop();
  rmSync(scratch, { recursive: true, force: true });
  if (!options.keep) rmSync(files, { recursive: true, force: true });
}
