import { AppError, type ErrorCode } from "../lib/errors.js";

/** Exit codes are an API: 0 ok, 1 failed, 2 usage, 3 unreachable, 4 time-out, 5 refused, 70 bug, 130 cancelled. */
const EXIT_CODES: Record<ErrorCode, number> = {
  usage: 2,
  config: 2,
  input: 1,
  no_data: 3,
  query: 1,
  unreachable: 3,
  locked: 3,
  timeout: 4,
  cost: 1,
  model: 1,
  refused: 5,
  cancelled: 130,
};

/** A question that was answered by a refusal. */
export const EXIT_REFUSED = EXIT_CODES.refused;

const BUG = 70;

/** The exit code of whatever was thrown; what is not an AppError is a bug of ours. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? EXIT_CODES[error.code] : BUG;
}
