import type { Queryable } from "../db/db.js";
import type { PhraseIndex, PhraseMatch } from "./phrase-index.js";

/** What a refine is asked for. */
export interface RefineRequest {
  /** The surrogate keys of everyone inside the gate, in any order; customers of the CRM, each once. */
  gate: Int32Array;
  /** Version of the data that the gate was evaluated on. */
  version: number;
  /** For each intent, the phrases whose cosine reaches the floor. */
  intents: readonly (readonly PhraseMatch[])[];
  /** For each intent, its own vector. */
  vectors: readonly Float32Array[];
  /** All phrases of this version of the data. */
  index: PhraseIndex;
  /** Floor of a customer's similarity to an intent; below it counts as 0. */
  minScore: number;
  /** Most customers to give; null for all. */
  limit: number | null;
  numericIds: boolean;
  signal?: AbortSignal | undefined;
}

/** All customers of the CRM. */
export interface Everyone {
  /** Their surrogate keys. */
  keys: Int32Array;
  /** The statement that gave them when they were read. */
  sql: string;
}

export interface Hit {
  customerKey: number;
  customerId: string;
  /** Mean over the intents, 0 to 1, six decimals; of look-alikes the cosine of the profiles, -1 to 1. */
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
  /** Who found the candidates, where that is not the refiner's own engine: a vector server that cannot be used. */
  engine?: string;
  /** How the candidates were found, where it was not by the statement. */
  search?: Record<string, unknown>;
  /** What the user should know; the list is right all the same. */
  warnings?: string[];
}

/** Who resembles some customers. */
export interface LookAlikeRequest {
  /** The surrogate keys of the customers to resemble; they are not in the list. */
  keys: readonly number[];
  index: PhraseIndex;
  /** Most customers to give; null for all. */
  limit: number | null;
  numericIds: boolean;
  signal?: AbortSignal | undefined;
}

export interface LookAlikes extends Refined {
  /** What the customers are compared with: the mean of the given profiles, length 1. */
  target: Float64Array;
}

/** Ranks customers by their interests; exact, whatever the engine. */
export interface Refiner {
  readonly engine: string;
  /** Those inside a gate. `db` is the transaction in which it was evaluated, so that both see the same data. */
  refine(request: RefineRequest, db: Queryable): Promise<Refined>;
  /** The gate without conditions, where it is known already for this version of the data. */
  everyone?(version: number): Everyone | undefined;
  /**
   * Everyone with interests, by the cosine of their profile (the mean of their phrases by weight) to the mean of the
   * given ones; equal cosines by weight of all interests, then by id. Throws AppError "usage" for a customer without
   * interests.
   */
  lookAlikes(request: LookAlikeRequest, db: Queryable): Promise<LookAlikes>;
}
