import { AppError, type ErrorCode } from "../lib/errors.js";
import type { QuestionTime } from "../planner/plan-question.js";
import type { Previous } from "../planner/previous.js";
import type { RulesModel } from "../planner/rules.js";
import type { Answer } from "../render/answer.js";
import type { AgentEvent } from "./events.js";
import { type Agent, answerQuestion } from "./loop.js";
import type { RecordedTurn } from "./recorded-sessions.js";
import type { ToolContext } from "./tool.js";

/** An earlier question of the session with its answer. */
export interface Turn {
  question: string;
  answer: string;
  /** The rules made it, of rows that no model has seen: none is told. */
  unseen?: true;
}

/** What questions of one session know of those before. */
export interface Session {
  /** What the next question may refer to: the last one that the rules could read. */
  previous: Previous | undefined;
  turns: Turn[];
  /** Questions of which `previous` still has to be made, as the session is taken up again. */
  recalled?: readonly string[] | undefined;
}

/** A session that begins, or goes on after recorded turns; `earlier` are questions that the next one may refer to. */
export function createSession(turns: readonly RecordedTurn[] = [], earlier: readonly string[] = []): Session {
  const recalled = [...turns.map(({ question }) => question), ...earlier];
  return {
    previous: undefined,
    turns: turns.map(({ question, answer }) => ({ question, answer: answer.answer })),
    ...(recalled.length > 0 && { recalled }),
  };
}

/** Who can read questions. */
export interface Readers {
  rules(question: string, time: QuestionTime, previous?: Previous): RulesModel;
  /** What the next question may refer to after earlier ones, in order: a session taken up again. Nothing is run. */
  recall(questions: readonly string[], time: QuestionTime): Previous | undefined;
  /** Undefined: there is no language model, or none is wanted. */
  model: ((question: string, asOf: string, turns: readonly Turn[]) => Agent) | undefined;
  /** Rules answer where the model fails. */
  fallBack: boolean;
}

/** Failures of the model, not of the question: rules may do better. */
const MODEL_FAILED: readonly ErrorCode[] = ["unreachable", "timeout", "cost", "model", "config"];

/** Answers a question of a session, by the model where there is one; the session then knows of it. */
export async function* ask(
  question: string,
  session: Session,
  readers: Readers,
  context: ToolContext,
): AsyncGenerator<AgentEvent, void, void> {
  if (session.recalled) {
    session.previous = readers.recall(session.recalled, context);
    session.recalled = undefined;
  }
  const agent = readers.model?.(question, context.asOf, session.turns);
  if (!agent) {
    yield* remembered(askRules(question, session, readers, context), session);
    return;
  }
  try {
    yield* remembered(answerQuestion(question, agent, context), session);
  } catch (error) {
    const failed = error instanceof AppError && MODEL_FAILED.includes(error.code) && !context.signal?.aborted;
    if (!failed || !readers.fallBack) throw error;
    yield { type: "retracted", reason: error.message };
    const note = `The language model failed (${error.message.replace(/\.$/, "")}); the rules answered.`;
    const spent = agent.spent?.();
    const events = askRules(question, session, readers, { ...context, notes: [...context.notes, note] });
    yield* remembered(events, session, (answer) => ({
      ...answer,
      usage: { ...answer.usage, ...(spent && { llm: spent }) },
    }));
  }
}

async function* askRules(
  question: string,
  session: Session,
  { rules }: Readers,
  context: ToolContext,
): AsyncGenerator<AgentEvent, void, void> {
  const model = rules(question, context, session.previous);
  // Before the answer: whoever listens may stop there.
  session.previous = model.asked ?? session.previous;
  yield* answerQuestion(question, model, context);
}

/** Passes events on and keeps the answer for the questions that follow. */
async function* remembered(
  events: AsyncGenerator<AgentEvent, void, void>,
  session: Session,
  change: (answer: Answer) => Answer = (answer) => answer,
): AsyncGenerator<AgentEvent, void, void> {
  for await (const event of events) {
    if (event.type !== "answer") {
      yield event;
      continue;
    }
    const answer = change(event.answer);
    session.turns.push({
      question: answer.question,
      answer: answer.answer,
      ...(answer.planner === "rules" && { unseen: true }),
    });
    yield { type: "answer", answer };
  }
}
