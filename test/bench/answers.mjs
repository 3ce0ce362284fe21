// How long answers take in a process that runs on, as a REPL does: against a plain SQL query of the same database.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { answerQuestion } from "../../dist/src/agent/loop.js";
import { configSchema } from "../../dist/src/config/schema.js";
import { discover } from "../../dist/src/discovery/discover.js";
import { createRulesPlanner } from "../../dist/src/planner/rules.js";
import { createRuntime } from "../../dist/src/runtime.js";
import { createInSqlRefiner } from "../../dist/src/vectors/in-sql.js";
import { bruteForce } from "./brute-force.mjs";
import { median, timedAsync } from "./measure.mjs";

const COUNT = "how many customers bought red socks in the last 60 days?";
const INTENTS = ["luxury", "outdoor life"];

async function times(n, work) {
  const all = [];
  for (let i = 0; i < n; i++) all.push(await timedAsync(work));
  return median(all);
}

/** The event condition on one category that about a tenth of the customers meet. */
async function tenthOf(db, customers) {
  const { rows } = await db.query(
    "select category, count(distinct customer_id) from audience.events where event_type = 'view' and category is not null group by 1",
  );
  const near = (count) => Math.abs(count - customers / 10);
  const [category] = rows.sort((a, b) => near(a[1]) - near(b[1]))[0];
  return { all: [{ event: "view", where: { category } }] };
}

/** Median, and the stages of one run. */
async function hybridTimes(asked, context) {
  const found = await discover(asked, context);
  const ms = await times(7, () => discover(asked, context));
  const { stages } = await discover(asked, context);
  return {
    ...{ ms, gate: found.stages[0].rows, recall: await bruteForce(found, asked, context) },
    stages: stages.map(({ stage, engine, ms, rows }) => [stage, engine, Math.round(ms), rows]),
  };
}

/** From the first answer until those to come are made in memory, in ms: as of a person who reads it. */
async function reading(asked, context) {
  await discover(asked, context);
  return timedAsync(async () => {
    const until = performance.now() + 60_000;
    while (!context.refiner.everyone(context.catalogue.version)) {
      if (performance.now() > until) throw new Error("The interests are not in memory after a minute.");
      await sleep(5);
    }
  });
}

/** @param settings of the product: dataDir or databaseUrl */
export async function measureAnswers(settings, stateDir) {
  const runtime = await createRuntime(
    { config: configSchema.parse({ planner: "rules", dataDir: stateDir, ...settings }), origins: {} },
    { command: "bench", create: false, livesOn: true, stateDir, session: "bench", now: () => new Date() },
  );
  try {
    const catalogue = await runtime.catalogue();
    const planner = createRulesPlanner(catalogue, {});
    const { db, clock } = runtime;
    const context = runtime.discovery(catalogue);
    const asOf = catalogue.lastEventAt;
    const tools = {
      db,
      catalogue,
      discovery: context,
      asOf,
      asOfGiven: false,
      limit: 50,
      minScore: 0.25,
      notes: [],
      clock,
    };
    const ask = async (question) => {
      for await (const event of answerQuestion(question, planner(question, tools), tools)) {
        if (event.type === "answer") return event.answer;
      }
    };
    const plain = "select event_type, count(*) from audience.events group by 1";
    await db.query(plain);
    const reference = await times(5, () => db.query(plain));

    await ask(COUNT);
    const count = await times(9, () => ask(COUNT));

    const request = (criteria, intents) => ({
      ...{ criteria, intents, minScore: 0.25, limit: 50, asOf, asOfGiven: false },
    });
    const customers = catalogue.views.customers.rows;
    const tenth = await tenthOf(db, customers);
    const hybrid = {};
    const read = await reading(request({}, INTENTS), context);
    for (const [name, criteria] of [
      ["tenth", tenth],
      ["none", {}],
    ]) {
      for (const n of [1, 2]) {
        const asked = request(criteria, INTENTS.slice(0, n));
        hybrid[`${name}${n}`] = await hybridTimes(asked, context);
        // As a process of one question answers it, and each process the first one.
        hybrid[`${name}${n}`].sql = await hybridTimes(asked, { ...context, refiner: createInSqlRefiner() });
      }
    }

    const questions = readFileSync(new URL("questions.txt", import.meta.url), "utf8")
      .trim()
      .split("\n");
    let refused = 0;
    const all = await timedAsync(async () => {
      for (const question of questions) if ((await ask(question)).kind === "refusal") refused++;
    });
    return {
      reference,
      count,
      reading: read,
      hybrid,
      questions: { each: all / questions.length, refused, of: questions.length },
    };
  } finally {
    await runtime.close();
  }
}
