import { AppError } from "./errors.js";

/** Throws the signal's reason as an AppError, when it has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** The error of an aborted signal: a time-out keeps its own code, everything else is a cancellation. */
export function abortError(signal: AbortSignal): AppError {
  if (signal.reason instanceof AppError) return signal.reason;
  if (signal.reason instanceof DOMException && signal.reason.name === "TimeoutError")
    return new AppError("timeout", "The time limit was reached.", { hint: "Raise it with --timeout SECONDS." });
  return new AppError("cancelled", "Cancelled.", { cause: signal.reason });
}
