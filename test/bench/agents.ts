import { FunctionTool } from "llamaindex";
import { ReActAgent } from "llamaindex/agent";
import { test } from "vitest";
import { runTool, tools } from "../../src/agent/tools/tools.js";
import { OpenAiCompatible } from "../../src/model/openai/openai-compatible.js";
import { type AskedModel, askModel, KEY } from "../support/ask-model.js";
import { cellOf, resultsIn } from "../support/model-request.js";
import type { Failure, Reply, Scene } from "../support/model-server.js";

/** How one agent fared in one case. */
interface Outcome {
  /** The answer, or the message of the error. */
  end: string;
  failed: boolean;
  ms: number;
  /** Milliseconds from the question to each piece of text. */
  pieces: number[];
  requests: number;
  /** Arguments with which the tool was really run. */
  ran: unknown[];
}

interface Call {
  name: string;
  args: unknown;
}

interface Case {
  name: string;
  /** What the model does, in rounds of calls, faults and at last an answer. */
  rounds: (readonly Call[] | Reply | Failure)[];
  abortAfterMs?: number;
  judge(outcome: Outcome): { right: boolean; what: string };
}

const QUESTION = "how many customers are there?";
const sql = (statement: string): Call => ({ name: "sql_analytics", args: { sql: statement } });
const COUNT = sql("select count(*) as customers from customers");
const DONE = "The table shows it.";
const pieces: Reply = { content: ["The ", "table ", "shows ", "it ", "now."], gapMs: 40 };
const answered = ({ failed, end }: Outcome) => !failed && end.includes("table");
const rejects = ({ failed, end, requests }: Outcome) => ({
  right: failed,
  what: `${failed ? "error" : "answer"} after ${requests} requests: ${end}`,
});
const mended = (outcome: Outcome) => ({
  right: answered(outcome),
  what: answered(outcome)
    ? `answered after ${outcome.requests} requests`
    : `gave up after ${outcome.requests}: ${outcome.end}`,
});

/** The eleven cases of the table in the guide. */
const CASES: Case[] = [
  {
    name: "streaming",
    rounds: [pieces],
    judge: ({ pieces }) => {
      const spread = (pieces.at(-1) ?? 0) - (pieces[0] ?? 0);
      return {
        right: pieces.length >= 5 && spread > 100,
        what: `${pieces.length} pieces over ${Math.round(spread)} of 160 ms`,
      };
    },
  },
  {
    name: "parallel tool calls",
    rounds: [[COUNT, sql("select count(*) as events from events")], { content: DONE }],
    judge: ({ ran }) => ({ right: ran.length === 2, what: `${ran.length} of 2 calls were run` }),
  },
  {
    name: "arguments that do not fit",
    rounds: [[{ name: "sql_analytics", args: { sql: 7 } }], [COUNT], { content: DONE }],
    judge: (o) => ({ right: o.ran.length === 1 && answered(o), what: `ran with ${JSON.stringify(o.ran[0])}` }),
  },
  {
    name: "unknown tool",
    rounds: [[{ name: "predict_churn", args: {} }], [COUNT], { content: DONE }],
    judge: mended,
  },
  {
    name: "429, then well",
    rounds: [{ status: 429, headers: { "retry-after": "0" } }, [COUNT], { content: DONE }],
    judge: mended,
  },
  {
    name: "500, then well",
    rounds: [{ status: 500, headers: { "retry-after": "0" } }, [COUNT], { content: DONE }],
    judge: mended,
  },
  {
    name: "cut stream, then well",
    rounds: [{ content: ["The ", "x"], after: 1, ends: "cut" }, [COUNT], { content: DONE }],
    judge: mended,
  },
  {
    name: "step limit",
    rounds: Array.from({ length: 40 }, (_, i) => [sql(`select ${i} as n`)]),
    judge: ({ requests, end }) => ({ right: requests <= 12, what: `${requests} requests: ${end}` }),
  },
  {
    name: "abort",
    rounds: [{ content: ["The ", "table"], after: 1, ends: "silence" }],
    abortAfterMs: 300,
    judge: (o) => ({ right: o.failed && o.ms < 500, what: `${rejects(o).what} (${Math.round(o.ms - 300)} ms later)` }),
  },
  {
    name: "nested JSON arguments",
    rounds: [
      [
        {
          name: "hybrid_discovery",
          args: {
            criteria: { all: [{ attribute: "age", op: "between", value: [30, 40] }, { any: [{ event: "purchase" }] }] },
          },
        },
      ],
      { content: DONE },
    ],
    judge: ({ ran }) => {
      const kept = JSON.stringify(ran[0] ?? null).includes('{"any":[{"event":"purchase"}]}');
      return { right: kept, what: kept ? "kept" : `became ${JSON.stringify(ran[0] ?? null)}` };
    },
  },
  {
    name: "malformed JSON arguments",
    rounds: [
      [{ name: "sql_analytics", args: '{"sql": "select count(*) as customers from customers", "limit": 1' }],
      [COUNT],
      { content: DONE },
    ],
    judge: (o) => ({
      right: o.ran.length === 1 && answered(o),
      what: `${o.ran.length} calls were run; ${mended(o).what}`,
    }),
  },
];

/** Native tool calls, as models make them today. */
function native(rounds: Case["rounds"]): Scene[] {
  return rounds.map((round) => (Array.isArray(round) ? { content: "I look.", calls: round } : (round as Reply)));
}

