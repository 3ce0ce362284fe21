import type { Readable, Writable } from "node:stream";
import type { RecordedSession } from "../agent/recorded-sessions.js";
import type { LoadedConfig } from "../config/load.js";
import type { Env } from "../config/paths.js";
import type { Config } from "../config/schema.js";
import type { OutputFormat, RenderOptions } from "../render/output.js";
import type { Runtime } from "../runtime.js";
import type { Invocation } from "./parse-arguments.js";

/** What a command gets besides its own arguments: nothing in it needs a terminal, so that tests can build one. */
export interface CommandContext {
  config: Config;
  loaded: LoadedConfig;
  output: OutputFormat;
  limit: Config["limit"];
  /** Width, colour, verbosity and csv options for the renderers. */
  render: RenderOptions;
  /** Data only; everything else goes to stderr. Write with `writeOut`. */
  stdout: Writable;
  stderr: Writable;
  /** Read only when an argument is "-". */
  stdin: Readable;
  env: Env;
  cwd: string;
  /** Aborted by SIGINT, SIGTERM and the time limit; see `abortError`. */
  signal: AbortSignal;
  verbose: boolean;
  color: boolean;
  now: () => Date;
  /** Names this run in the ledger and among the transcripts. */
  session: string;
  /** The session that goes on: of the REPL, of --continue or --resume. */
  resumed?: RecordedSession | undefined;
  /** An open one, of the REPL: used and left open. */
  runtime?: Runtime | undefined;
  /** Runs another command, for the REPL. */
  dispatch(invocation: Invocation, context: CommandContext): Promise<number>;
  /** --as-of as ISO 8601 UTC; a plain date is the end of that day. */
  asOf?: string;
}
