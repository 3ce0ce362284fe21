import { throwIfAborted } from "../lib/abort.js";
import { AppError, type ErrorCode } from "../lib/errors.js";
import type { FinalAnswer, Model, Observation, ToolCall, ToolOutcome } from "../model/model.js";
import type { Answer, Usage } from "../render/answer.js";
import type { AgentEvent } from "./events.js";
import type { ToolContext } from "./tool.js";
import { runTool } from "./tools/tools.js";

/** A model that may run its calls in a way of its own. */
export interface Agent extends Model {
  runTool?: typeof runTool;
  /** What it has cost so far. */
  spent?(): Usage["llm"];
}

/** Rounds of tool calls; then an answer is due. */
const MOST_STEPS = 8;
/** Calls of one round that are run. */
const MOST_CALLS = 16;

/** Answers one question: the model thinks, its tools run, it sees what they found, until it answers. */
export async function* answerQuestion(
  question: string,
  model: Agent,
  context: ToolContext,
): AsyncGenerator<AgentEvent, void, void> {
  const start = context.clock();
  const observations: Observation[] = [];
  for (let step = 0; step <= MOST_STEPS; step++) {
    throwIfAborted(context.signal);
    const last = step === MOST_STEPS;
    const decision = yield* model.decide(observations, { last, signal: context.signal });
    if (model.spent && decision.decision === "act") yield { type: "spent", llm: model.spent() };
    if (decision.decision === "answer") {
      yield { type: "answer", answer: toAnswer(question, model.name, decision.final, observations, context, start) };
      return;
    }
    if (last) break;
    if (decision.thought) yield { type: "thought", text: decision.thought };
    for (const call of decision.calls) yield { type: "tool_call", call };
    const made = await Promise.all(
      decision.calls.map((call, i) => (i < MOST_CALLS ? observe(call, model, observations, context) : tooMany(call))),
    );
    for (const observation of made) {
      observations.push(observation);
      yield { type: "tool_result", ...observation };
    }
  }
  throw new AppError("refused", `No answer after ${MOST_STEPS} steps.`, { hint: "Ask for less at a time." });
}

/** Runs a call; the same call is run once, and a failure is the model's to mend where it can. */
async function observe(
  call: ToolCall,
  model: Agent,
  before: readonly Observation[],
  context: ToolContext,
): Promise<Observation> {
  const same = before.find(
    (o) => o.call.tool === call.tool && JSON.stringify(o.call.args) === JSON.stringify(call.args),
  );
  if (same && model.mendsCalls) return { ...same, call, outcome: { ...same.outcome, embeddingTokens: 0 }, ms: 0 };
  const began = context.clock();
  try {
    return { call, outcome: await (model.runTool ?? runTool)(call, context), ms: context.clock() - began };
  } catch (error) {
    throwIfAborted(context.signal);
    if (!model.mendsCalls || !(error instanceof AppError) || !MENDABLE.includes(error.code)) throw error;
    const { code, message, hint } = error;
    return { call, outcome: NOTHING, failure: { code, message, hint }, ms: context.clock() - began };
  }
}

function tooMany(call: ToolCall): Observation {
  const failure = { code: "usage", message: `At most ${MOST_CALLS} calls are run at a time.`, hint: "Call it again." };
  return { call, outcome: NOTHING, failure, ms: 0 };
}

/** What another call could do better; a database that is gone is no matter for a model. */
const MENDABLE: readonly ErrorCode[] = ["usage", "query", "input", "refused"];

const NOTHING: ToolOutcome = {
  columns: [],
  rows: [],
  total: 0,
  truncated: false,
  stages: [],
  warnings: [],
  embeddingTokens: 0,
};

/** The answer contract from a final answer and what the tools found. */
export function toAnswer(
  question: string,
  planner: string,
  final: FinalAnswer,
  observations: readonly Observation[],
  context: ToolContext,
  start: number,
): Answer {
  const table = final.table === null ? undefined : observations[final.table]?.outcome;
  return {
    question,
    kind: final.kind,
    answer: final.answer,
    value: final.value,
    columns: table?.columns ?? [],
    rows: table?.rows ?? [],
    total: table?.total ?? 0,
    truncated: table?.truncated ?? false,
    ...(table && final.table !== null && { table: final.table }),
    ...(final.totals && { totals: final.totals }),
    criteria: final.criteria,
    reading: final.reading,
    as_of: context.catalogue.lastEventAt === null && !context.asOfGiven ? null : context.asOf,
    planner,
    steps: observations.map(({ call, outcome, failure, ms }) => ({
      tool: call.tool,
      args: call.args,
      ms,
      stages: outcome.stages,
      ...(failure && { error: failure.message }),
    })),
    usage: {
      llm: final.llm ?? { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 },
      embedding: {
        tokens: observations.reduce((sum, o) => sum + o.outcome.embeddingTokens, final.embeddingTokens ?? 0),
      },
    },
    warnings: [...new Set([...observations.flatMap((o) => o.outcome.warnings), ...final.warnings, ...context.notes])],
    ms: context.clock() - start,
  };
}
