import { ask, createSession } from "../../src/agent/ask.js";
import { answerQuestion } from "../../src/agent/loop.js";
import type { ToolContext } from "../../src/agent/tool.js";
import type { Db } from "../../src/db/db.js";
import { createPhraseCache } from "../../src/discovery/discover.js";
import { createRulesPlanner } from "../../src/planner/rules.js";
import type { Answer } from "../../src/render/answer.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import { hashEmbedder } from "./load.js";
import { loadedSample } from "./loaded-sample.js";
import { STORES } from "./stores.js";

/** The shipped sample, loaded into a database of its own, and the rule planner over it. */
export interface AskedSample {
  /** `limit`: rows that are shown, all unless given. */
  ask(question: string, limit?: number | null): Promise<Answer>;
  /** Questions of one session, in order: their answers. */
  chain(questions: readonly string[]): Promise<Answer[]>;
  close(): Promise<void>;
}

/** All that tools need over a database as it stands; wishes have no meaning, as no model is loaded. */
async function toolsOver(db: Db, minScore: number): Promise<ToolContext> {
  const catalogue = await loadCatalogue(db);
  const cache = createPhraseCache(db, hashEmbedder);
  const clock = () => performance.now();
  const phrases = () => cache(catalogue.version);
  return {
    ...{ db, catalogue, asOf: String(catalogue.lastEventAt), asOfGiven: false, limit: null, minScore },
    discovery: { db, catalogue, refiner: createInSqlRefiner(), embedder: hashEmbedder, phrases, clock },
    ...{ notes: [], signal: new AbortController().signal, clock },
  };
}

/** The shipped sample in a database of its own, with all that tools need. */
export async function openSampleTools(): Promise<{ tools: ToolContext; close(): Promise<void> }> {
  const store = await loadedSample(STORES[0] as (typeof STORES)[number], hashEmbedder);
  const db = await store.open();
  return {
    tools: await toolsOver(db, 0.25),
    async close() {
      await db.close();
      await store.remove();
    },
  };
}

/** Loads the sample once for a suite. */
export async function askSample(): Promise<AskedSample> {
  const { tools, close } = await openSampleTools();
  return { ask: rulesOver(tools), chain: (questions) => chained(tools, questions), close };
}

/** The rule planner over the data of a database as they stand; `minScore` 0 lets every wish find somebody. */
export async function askOver(db: Db, { minScore = 0.25 } = {}): Promise<AskedSample["ask"]> {
  return rulesOver(await toolsOver(db, minScore));
}

async function chained(tools: ToolContext, questions: readonly string[]): Promise<Answer[]> {
  const rules = createRulesPlanner(tools.catalogue, {});
  const session = createSession();
  const answers: Answer[] = [];
  for (const question of questions) {
    const readers = { rules, recall: rules.recall, model: undefined, fallBack: false };
    for await (const event of ask(question, session, readers, tools)) {
      if (event.type === "answer") answers.push(event.answer);
    }
  }
  return answers;
}

function rulesOver(tools: ToolContext): AskedSample["ask"] {
  const plan = createRulesPlanner(tools.catalogue, {});
  return async (question, limit = null) => {
    const context = { ...tools, limit };
    for await (const event of answerQuestion(question, plan(question, context), context)) {
      if (event.type === "answer") return event.answer;
    }
    throw new Error("no answer");
  };
}
