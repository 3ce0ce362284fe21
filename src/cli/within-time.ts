import { AppError } from "../lib/errors.js";
import type { CommandContext } from "./context.js";

/** Where many questions are asked the time limit is that of each. Throws AppError "timeout". */
export async function withinTime<T>(
  { config, signal }: Pick<CommandContext, "config" | "signal">,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const seconds = config.timeoutSeconds;
  const timer = setTimeout(() => {
    limit.abort(
      new AppError("timeout", `The question took longer than ${seconds} s.`, { hint: "Raise it with --timeout." }),
    );
  }, seconds * 1000);
  const forward = () => limit.abort(signal.reason);
  signal.addEventListener("abort", forward, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", forward);
  }
}
