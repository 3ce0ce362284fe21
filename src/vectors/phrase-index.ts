import type { Queryable } from "../db/db.js";
import { AppError } from "../lib/errors.js";
import { round } from "./similarity.js";

/** Every embedded phrase, in memory: some hundreds to some thousands. */
export interface PhraseIndex {
  ids: number[];
  phrases: string[];
  /** ids.length × 384, row by row. */
  vectors: Float32Array;
}

export interface PhraseMatch {
  phraseId: number;
  phrase: string;
  /** Cosine to the intent, six decimals. */
  similarity: number;
}

/** Loads the phrases. Throws AppError "config" when another embedder made the index. */
export async function loadPhraseIndex(db: Queryable, embedderId: string): Promise<PhraseIndex> {
  const state = await db.query("select embedder from app.state");
  const maker = state.rows[0]?.[0];
  if (maker && maker !== embedderId) {
    throw new AppError("config", `The interests were embedded by ${String(maker)}, this is ${embedderId}.`, {
      hint: "Run `audience ingest --reindex`.",
    });
  }
  const { rows } = await db.query("select phrase_id, phrase, vector from app.phrases order by phrase_id");
  const stored = rows.map((row) => vectorFromBytes(row[2] as Uint8Array));
  const dimensions = stored[0]?.length ?? 0;
  const vectors = new Float32Array(rows.length * dimensions);
  for (const [i, vector] of stored.entries()) vectors.set(vector, i * dimensions);
  return { ids: rows.map((r) => r[0] as number), phrases: rows.map((r) => r[1] as string), vectors };
}

/** Phrases whose cosine to the vector is at least `floor`, best first. */
export function matchPhrases(index: PhraseIndex, vector: Float32Array, floor: number): PhraseMatch[] {
  const matches: PhraseMatch[] = [];
  const n = vector.length;
  for (let i = 0; i < index.ids.length; i++) {
    let similarity = 0;
    const start = i * n;
    for (let k = 0; k < n; k++) similarity += (index.vectors[start + k] as number) * (vector[k] as number);
    similarity = round(similarity);
    if (similarity >= floor) {
      matches.push({ phraseId: index.ids[i] as number, phrase: index.phrases[i] as string, similarity });
    }
  }
  return matches.sort((a, b) => b.similarity - a.similarity || a.phraseId - b.phraseId);
}

/** float32, little endian, as stored in app.phrases.vector. */
export function vectorToBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength).slice();
}

/** Copied: the server's driver gives Buffers, which share their memory and stand anywhere in it. */
function vectorFromBytes(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
