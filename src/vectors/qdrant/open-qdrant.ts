import { createQdrantRefiner } from "../qdrant-refiner.js";
import type { Refiner } from "../refiner.js";
import type { VectorIndex } from "../vector-index.js";
import { qdrantAt } from "./client.js";
import { QdrantFault } from "./fault.js";
import { PATIENCE, type QdrantPatience } from "./retry.js";
import { syncIndex } from "./sync.js";

/** How long a load waits for another one that writes the index. */
const LOCK_WAIT_MS = 600_000;

export interface QdrantSettings {
  url: string;
  apiKey?: string | undefined;
  alias: string;
  shards?: number | undefined;
  replicas?: number | undefined;
  timeoutSeconds: number;
}

/** Qdrant as refiner of questions and as index of loads. Nothing is connected before the first call. */
export function openQdrant(
  settings: QdrantSettings,
  embedder: { id: string; dimensions: number },
  { question, load, pauseMs }: QdrantPatience = PATIENCE,
): { refiner: Refiner; index: VectorIndex } {
  const { alias, timeoutSeconds } = settings;
  const connect = qdrantAt(settings);
  const timeoutMs = timeoutSeconds * 1000;
  return {
    refiner: createQdrantRefiner({
      connect: (signal) => connect({ ...question, timeoutMs }, signal),
      alias,
      embedder,
      timeoutSeconds,
      pauseMs,
    }),
    index: {
      engine: "qdrant",
      bringUpToDate: ({ db, rebuild, signal, progress }) =>
        syncIndex({
          db,
          // Writing a batch takes longer than answering a question.
          qdrant: connect({ ...load, timeoutMs: 6 * timeoutMs }, signal),
          collection: settings,
          embedder,
          rebuild,
          lockWaitMs: LOCK_WAIT_MS,
          signal,
          progress,
        }),
      faultOf: (error) => (error instanceof QdrantFault ? error.message : undefined),
    },
  };
}
