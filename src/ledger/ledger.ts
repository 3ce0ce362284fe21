import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { AppError } from "../lib/errors.js";

const entry = z.object({
  /** ISO 8601 UTC, when the call ended. */
  time: z.string(),
  command: z.string(),
  session: z.string(),
  question: z.string(),
  kind: z.enum(["llm", "embedding"]),
  model: z.string(),
  prompt_tokens: z.number(),
  /** Part of the prompt tokens that the endpoint had in its cache. */
  cached_tokens: z.number(),
  completion_tokens: z.number(),
  /** Null where neither the endpoint nor the price table knows. */
  cost_usd: z.number().nullable(),
  /** none: the endpoint turned the call away. */
  cost_from: z.enum(["endpoint", "prices", "local", "none", "unknown"]),
  ms: z.number(),
  status: z.enum(["ok", "failed", "cancelled"]),
  error: z.string().optional(),
});

/** One call of a model, also one that failed or was cancelled. */
export type LedgerEntry = z.infer<typeof entry>;

/** A call as its caller knows it; the ledger adds when, and in which command. */
export type Call = Omit<LedgerEntry, "time" | "command" | "session">;

/** Where calls are written down, each as it ends. */
export interface Ledger {
  record(call: Call): void;
  /** Dollars of this process so far; unknown costs count as nothing. */
  spent(): number;
}

/**
 * A ledger in a file of one JSON object a line. Each entry is one append, so that several processes share the file and a
 * kill loses no call that has ended. A file that cannot be written ends the question: money is not spent unseen.
 */
export function createLedger(options: { file: string; command: string; session: string; now: () => Date }): Ledger {
  const { file, command, session, now } = options;
  let total = 0;
  return {
    record(call) {
      total += call.cost_usd ?? 0;
      const line: LedgerEntry = { time: now().toISOString(), command, session, ...call };
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        // What a kill left of a line must not spoil this one.
        const start = endsOpen(file) ? "\n" : "";
        appendFileSync(file, `${start}${JSON.stringify(line)}\n`, { mode: 0o600 });
      } catch (cause) {
        throw new AppError("config", `The ledger ${file} cannot be written: ${(cause as Error).message}.`, {
          hint: "Make the folder writable, or name another with XDG_STATE_HOME.",
          cause,
        });
      }
    },
    spent: () => total,
  };
}

function endsOpen(file: string): boolean {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, last, 0, 1, size - 1);
  } finally {
    closeSync(descriptor);
  }
  return last.toString() !== "\n";
}

/** Every entry of a ledger, oldest first, and how many lines were none (cut short by a kill). */
export function readLedger(file: string): { entries: LedgerEntry[]; unreadable: number } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return { entries: [], unreadable: 0 };
    throw new AppError("config", `The ledger ${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  const entries: LedgerEntry[] = [];
  let unreadable = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const parsed = entry.safeParse(parse(line));
    if (parsed.success) entries.push(parsed.data);
    else unreadable++;
  }
  return { entries, unreadable };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
