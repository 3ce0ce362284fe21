import type { CostGroup } from "../ledger/summarise.js";

/** The arguments of each command, as the command line declares them. "-" is stdin wherever a file or text is taken. */
export interface CommandArgs {
  ask: AskArgs;
  batch: BatchArgs;
  find: FindArgs;
  like: LikeArgs;
  sql: SqlArgs;
  ingest: IngestArgs;
  sample: SampleArgs;
  schema: SchemaArgs;
  doctor: Record<string, never>;
  cost: CostArgs;
  config: Record<string, never>;
  demo: Record<string, never>;
  why: WhyArgs;
  export: ExportArgs;
  save: SaveArgs;
  open: OpenArgs;
  sessions: Record<string, never>;
  completion: CompletionArgs;
  repl: Record<string, never>;
}

export type CommandName = keyof CommandArgs;

export interface AskArgs {
  question: string;
  /** Events as lines of JSON, as they happen. */
  stream: boolean;
}

export interface BatchArgs {
  /** A question a line, or JSONL with `id`, `question` and `session`. */
  file: string;
  /** Questions at a time. */
  concurrency: number;
  /** Answers of an earlier run: what is answered there is not asked again. */
  resume?: string;
}

export interface FindArgs {
  /** A file of criteria in JSON. */
  file: string;
  /** Wishes for the vector stage; none leaves it out. --min-score arrives as config.minScore. */
  intents: string[];
}

export interface LikeArgs {
  /** Customers to resemble. */
  ids: string[];
}

export interface SqlArgs {
  statement: string;
}

export interface IngestArgs {
  crm: string[];
  events: string[];
  /** Column of the file to field of ours. */
  map: Map<string, string>;
  /** Type of every event of a file that has no such column. */
  eventType?: string;
  encoding?: string;
  /** Cells that count as blank, instead of the default list. */
  nulls?: string[];
  dateOrder?: "dmy" | "mdy";
  /** Bad rows that are tolerated in a file. */
  maxRejects: MaxRejects;
  /** File that takes the rejected rows. */
  rejects?: string;
  dryRun: boolean;
  reindex: boolean;
  /** Prepare a server: schema, views, the role of questions. */
  init?: boolean;
  /** With `init`: spread the tables over the nodes of a Citus cluster. */
  distributed?: boolean;
}

/** A number of rows, or a share (0 to 1) of the file's rows. */
export type MaxRejects = { rows: number } | { share: number };

export interface WhyArgs {
  /** Id of the customer who is looked at. */
  customer?: string;
}

export interface ExportArgs {
  file: string;
  /** In the place of a file that is there. */
  force: boolean;
}

export interface SaveArgs {
  name: string;
  /** Absent: the last question of the session. */
  question?: string;
}

export interface OpenArgs {
  /** Absent: they are listed. */
  name?: string;
}

export interface SampleArgs {
  customers?: number;
  seed?: number;
  out?: string;
  /** Number of fresh events to add to the set in `out`. */
  append?: number;
}

export interface CostArgs {
  by: CostGroup;
  /** YYYY-MM-DD */
  since?: string;
}

export interface SchemaArgs {
  view?: string;
  column?: string;
}

/** The shells that Tab is taught. */
export type Shell = "bash" | "zsh" | "fish";

export interface CompletionArgs {
  shell: Shell;
}
