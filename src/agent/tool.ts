import type { ZodType } from "zod";
import type { Catalogue } from "../criteria/catalogue.js";
import type { Mask } from "../criteria/personal.js";
import type { Db } from "../db/db.js";
import type { DiscoveryContext } from "../discovery/discover.js";
import type { ToolOutcome } from "../model/model.js";
import type { Stage } from "../render/answer.js";

/** What tools work with: one question's view of the data. */
export interface ToolContext {
  db: Db;
  catalogue: Catalogue;
  discovery: DiscoveryContext;
  /** ISO 8601 UTC. */
  asOf: string;
  asOfGiven: boolean;
  /** Rows that the user sees; null for all. */
  limit: number | null;
  minScore: number;
  /** Personal columns that are hidden from whoever asks. */
  mask?: Mask | undefined;
  /** Said with every answer. */
  notes: readonly string[];
  signal?: AbortSignal | undefined;
  clock(): number;
  /** Told of each part of a call that is done before the whole is. */
  see?: ((stage: Stage) => void) | undefined;
}

export interface Tool<Args = unknown> {
  name: string;
  /** For a language model: what it does and how it is called. */
  description: string;
  parameters: ZodType<Args>;
  /** The parameters as a language model is shown them, where that takes the columns of the data; else `parameters`. */
  declared?(catalogue: Catalogue): ZodType;
  /** Throws AppError for what the caller can mend. */
  run(args: Args, context: ToolContext): Promise<ToolOutcome>;
}
