/** What `--output` may be. */
export const OUTPUT_FORMATS = ["text", "json", "jsonl", "csv", "md"] as const;

export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface RenderOptions {
  /** Terminal cells a line of the text output may take. */
  width: number;
  color: boolean;
  /** Adds each stage's SQL, parameters and filter to the text output. */
  verbose: boolean;
  /** Leaves formulas in csv cells as they are. */
  rawCsv?: boolean | undefined;
  /** Begins csv with a byte order mark. */
  bom?: boolean | undefined;
  /** For the REPL: sentences are broken between words, and notes name its keys and commands instead of flags. */
  repl?: boolean | undefined;
}
