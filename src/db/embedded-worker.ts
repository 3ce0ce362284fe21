// The embedded Postgres lives here, off the main thread: a statement can then be ended by ending the worker, and a
// long one never blocks the terminal.
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { brotliDecompressSync } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import { NOT_OPEN, type WorkerData, type WorkerReply, type WorkerRequest } from "./embedded-protocol.js";
import { parsers } from "./values.js";

const port = parentPort;
if (!port) throw new Error("embedded-worker runs as a worker thread only");

const { directory, empty, settings } = workerData as WorkerData;
const opening = PGlite.create({
  dataDir: directory,
  parsers,
  startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ["-c", setting])],
  ...(empty !== null && { loadDataDir: new Blob([brotliDecompressSync(readFileSync(empty))]) }),
});
opening.catch(() => undefined); // told to each request

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const { id } = request;
  try {
    const db = await opening.catch((cause) => {
      throw { message: describe(cause), code: NOT_OPEN };
    });
    switch (request.op) {
      case "query": {
        const result = await db.query(request.sql, request.params as unknown[], { rowMode: "array" });
        return { id, ok: true, columns: result.fields.map((f) => f.name), rows: result.rows as never };
      }
      case "execute":
        await db.exec(request.sql);
        return { id, ok: true, columns: [], rows: [] };
      case "copy":
        await db.query(request.sql, [], { blob: uncopied(request.data) });
        return { id, ok: true, columns: [], rows: [] };
      case "close":
        await db.close();
        return { id, ok: true, columns: [], rows: [] };
    }
  } catch (error) {
    const e = error as { message?: string; code?: string; detail?: string; position?: string };
    return {
      id,
      ok: false,
      message: e.message ?? String(error),
      sqlState: typeof e.code === "string" ? e.code : "",
      detail: e.detail,
      position: e.position === undefined ? undefined : Number(e.position),
    };
  }
}

/** A Blob would copy the bytes twice, into memory that is freed late. All that is asked of it is what it holds. */
function uncopied(data: Uint8Array): Blob {
  const bytes = data.byteLength === data.buffer.byteLength ? data.buffer : data.slice().buffer;
  return { arrayBuffer: async () => bytes } as unknown as Blob;
}

/** The file system of WebAssembly throws objects with an error number of its own (WASI). */
function describe(error: unknown): string {
  const { message, errno } = error as { message?: string; errno?: number };
  const words: Record<number, string> = { 2: "permission denied", 51: "no space is left on the disk", 69: "read only" };
  return message || words[errno ?? 0] || `error ${errno ?? String(error)}`;
}

// One connection: requests are answered strictly in order.
let last: Promise<void> = Promise.resolve();
port.on("message", (request: WorkerRequest) => {
  last = last.then(async () => port.postMessage(await answer(request)));
});
