// Measures the built product on generated data: each figure as a ratio to a reference taken in the same run, since
// machines differ and are noisy. `npm run bench [DATA_DIR]` takes an embedded data directory that is loaded already.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const binary = join(root, "bin", "audience.js");
const scratch = mkdtempSync(join(tmpdir(), "audience-bench-"));
const figures = [];

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const timed = (work) => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const run = (...args) =>
  execFileSync(process.execPath, [binary, ...args], { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1e9 });
const note = (what, ms, reference, of) => {
  figures.push({ what, ms: Math.round(ms), ratio: Number((ms / reference).toFixed(2)), of });
};

try {
  const bare = median(Array.from({ length: 7 }, () => timed(() => spawnSync(process.execPath, ["-e", "0"]))));
  note("audience --help", median(Array.from({ length: 7 }, () => timed(() => run("--help")))), bare, "node -e 0");

  let data = process.argv[2];
  if (data === undefined) {
    data = join(scratch, "data");
    const files = join(scratch, "files");
    run("sample", "--customers", "6000", "--out", files);
    const crm = join(files, "crm.csv");
    const events = join(files, "clickstream.csv");
    const read = timed(() => readFileSync(events, "utf8").split("\n"));
    const load = timed(() => run("ingest", "--crm", crm, "--events", events, "--data-dir", data));
    note("ingest of 6,000 customers", load, read, "reading and splitting the file");
    note(
      "the same ingest again",
      timed(() => run("ingest", "--crm", crm, "--events", events, "--data-dir", data)),
      load,
      "the first",
    );
  }

  // The questions run in this process, over one opening of the data, as in a batch.
  const { createRuntime } = await import("../../dist/src/runtime.js");
  const { configSchema } = await import("../../dist/src/config/schema.js");
  const { createRulesPlanner } = await import("../../dist/src/planner/rules.js");
  const { answerQuestion } = await import("../../dist/src/agent/loop.js");
  const runtime = await createRuntime(
    { config: configSchema.parse({ dataDir: data, planner: "rules" }), origins: {} },
    { command: "bench", create: false, stateDir: scratch, session: "bench", now: () => new Date() },
  );
  const catalogue = await runtime.catalogue();
  const planner = createRulesPlanner(catalogue, {});
  const tools = {
    db: runtime.db,
    catalogue,
    discovery: runtime.discovery(catalogue),
    asOf: catalogue.lastEventAt,
    asOfGiven: false,
    limit: 50,
    minScore: 0.25,
    notes: [],
    clock: runtime.clock,
  };
  const ask = async (question) => {
    for await (const event of answerQuestion(question, planner(question, tools), tools)) {
      if (event.type === "answer") return event.answer;
    }
  };
  const plain = "select event_type, count(*) from audience.events group by 1";
  await runtime.db.query(plain);
  const times = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await runtime.db.query(plain);
    times.push(performance.now() - start);
  }
  const reference = median(times);
  const questions = readFileSync(new URL("questions.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");
  await ask("customers interested in luxury"); // the model and the phrases are loaded once a process
  let refused = 0;
  const start = performance.now();
  for (const question of questions) if ((await ask(question)).kind === "refusal") refused++;
  const all = performance.now() - start;
  note(`${questions.length} questions (${refused} refused)`, all, reference, "one GROUP BY over all events");
  note("a question on average", all / questions.length, reference, "the same");
  await runtime.close();

  const { events, customers } = catalogue.views;
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  const result = {
    at: new Date().toISOString(),
    customers: customers.rows,
    events: events.rows,
    figures,
    memory_mb: memory,
  };
  process.stdout.write(`${customers.rows} customers, ${events.rows} events; peak memory ${memory} MB\n`);
  for (const { what, ms, ratio, of } of figures) process.stdout.write(`${what}: ${ms} ms, ${ratio} x ${of}\n`);
  mkdirSync(join(root, "bench", "results"), { recursive: true });
  writeFileSync(
    join(root, "bench", "results", `${result.at.replaceAll(":", "-")}.json`),
    JSON.stringify(result, null, 2),
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
