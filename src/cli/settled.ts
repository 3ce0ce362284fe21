import { setTimeout as sleep } from "node:timers/promises";
import type { Catalogue } from "../criteria/catalogue.js";
import { ConnectionLost } from "../db/connection-lost.js";
import { SqlError } from "../db/sql-error.js";
import { throwIfAborted } from "../lib/abort.js";
import { AppError } from "../lib/errors.js";
import type { Runtime } from "../runtime.js";

/** A load commits once, however long it takes: this many during one question would be a stream of them. */
const MOST_ATTEMPTS = 20;
/** How long a server may take to start again. */
const RESTART_MS = 30_000;

export interface SettledOptions {
  signal: AbortSignal;
  /** Whether something of the answer has been given out: then it cannot be asked again. */
  shown?: () => boolean;
}

/** Runs one question with what was prepared for the data as they stand. */
export type Settled<S> = <T>(work: (prepared: S) => Promise<T>, options: SettledOptions) => Promise<T>;

/**
 * Sees to it that each question is answered from one state of the data, although it takes several statements: where the
 * version is the same before the first and after the last, all of them saw the same; where a load came between, the
 * question is asked again. So is, once, one whose server was restarted. Throws AppError "query" or "unreachable" where
 * that cannot be, as something was shown already.
 * @param prepare what a question needs of a catalogue; kept until the data change
 */
export function createSettled<S>(
  runtime: Pick<Runtime, "catalogue" | "version" | "db">,
  prepare: (catalogue: Catalogue) => Promise<S>,
): Settled<S> {
  let current: Promise<{ version: number; prepared: S }> | undefined;
  const open = () => {
    if (current) return current;
    const opening = runtime
      .catalogue()
      .then(async (catalogue) => ({ version: catalogue.version, prepared: await prepare(catalogue) }));
    current = opening;
    opening.catch(() => {
      if (current === opening) current = undefined; // a failure is not kept
    });
    return opening;
  };
  return async (work, { signal, shown = () => false }) => {
    let lost = false;
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(signal);
      const last = attempt === MOST_ATTEMPTS;
      let version: number | undefined;
      try {
        const opened = await open();
        version = opened.version;
        const result = await work(opened.prepared);
        // The embedded database has one process at a time.
        if (runtime.db.engine === "embedded" || (await runtime.version()) === version) return result;
        if (shown() || last) throw changed();
      } catch (caught) {
        const error = inOurWords(caught);
        if (!(error instanceof AppError) || signal.aborted || last || shown()) throw error;
        if (error instanceof ConnectionLost && !lost) {
          lost = true;
          await reachable(runtime, signal, error);
        } else if (version === undefined || !(await hasChanged(runtime, version))) throw error;
      }
      current = undefined;
    }
  };
}

/** What the limits of a transaction (src/db/server.ts) end is no bug. */
function inOurWords(error: unknown): unknown {
  if (!(error instanceof SqlError)) return error;
  if (error.sqlState === "55P03") {
    return new AppError("locked", "The data are being changed just now.", {
      hint: "Try again in a moment.",
      cause: error,
    });
  }
  if (error.sqlState !== "57014") return error;
  return new AppError("timeout", "The server ended the question: it took too long.", {
    hint: "Ask for less: fewer events, a shorter period.",
    cause: error,
  });
}

function changed(): AppError {
  return new AppError("query", "The data changed while the question was answered.", { hint: "Ask again." });
}

/** Whether an error may be due to a load that came between; one of a server that is gone is not. */
async function hasChanged({ version, db }: Pick<Runtime, "version" | "db">, before: number): Promise<boolean> {
  if (db.engine === "embedded") return false;
  const now = await version().catch(() => before);
  return now !== before;
}

async function reachable(
  { version }: Pick<Runtime, "version">,
  signal: AbortSignal,
  error: ConnectionLost,
): Promise<void> {
  for (const deadline = Date.now() + RESTART_MS; Date.now() < deadline; await sleep(200)) {
    throwIfAborted(signal);
    const answers = await version().then(
      () => true,
      (other) => !(other instanceof ConnectionLost),
    );
    if (answers) return;
  }
  throw error;
}
