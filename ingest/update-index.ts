import type { Db } from "../src/db/db.js";
import { AppError } from "../src/lib/errors.js";
import type { VectorIndex } from "../src/vectors/vector-index.js";
import type { IngestOptions, IngestSummary, Progress } from "./options.js";

interface IndexContext {
  db: Db;
  vectorIndex?: VectorIndex | undefined;
  signal?: AbortSignal | undefined;
  progress(progress: Progress): void;
}

/**
 * Brings the index outside the database up to what has been committed. Where that fails the load stands all the same: the
 * summary says that the index is behind, and questions are answered without it until it has caught up.
 */
export async function updateIndex(
  options: Pick<IngestOptions, "reindex">,
  { db, vectorIndex, signal, progress }: IndexContext,
  summary: IngestSummary,
): Promise<void> {
  if (!vectorIndex) return;
  try {
    const report = await vectorIndex.bringUpToDate({
      db,
      rebuild: options.reindex,
      signal,
      progress: (done, total) => progress({ stage: "index", done, total, unit: "customers", rows: total }),
    });
    summary.index = { state: "current", ...report };
  } catch (error) {
    if (signal?.aborted) throw stopped(error);
    const fault = vectorIndex.faultOf(error);
    if (fault === undefined) throw error;
    summary.index = { state: "behind" };
    summary.warnings.push(
      `The data are loaded, but the index in Qdrant is behind: ${fault}. Questions are answered in SQL meanwhile, with the ` +
        "same result; the next `audience ingest` or `audience ingest --reindex` brings it up to date.",
    );
  }
}

function stopped(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return new AppError(error.code, `${error.message} The data are loaded; the index in Qdrant is behind.`, {
    hint: "The next `audience ingest` or `audience ingest --reindex` brings it up to date.",
    cause: error,
  });
}
