import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, createSession, type Session } from "../../src/agent/ask.js";
import type { AgentEvent } from "../../src/agent/events.js";
import { createLanguageModels } from "../../src/agent/language-model/create-language-models.js";
import type { ToolContext } from "../../src/agent/tool.js";
import { createTranscript } from "../../src/agent/transcript.js";
import { configSchema } from "../../src/config/schema.js";
import { createLedger, type LedgerEntry, readLedger } from "../../src/ledger/ledger.js";
import { createRulesPlanner } from "../../src/planner/rules.js";
import type { Answer } from "../../src/render/answer.js";
import { openSampleTools } from "./ask-sample.js";
import { type ModelServer, type Scene, startModelServer } from "./model-server.js";

export interface ModelSettings {
  /** A name of the price table unless given. */
  model: string;
  /** Where the model is, if not at the scripted server. */
  baseUrl: string;
  maxCost: number;
  maxCostSession: number;
  silenceSeconds: number;
  /** rules answer where the model fails, as with --planner auto. */
  fallBack: boolean;
  /** Names of personal columns; those of the default setting unless given. */
  personal: readonly string[];
  signal: AbortSignal;
  limit: number | null;
  /** A new one unless given. */
  session: Session;
  see(event: AgentEvent): void;
}

/** What came of a question: the answer or the error, with all that was seen on the way. */
export interface Asked {
  answer: Answer;
  error: unknown;
  events: AgentEvent[];
  entries: LedgerEntry[];
}

export const KEY = "sk-test-0123456789abcdef";

/** The sample, a scripted model, and a ledger and transcript on disk: all that a question to a model needs, in process. */
export interface AskedModel {
  server: ModelServer;
  tools: ToolContext;
  ledgerFile: string;
  transcriptFile: string;
  /** Plays the script and asks; never throws. `answer` is undefined where there is an error. */
  ask(script: readonly Scene[], question: string, settings?: Partial<ModelSettings>): Promise<Asked>;
  close(): Promise<void>;
}

/** Loads the sample once for a suite. */
export async function askModel(): Promise<AskedModel> {
  const sample = await openSampleTools();
  const server = await startModelServer();
  const state = mkdtempSync(join(tmpdir(), "audience-model-"));
  const ledgerFile = join(state, "ledger.jsonl");
  const transcriptFile = join(state, "session.jsonl");
  const now = () => new Date();
  return {
    server,
    tools: sample.tools,
    ledgerFile,
    transcriptFile,
    async ask(script, question, settings = {}) {
      server.play(script);
      const before = readLedger(ledgerFile).entries.length;
      const ledger = createLedger({ file: ledgerFile, command: "test", session: "test", now });
      const transcript = createTranscript({ file: transcriptFile, secrets: [KEY], now });
      const tools: ToolContext = { ...sample.tools, limit: settings.limit === undefined ? 50 : settings.limit };
      const { catalogue } = tools;
      const rules = createRulesPlanner(catalogue, {});
      const readers = {
        rules,
        recall: rules.recall,
        model: createLanguageModels({
          endpoint: {
            baseUrl: settings.baseUrl ?? server.url,
            apiKey: KEY,
            model: settings.model ?? "google/gemini-2.5-flash",
            statesCost: false,
          },
          catalogue,
          definitions: {},
          ledger,
          maxCost: settings.maxCost ?? 1,
          maxCostSession: settings.maxCostSession ?? 5,
          silenceSeconds: settings.silenceSeconds ?? 60,
          clock: tools.clock,
          firstWaitMs: 20,
          personal: settings.personal ?? configSchema.parse({ dataDir: "unused" }).personalColumns,
        }),
        fallBack: settings.fallBack ?? false,
      };
      const events: AgentEvent[] = [];
      let error: unknown;
      try {
        const context = { ...tools, ...(settings.signal && { signal: settings.signal }) };
        for await (const event of ask(question, settings.session ?? createSession(), readers, context)) {
          events.push(event);
          transcript.write(event);
          settings.see?.(event);
        }
      } catch (thrown) {
        error = thrown;
      }
      const last = events.at(-1);
      const answer = (last?.type === "answer" ? last.answer : undefined) as Answer;
      return { answer, error, events, entries: readLedger(ledgerFile).entries.slice(before) };
    },
    async close() {
      await Promise.all([server.close(), sample.close()]);
      rmSync(state, { recursive: true });
    },
  };
}
