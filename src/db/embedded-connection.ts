import { Worker } from "node:worker_threads";
import { packagePath } from "../config/package-root.js";
import { abortError } from "../lib/abort.js";
import type { Result } from "./db.js";
import { cannotOpen, damaged, isDamage } from "./embedded-errors.js";
import { NOT_OPEN, type WorkerData, type WorkerReply, type WorkerRequest } from "./embedded-protocol.js";
import { SqlError } from "./sql-error.js";

type Request = WorkerRequest extends infer R ? (R extends { id: number } ? Omit<R, "id"> : never) : never;

/** One worker with one Postgres; ended for good once a request was cancelled. */
export class EmbeddedConnection {
  private readonly directory: string;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve: (r: Result) => void; reject: (e: Error) => void }>();
  private lastId = 0;
  private reason: Error | null = null;
  ended = false;

  /** @param empty a packed empty database, for a directory that does not exist yet */
  constructor(directory: string, settings: readonly string[], empty: string | null = null) {
    this.directory = directory;
    this.worker = new Worker(packagePath("dist", "src", "db", "embedded-worker.js"), {
      workerData: { directory, empty, settings } satisfies WorkerData,
      execArgv: [], // those of the main thread are not for it
      // What it holds is WebAssembly's; 50 MB less, in the same time.
      resourceLimits: { maxYoungGenerationSizeMb: 6 },
    });
    this.worker.on("message", (reply: WorkerReply) => this.settle(reply));
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new Error("The embedded Postgres ended unexpectedly.")));
  }

  /** @param transfer buffers that are the worker's from now on */
  send(request: Request, signal?: AbortSignal, transfer: ArrayBuffer[] = []): Promise<Result> {
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (this.ended) return Promise.reject(new Error("The embedded Postgres has ended."));
    const id = ++this.lastId;
    return new Promise<Result>((resolve, reject) => {
      const onAbort = () => void this.end(abortError(signal as AbortSignal));
      const done = () => signal?.removeEventListener("abort", onAbort);
      this.waiting.set(id, {
        resolve: (result) => {
          done();
          resolve(result);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      signal?.addEventListener("abort", onAbort, { once: true });
      this.worker.postMessage({ id, ...request }, transfer);
    });
  }

  private settle(reply: WorkerReply): void {
    const waiter = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (!waiter) return;
    if (reply.ok) waiter.resolve({ columns: reply.columns, rows: reply.rows });
    else if (reply.sqlState === NOT_OPEN) waiter.reject(cannotOpen(this.directory, reply.message));
    else if (isDamage(reply)) waiter.reject(damaged(this.directory, reply.message));
    else waiter.reject(new SqlError(reply.message, reply.sqlState, reply.detail, reply.position));
  }

  private fail(error: Error): void {
    this.ended = true;
    for (const waiter of this.waiting.values()) waiter.reject(this.reason ?? error);
    this.waiting.clear();
  }

  /** Ends the worker in the middle of whatever it does; Postgres recovers from its log at the next start. */
  async end(reason: Error): Promise<void> {
    this.ended = true;
    this.reason ??= reason;
    await this.worker.terminate(); // only then are the waiting told: a new one must not meet this one
    this.fail(reason);
  }

  /** Never fails: what was committed is in the log, and a database that did not open has nothing to close. */
  async close(): Promise<void> {
    if (!this.ended) await this.send({ op: "close" }).catch(() => undefined);
    this.ended = true;
    await this.worker.terminate(); // else it keeps the process alive
  }
}
