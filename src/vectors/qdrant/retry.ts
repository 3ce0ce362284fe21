import { throwIfAborted } from "../../lib/abort.js";
import { QdrantFault, toFault } from "./fault.js";

/** How long Qdrant is waited for. */
export interface Patience {
  /** Of one attempt. */
  timeoutMs: number;
  attempts: number;
  /** Before the second attempt; doubled before each further one. */
  waitMs: number;
  /** Longest wait, also where the server asks for a longer one. */
  longestWaitMs: number;
}

/** What a question and what a load wait for. */
export interface QdrantPatience {
  question: Omit<Patience, "timeoutMs">;
  load: Omit<Patience, "timeoutMs">;
  /** For so long questions do not ask again after there was no answer. */
  pauseMs: number;
}

/** A question has another way to its answer; a load has not. */
export const PATIENCE: QdrantPatience = {
  question: { attempts: 2, waitMs: 100, longestWaitMs: 1_000 },
  load: { attempts: 5, waitMs: 250, longestWaitMs: 15_000 },
  pauseMs: 30_000,
};

/**
 * Runs a call, again after a while where it may succeed then (429, 5xx, no answer). Throws QdrantFault, and AppError when
 * `signal` aborts.
 */
export async function withRetries<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, attempts, waitMs, longestWaitMs }: Patience,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withTimeout(call, timeoutMs, signal);
    } catch (error) {
      throwIfAborted(signal);
      const fault = toFault(error);
      if (!fault.passing || attempt >= attempts) throw fault;
      // Not all clients of a server that comes back should come back at once.
      const backOff = waitMs * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
      await pause(Math.min(longestWaitMs, Math.max(backOff, fault.retryAfterMs ?? 0)), signal);
    }
  }
}

async function withTimeout<T>(
  call: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  throwIfAborted(signal);
  const limit = new AbortController();
  const late = new QdrantFault(`it does not answer within ${timeoutMs / 1000} s`, { passing: true });
  const timer = setTimeout(() => limit.abort(late), timeoutMs);
  const stop = () => limit.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await call(limit.signal);
  } catch (error) {
    throw limit.signal.reason instanceof QdrantFault ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      try {
        throwIfAborted(signal);
      } catch (error) {
        reject(error);
      }
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
