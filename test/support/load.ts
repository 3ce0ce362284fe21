import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { ingest } from "../../ingest/ingest.js";
import type { IngestOptions, IngestSummary, Progress, Reject } from "../../ingest/options.js";
import type { Db } from "../../src/db/db.js";
import type { Embedder } from "../../src/embed/embedder.js";
import type { VectorIndex } from "../../src/vectors/vector-index.js";

/** Vectors made of the text's hash: the same text gives the same vector, and no model has to be loaded. */
export const hashEmbedder: Embedder = {
  id: "hash/test",
  dimensions: 384,
  prepare: () => {},
  embed: async (texts) => ({
    vectors: texts.map((text) => {
      const bytes = createHash("shake256", { outputLength: 384 }).update(text).digest();
      const raw = Float32Array.from(bytes, (byte) => byte - 127.5);
      const length = Math.hypot(...raw);
      return raw.map((x) => x / length);
    }),
    tokens: texts.length,
  }),
};

/** An embedder that remembers its vectors: suites that load the same data several times wait for the model once. */
export function remembering(embedder: Embedder): Embedder {
  const known = new Map<string, Float32Array>();
  return {
    ...embedder,
    async embed(texts, signal) {
      const fresh = [...new Set(texts)].filter((text) => !known.has(text));
      const { vectors } = await embedder.embed(fresh, signal);
      for (const [i, text] of fresh.entries()) known.set(text, vectors[i] as Float32Array);
      return { vectors: texts.map((text) => known.get(text) as Float32Array), tokens: texts.length };
    },
  };
}

type LoadOptions = Partial<IngestOptions> & {
  stdin?: string | Buffer;
  signal?: AbortSignal;
  progress?: (progress: Progress) => void;
  vectorIndex?: VectorIndex;
  embedder?: Embedder;
};

/** Loads files with the usual options; gives the summary and every rejected row. */
export async function load(
  db: Db,
  { stdin, signal, progress, vectorIndex, embedder = hashEmbedder, ...options }: LoadOptions,
): Promise<IngestSummary & { allRejects: Reject[] }> {
  const allRejects: Reject[] = [];
  const summary = await ingest(
    {
      crm: [],
      events: [],
      maps: new Map(),
      maxRejects: { share: 0.1 },
      dryRun: false,
      reindex: false,
      luxuryAbove: 800,
      weights: { purchase: 3, add_to_cart: 2, view: 1 },
      ...options,
    },
    {
      db,
      embedder,
      vectorIndex,
      ...(stdin !== undefined && { stdin: Readable.from([Buffer.from(stdin)]) }),
      signal,
      progress: progress ?? (() => {}),
      reject: (reject) => allRejects.push(reject),
      clock: () => performance.now(),
    },
  );
  return { ...summary, allRejects };
}

/** Writes files into a folder: each call a new one. */
export function fileWriter(folder: string): (content: string | Buffer, extension?: string) => string {
  let count = 0;
  return (content, extension = "csv") => {
    const path = join(folder, `file-${++count}.${extension}`);
    writeFileSync(path, content);
    return path;
  };
}

/** Removes all that was loaded, so that the next load is the first. */
export async function forget(db: Db): Promise<void> {
  await db.transaction((tx) => tx.execute("drop schema if exists app, audience, audience_guard cascade"));
}
