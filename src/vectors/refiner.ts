import type { Queryable } from "../db/db.js";
import type { PhraseMatch } from "./phrase-index.js";

/** What a refine is asked for. */
export interface RefineRequest {
  /** The surrogate keys of everyone inside the gate, in any order. */
  gate: Int32Array;
  /** For each intent, the phrases whose cosine reaches the floor. */
  intents: readonly (readonly PhraseMatch[])[];
  /** Floor of a customer's similarity to an intent; below it counts as 0. */
  minScore: number;
  /** Most customers to give; null for all. */
  limit: number | null;
  numericIds: boolean;
  signal?: AbortSignal | undefined;
}

export interface Hit {
  customerKey: number;
  customerId: string;
  /** Mean over the intents, 0 to 1, six decimals. */
  score: number;
}

export interface Refined {
  /** Best first; equal scores by weight of the matched interests, then by customer id. */
  hits: Hit[];
  /** Customers inside the gate that have a score. */
  total: number;
  /** The statement that ran. */
  sql: string;
  params: unknown[];
}

/** Ranks the customers inside a gate by their interests; exact, whatever the engine. */
export interface Refiner {
  readonly engine: string;
  /** `db` is the transaction in which the gate was evaluated, so that both see the same data. */
  refine(request: RefineRequest, db: Queryable): Promise<Refined>;
}
