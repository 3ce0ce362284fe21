import type { Db } from "../src/db/db.js";
import type { Embedder } from "../src/embed/embedder.js";
import { AppError } from "../src/lib/errors.js";
import type { IndexReport, VectorIndex } from "../src/vectors/vector-index.js";

/** What `audience ingest` was asked to do. */
export interface IngestOptions {
  /** Files, as named by the user; "-" is stdin. */
  crm: readonly string[];
  events: readonly string[];
  /** header -> field, from --map. */
  maps: ReadonlyMap<string, string>;
  /** Event type of every row of a file that has no such column. */
  eventType?: string | undefined;
  encoding?: string | undefined;
  /** Texts that count as blank, instead of the usual list. */
  blanks?: readonly string[] | undefined;
  dateOrder?: "dmy" | "mdy" | undefined;
  /** Largest number (rows) or share (0..1) of bad rows of a file. */
  maxRejects: { rows: number } | { share: number };
  dryRun: boolean;
  /** Build all profiles, phrases and vectors anew. */
  reindex: boolean;
  /** total_spent above which a customer likes luxury. */
  luxuryAbove: number;
  /** Weight of an event type for interests. */
  weights: Readonly<Record<string, number>>;
}

export interface Reject {
  file: string;
  line: number;
  reason: string;
  /** The beginning of the row as it stands in the file. */
  text: string;
}

export interface FileSummary {
  name: string;
  kind: "crm" | "events";
  /** Loaded before, so not read. */
  skipped: boolean;
  rowsRead: number;
  stored: number;
  duplicates: number;
  rejected: number;
}

export interface IngestSummary {
  dryRun: boolean;
  files: FileSummary[];
  /** The first bad rows, for the screen; all of them go to the rejects file. */
  rejects: Reject[];
  anonymousEvents: number;
  /** Events whose customer id no CRM row has. */
  eventsOfUnknownCustomers: number;
  customersTouched: number;
  phrasesEmbedded: number;
  embeddingTokens: number;
  seconds: { stage: string; seconds: number }[];
  /** Columns that were understood under another name, and those kept as they are. */
  columns: { file: string; column: string; field: string; known: boolean }[];
  totals: { customers: number; events: number };
  /** The index outside the database; "behind" where it could not be brought up to date. Absent where there is none. */
  index?: ({ state: "current" } & IndexReport) | { state: "behind" };
  warnings: string[];
}

export interface IngestContext {
  db: Db;
  embedder: Embedder;
  /** The index outside the database; brought up to date once the load is committed. */
  vectorIndex?: VectorIndex | undefined;
  stdin?: NodeJS.ReadableStream;
  signal?: AbortSignal | undefined;
  progress(progress: Progress): void;
  /** Called for each bad row, in the order of the files. */
  reject(reject: Reject): void;
  /** Monotonic milliseconds. */
  clock(): number;
}

/** Where a long load stands; called often, so the receiver decides how often to show it. */
export interface Progress {
  stage: "read" | "store" | "profile" | "embed" | "finish" | "index";
  file?: string;
  /** Done and total, in the unit that is named. */
  done: number;
  total: number | null;
  unit: "bytes" | "phrases" | "steps" | "customers";
  rows: number;
}

/** Throws AppError "usage" where there is nothing to do. */
export function requireFiles(options: Pick<IngestOptions, "crm" | "events" | "reindex">): void {
  if (options.crm.length + options.events.length > 0 || options.reindex) return;
  throw new AppError("usage", "Nothing to load.", {
    hint: "audience ingest --crm FILE --events FILE; each may be given more than once, - is stdin.",
  });
}
