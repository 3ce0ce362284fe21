/** Why a customer is in a list: interests that matched, and the gate's own evidence in words. */
export interface Reason {
  /** The matched phrases, best first. similarity is the cosine to the intent, weight the customer's interest weight. */
  interests: { intent: string; interest: string; similarity: number; weight: number }[];
  /** One entry an event condition of the gate: how many matching events and when the last one was. */
  evidence: { condition: string; count: number; last: string | null }[];
}

/** A cell of an answer's table. */
export type Cell = string | number | boolean | null | Reason;

/** One part of a step: a statement or a vector search, with its size and duration. */
export interface Stage {
  stage: "gate" | "refine" | "enrich" | "query";
  engine: string;
  sql?: string;
  params?: unknown[];
  filter?: unknown;
  rows: number;
  ms: number;
}

/** One tool call. */
export interface Step {
  tool: string;
  args: unknown;
  ms: number;
  stages: Stage[];
  /** Why the call failed. */
  error?: string;
}

export interface Usage {
  /** cost_usd is null where neither the endpoint nor the price table knows it. */
  llm: { calls: number; prompt_tokens: number; completion_tokens: number; cost_usd: number | null };
  embedding: { tokens: number };
}

export type AnswerKind = "count" | "number" | "table" | "customers" | "text" | "refusal";

/** The answer contract: what `--output json` prints and every renderer takes. */
export interface Answer {
  question: string;
  kind: AnswerKind;
  /** One sentence or a short paragraph. */
  answer: string;
  /** For count and number, else null. */
  value: number | null;
  columns: string[];
  /** Rows in the order of `columns`. In `customers` answers the columns `score` and `why` (a Reason) may be last. */
  rows: Cell[][];
  /** Exact number of rows before the limit. */
  total: number;
  truncated: boolean;
  /** Index of the step whose result the rows are. */
  table?: number;
  /** The table's last line: what its measure comes to over all rows, also those that are not shown. */
  totals?: Cell[];
  criteria: unknown;
  /** What was understood, in words. */
  reading: string;
  /** ISO 8601 UTC; null when there are no events. */
  as_of: string | null;
  planner: string;
  steps: Step[];
  usage: Usage;
  warnings: string[];
  /** Milliseconds from question to answer. */
  ms: number;
}
