import type { Embedder } from "./embedder.js";

/** One call of an embedder, also one that failed. */
export interface EmbeddingCall {
  model: string;
  tokens: number;
  ms: number;
  error?: string;
}

/** The same embedder, telling of each of its calls. */
export function recorded(embedder: Embedder, clock: () => number, record: (call: EmbeddingCall) => void): Embedder {
  return {
    ...embedder,
    async embed(texts, signal) {
      const began = clock();
      try {
        const result = await embedder.embed(texts, signal);
        if (texts.length > 0) record({ model: embedder.id, tokens: result.tokens, ms: clock() - began });
        return result;
      } catch (error) {
        record({ model: embedder.id, tokens: 0, ms: clock() - began, error: (error as Error).message });
        throw error;
      }
    },
  };
}
