import { join } from "node:path";
import type { Config } from "./config/schema.js";
import type { Catalogue } from "./criteria/catalogue.js";
import type { Db } from "./db/db.js";
import { createPhraseCache, type DiscoveryContext } from "./discovery/discover.js";
import type { Embedder } from "./embed/embedder.js";
import { createMiniLm } from "./embed/minilm.js";
import type { SimilarPhrases } from "./planner/rules.js";
import { loadCatalogue } from "./sql/load-catalogue.js";
import { createInSqlRefiner } from "./vectors/in-sql.js";
import { matchPhrases } from "./vectors/phrase-index.js";

/** Everything a question or a load needs, chosen by the configuration here and nowhere else. */
export interface Runtime {
  config: Config;
  db: Db;
  embedder: Embedder;
  /** The catalogue of the data as it stands now. */
  catalogue(): Promise<Catalogue>;
  /** What a discovery needs, for this catalogue. */
  discovery(catalogue: Catalogue): DiscoveryContext;
  /** The interests closest in meaning to some words; see `SimilarPhrases`. */
  similar(catalogue: Catalogue): SimilarPhrases;
  /** What a reader of any answer should know of the data: that it is the sample. */
  notes: string[];
  clock(): number;
  close(): Promise<void>;
}

export interface RuntimeOptions {
  /** Name of the command, for locks and server logs. */
  command: string;
  /** Make the embedded database when there is none. */
  create: boolean;
  signal?: AbortSignal | undefined;
}

/** Cosine from which words are worth offering as meant: below it MiniLM finds kinship in anything. */
const CLOSE = 0.45;

/** Opens the row store of the configuration. Throws AppError "no_data", "locked", "unreachable". */
export async function createRuntime(config: Config, options: RuntimeOptions): Promise<Runtime> {
  const { db, notes } = await openDb(config, options);
  const embedder = createMiniLm();
  const refiner = createInSqlRefiner();
  const phrases = createPhraseCache(db, embedder);
  const clock = () => performance.now();
  return {
    config,
    db,
    embedder,
    catalogue: () => loadCatalogue(db),
    discovery: (catalogue) => ({
      db,
      catalogue,
      refiner,
      embedder,
      phrases: () => phrases(catalogue.version),
      clock,
    }),
    similar: (catalogue) => async (words, signal) => {
      const [index, { vectors, tokens }] = await Promise.all([
        phrases(catalogue.version),
        embedder.embed([words], signal),
      ]);
      const matches = matchPhrases(index, vectors[0] as Float32Array, CLOSE).slice(0, 3);
      return { phrases: matches.map((match) => match.phrase), tokens };
    },
    notes,
    clock,
    close: () => db.close(),
  };
}

/** Folder of the sample data of `audience demo`: inside the data directory, never mixed with what a user loads. */
export function demoDirectory(dataDir: string): string {
  return join(dataDir, "demo");
}

/**
 * The drivers are imported only when they are the ones in use: each takes longer than a short question. Where nothing
 * has been loaded yet, questions go to the sample data of the demo.
 */
async function openDb(config: Config, options: RuntimeOptions): Promise<{ db: Db; notes: string[] }> {
  if (config.databaseUrl !== undefined) {
    const { openServer } = await import("./db/server.js");
    return { db: await openServer(config.databaseUrl, options), notes: [] };
  }
  const { embeddedExists, openEmbedded } = await import("./db/embedded.js");
  const demo = demoDirectory(config.dataDir);
  const useDemo = !options.create && !embeddedExists(config.dataDir) && embeddedExists(demo);
  const directory = useDemo ? demo : config.dataDir;
  return {
    db: await openEmbedded({ ...options, directory }),
    notes: useDemo ? ["This is the sample data; `audience ingest` loads your own."] : [],
  };
}