/** The same as the text that ReActAgent asks its model for; it takes one action a turn. */
function asText(rounds: Case["rounds"]): Scene[] {
  return rounds.map((round) => {
    if (Array.isArray(round)) {
      const actions = (round as Call[]).map(
        ({ name, args }) => `Action: ${name}\nInput: ${typeof args === "string" ? args : JSON.stringify(args)}`,
      );
      return { content: `Thought: I look.\n${actions.join("\n")}` };
    }
    const { content } = round as Reply;
    if (content === undefined) return round as Failure;
    const list = typeof content === "string" ? [content] : content;
    return { ...(round as Reply), content: [`Thought: I know.\nAnswer: ${list[0]}`, ...list.slice(1)] };
  });
}

async function ours(model: AskedModel, { rounds, abortAfterMs }: Case): Promise<Outcome> {
  const began = performance.now();
  const at: number[] = [];
  const controller = new AbortController();
  if (abortAfterMs) setTimeout(() => controller.abort(), abortAfterMs);
  const { answer, error, events } = await model.ask(native(rounds), QUESTION, {
    signal: controller.signal,
    see: ({ type }) => void (type === "text" && at.push(performance.now() - began)),
  });
  const ms = performance.now() - began;
  const ran = events.flatMap((event) => (event.type === "tool_result" && !event.failure ? [event.call.args] : []));
  return {
    end: error === undefined ? answer.answer : (error as Error).message,
    failed: error !== undefined,
    ms,
    pieces: at,
    requests: model.server.requests.length,
    ran,
  };
}

async function reAct(model: AskedModel, { rounds, abortAfterMs }: Case): Promise<Outcome> {
  model.server.play(asText(rounds));
  const controller = new AbortController();
  if (abortAfterMs) setTimeout(() => controller.abort(), abortAfterMs);
  class Llm extends OpenAiCompatible {
    // biome-ignore lint/suspicious/noExplicitAny: two overloads, passed through
    override chat(params: any): any {
      return super.chat({ ...params, additionalChatOptions: { signal: controller.signal } });
    }
  }
  const endpoint = { baseUrl: model.server.url, apiKey: KEY, model: "test", statesCost: false };
  const ran: unknown[] = [];
  const agent = new ReActAgent({
    llm: new Llm({ endpoint, maxTokens: 1_000, silenceMs: 5_000 }),
    tools: [...tools.values()].map((tool) =>
      FunctionTool.from(
        async (args: unknown) => {
          ran.push(args);
          const { columns, rows } = await runTool({ tool: tool.name, args }, model.tools);
          return JSON.stringify({ columns, rows: rows.slice(0, 5) });
        },
        // biome-ignore lint/suspicious/noExplicitAny: llamaindex' own zod types
        { name: tool.name, description: tool.description, parameters: tool.parameters as any },
      ),
    ),
  });
  const began = performance.now();
  const at: number[] = [];
  let end = "";
  let failed = false;
  const work = async () => {
    const stream = (await agent.chat({ message: QUESTION, stream: true })) as AsyncIterable<{ delta: string }>;
    for await (const { delta } of stream) {
      if (delta) at.push(performance.now() - began);
      end += delta;
    }
  };
  const late = new Promise<void>((_, reject) => setTimeout(() => reject(new Error("still running after 5 s")), 5_000));
  await Promise.race([work(), late]).catch((error: Error) => {
    failed = true;
    end = error.message;
  });
  const outcome = {
    end,
    failed,
    ms: performance.now() - began,
    pieces: at,
    requests: model.server.requests.length,
    ran,
  };
  // An agent that still runs is ended by an error, so that it is not counted as ours.
  model.server.play([{ status: 401 }]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return outcome;
}

test("ReActAgent and ours on the same scripted server", async () => {
  Object.assign(console, { warn: () => {}, error: () => {} });
  const model = await askModel();
  const lines = ["| case | ReActAgent | ours |", "|---|---|---|"];
  for (const item of CASES) {
    const cells = [await reAct(model, item), await ours(model, item)].map((outcome) => {
      const { right, what } = item.judge(outcome);
      return `${right ? "right" : "WRONG"}: ${what.replace(/\s+/g, " ").slice(0, 140)}`;
    });
    lines.push(`| ${item.name} | ${cells.join(" | ")} |`);
  }
  process.stdout.write(`\n${lines.join("\n")}\n\n`);
  await model.close();
});

test("time from the server's first chunk to the first piece of text", async () => {
  const model = await askModel();
  const gaps: number[] = [];
  for (let i = 0; i < 25; i++) {
    let first: number | undefined;
    await model.ask(
      [(request) => ({ content: ["CANNOT", ` ANSWER: ${cellOf(resultsIn(request)[0])}`], gapMs: 5 })],
      QUESTION,
      {
        see: ({ type }) => {
          if (type === "text") first ??= performance.now();
        },
      },
    );
    gaps.push((first ?? Number.NaN) - (model.server.firstChunks[0] ?? Number.NaN));
  }
  const median = gaps.sort((a, b) => a - b)[12] ?? Number.NaN;
  process.stdout.write(
    `first text after the server's first chunk: median ${median.toFixed(1)} ms, most ${gaps.at(-1)?.toFixed(1)} ms\n`,
  );
  await model.close();
});
