import type { AnswerKind, Cell, Stage, Usage } from "../render/answer.js";

/** A tool that is to be run, with its arguments as the tool's schema has them, or as the text that a model wrote. */
export interface ToolCall {
  tool: string;
  args: unknown;
  /** The model's own name for the call. */
  id?: string;
}

/** What a tool found. */
export interface ToolOutcome {
  columns: string[];
  rows: Cell[][];
  /** Exact number of rows before the limit. */
  total: number;
  truncated: boolean;
  stages: Stage[];
  warnings: string[];
  embeddingTokens: number;
}

/** Why a tool found nothing: for whoever called it. */
export interface ToolFailure {
  code: string;
  message: string;
  hint?: string | undefined;
}

export interface Observation {
  call: ToolCall;
  /** Empty where the call failed. */
  outcome: ToolOutcome;
  failure?: ToolFailure;
  ms: number;
}

/** The end of a question. */
export interface FinalAnswer {
  kind: AnswerKind;
  answer: string;
  value: number | null;
  reading: string;
  criteria: unknown;
  warnings: string[];
  /** Tokens that the answer itself cost, beside those of the calls. */
  embeddingTokens?: number;
  /** What thinking cost. */
  llm?: Usage["llm"];
  /** The observation whose rows are the answer's table; null for none. */
  table: number | null;
  /** What the table's columns come to over all its rows, also those that are not shown. */
  totals?: Cell[];
}

/** What a model decides next: to act, or to answer. */
export type Decision =
  | { decision: "act"; thought: string; calls: ToolCall[] }
  | { decision: "answer"; final: FinalAnswer };

/** Words as they come; `retracted` takes back all that came since the last decision, and says why. */
export type Utterance =
  | { type: "text"; delta: string }
  | { type: "retracted"; reason: string }
  /** Nothing will come for so many milliseconds: why another attempt waits. */
  | { type: "waiting"; reason: string; ms: number };

export interface Situation {
  /** No further tool will be run: an answer is due. */
  last: boolean;
  signal?: AbortSignal | undefined;
}

/** Who thinks: rules or a language model. It is made for one question and sees what its calls have brought so far. */
export interface Model {
  readonly name: string;
  /** Whether a call that fails is shown to it, so that it can mend it; else the question fails. */
  readonly mendsCalls: boolean;
  decide(observations: readonly Observation[], situation: Situation): AsyncGenerator<Utterance, Decision, void>;
}
