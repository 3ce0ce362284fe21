import { AppError } from "../lib/errors.js";
import type { FinalAnswer, Model, Observation } from "../model/model.js";
import type { Answer } from "../render/answer.js";
import type { AgentEvent } from "./events.js";
import type { ToolContext } from "./tool.js";
import { runTool } from "./tools/tools.js";

const MOST_STEPS = 8;

/** Answers one question: the model thinks, its tools run, it sees what they found, until it answers. */
export async function* answerQuestion(
  question: string,
  model: Model,
  context: ToolContext,
): AsyncGenerator<AgentEvent, void, void> {
  const start = context.clock();
  const observations: Observation[] = [];
  for (let step = 0; step < MOST_STEPS; step++) {
    const decision = await model.decide(observations, context.signal);
    if (decision.decision === "answer") {
      yield { type: "answer", answer: toAnswer(question, model.name, decision.final, observations, context, start) };
      return;
    }
    if (decision.thought) yield { type: "thought", text: decision.thought };
    for (const call of decision.calls) {
      yield { type: "tool_call", call };
      const began = context.clock();
      const outcome = await runTool(call, context);
      const ms = context.clock() - began;
      observations.push({ call, outcome, ms });
      yield { type: "tool_result", call, outcome, ms };
    }
  }
  throw new AppError("refused", `No answer after ${MOST_STEPS} steps.`, { hint: "Ask for less at a time." });
}

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
    ...(final.totals && { totals: final.totals }),
    criteria: final.criteria,
    reading: final.reading,
    as_of: context.catalogue.lastEventAt === null && !context.asOfGiven ? null : context.asOf,
    planner,
    steps: observations.map(({ call, outcome, ms }) => ({
      tool: call.tool,
      args: call.args,
      ms,
      stages: outcome.stages,
    })),
    usage: {
      llm: { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 },
      embedding: {
        tokens: observations.reduce((sum, o) => sum + o.outcome.embeddingTokens, final.embeddingTokens ?? 0),
      },
    },
    warnings: [...new Set([...observations.flatMap((o) => o.outcome.warnings), ...final.warnings, ...context.notes])],
    ms: context.clock() - start,
  };
}
