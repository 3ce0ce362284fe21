import { answerQuestion } from "../../src/agent/loop.js";
import type { ToolContext } from "../../src/agent/tool.js";
import { createPhraseCache } from "../../src/discovery/discover.js";
import { createRulesPlanner } from "../../src/planner/rules.js";
import type { Answer } from "../../src/render/answer.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import { hashEmbedder } from "./load.js";
import { loadSample } from "./sample.js";
import { STORES } from "./stores.js";

/** The shipped sample, loaded into a database of its own, and the rule planner over it. */
export interface AskedSample {
  /** `limit`: rows that are shown, all unless given. */
  ask(question: string, limit?: number | null): Promise<Answer>;
  close(): Promise<void>;
}

/** The shipped sample in a database of its own, with all that tools need; wishes have no meaning, as no model is loaded. */
export async function openSampleTools(): Promise<{ tools: ToolContext; close(): Promise<void> }> {
  const store = await (STORES[0] as (typeof STORES)[number]).create();
  const db = await store.open();
  await loadSample(db, hashEmbedder);
  const catalogue = await loadCatalogue(db);
  const cache = createPhraseCache(db, hashEmbedder);
  const clock = () => performance.now();
  const phrases = () => cache(catalogue.version);
  const tools: ToolContext = {
    ...{ db, catalogue, asOf: String(catalogue.lastEventAt), asOfGiven: false, limit: null, minScore: 0.25 },
    discovery: { db, catalogue, refiner: createInSqlRefiner(), embedder: hashEmbedder, phrases, clock },
    ...{ notes: [], signal: new AbortController().signal, clock },
  };
  return {
    tools,
    async close() {
      await db.close();
      await store.remove();
    },
  };
}

/** Loads the sample once for a suite. */
export async function askSample(): Promise<AskedSample> {
  const { tools, close } = await openSampleTools();
  const plan = createRulesPlanner(tools.catalogue, {});
  return {
    async ask(question, limit = null) {
      const context = { ...tools, limit };
      for await (const event of answerQuestion(question, plan(question, context), context)) {
        if (event.type === "answer") return event.answer;
      }
      throw new Error("no answer");
    },
    close,
  };
}
