/** What a user can act on; each code has one exit code (see cli/exit-codes). */
export type ErrorCode =
  | "usage" // wrong flag, argument or criteria
  | "config" // a setting that cannot be used
  | "input" // a file that cannot be read or holds too many bad rows
  | "no_data" // nothing has been loaded yet
  | "query" // a statement that the database refuses
  | "unreachable" // a database or service that does not answer
  | "locked" // another process holds the data directory
  | "timeout"
  | "cost" // a limit of dollars would be passed
  | "model" // a language model that gives no usable answer
  | "refused" // the question cannot be answered exactly
  | "cancelled";

/** An error that its reader can act on: `message` says what and where, `hint` what to do next. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint;
  }
}
