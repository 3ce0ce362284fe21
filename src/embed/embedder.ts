/** Turns short texts into vectors of length 1, so that their dot product is the cosine. */
export interface Embedder {
  /** Names model and precision; stored with the index, so that vectors of different models never meet. */
  readonly id: string;
  readonly dimensions: number;
  /** Begins to load the model, where one knows early that it will be needed; never throws. */
  prepare(): void;
  /** One vector a text, in the order given; `tokens` is their sum. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<{ vectors: Float32Array[]; tokens: number }>;
}
