import { AppError } from "../../lib/errors.js";

/** One line of `audience doctor`. */
export interface Check {
  check: string;
  status: "ok" | "warn" | "fail";
  detail: string;
  /** What to do about it; "" when nothing has to be done. */
  hint: string;
  /** Something did not answer: another exit code than what is broken here. */
  unreachable?: boolean;
}

export function ok(check: string, detail: string): Check {
  return { check, status: "ok", detail, hint: "" };
}

export function warn(check: string, detail: string, hint = ""): Check {
  return { check, status: "warn", detail, hint };
}

export function fail(check: string, detail: string, hint = ""): Check {
  return { check, status: "fail", detail, hint };
}

/** What a check's own failure says. */
export function failed(check: string, error: unknown): Check {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AppError)) return fail(check, message);
  return { ...fail(check, message, error.hint), unreachable: error.code === "unreachable" };
}

/**
 * Runs `work` with a signal that aborts after `ms`: nothing that is broken may hold the doctor up. A timer of its own,
 * because Node 20 collects AbortSignal.timeout inside AbortSignal.any.
 */
export async function withPatience<T>(
  signal: AbortSignal,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  const late = new AppError("timeout", `No answer within ${ms / 1000} s.`);
  const timer = setTimeout(() => limit.abort(late), ms);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
