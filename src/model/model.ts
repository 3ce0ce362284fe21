import type { AnswerKind, Cell, Stage } from "../render/answer.js";

/** A tool that is to be run, with its arguments as the tool's schema has them. */
export interface ToolCall {
  tool: string;
  args: unknown;
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

export interface Observation {
  call: ToolCall;
  outcome: ToolOutcome;
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
  /** The observation whose rows are the answer's table; null for none. */
  table: number | null;
  /** What the table's columns come to over all its rows, also those that are not shown. */
  totals?: Cell[];
}

/** What a model decides next: to act, or to answer. */
export type Decision =
  | { decision: "act"; thought: string; calls: ToolCall[] }
  | { decision: "answer"; final: FinalAnswer };

/** Who thinks: rules or a language model. It is made for one question and sees what its calls have brought so far. */
export interface Model {
  readonly name: string;
  decide(observations: readonly Observation[], signal?: AbortSignal): Promise<Decision>;
}
