import { join } from "node:path";
import type { Readers } from "./agent/ask.js";
import type { Definitions } from "./config/definitions.js";
import type { LoadedConfig } from "./config/load.js";
import type { Config } from "./config/schema.js";
import type { Catalogue } from "./criteria/catalogue.js";
import type { Db } from "./db/db.js";
import { createPhraseCache, type DiscoveryContext } from "./discovery/discover.js";
import type { Embedder } from "./embed/embedder.js";
import { createMiniLm } from "./embed/minilm.js";
import { type EmbeddingCall, recorded } from "./embed/recorded.js";
import { createLedger, type Ledger } from "./ledger/ledger.js";
import { AppError } from "./lib/errors.js";
import { chooseEndpoint } from "./model/endpoint.js";
import type { SimilarPhrases } from "./planner/rules.js";
import { loadCatalogue, loadVersion } from "./sql/load-catalogue.js";
import { checkQuestionRights } from "./sql/question-rights.js";
import { createInSqlRefiner } from "./vectors/in-sql.js";
import { matchPhrases } from "./vectors/phrase-index.js";
import type { Refiner } from "./vectors/refiner.js";
import type { VectorIndex } from "./vectors/vector-index.js";

/** Everything a question or a load needs, chosen by the configuration here and nowhere else. */
export interface Runtime {
  config: Config;
  db: Db;
  embedder: Embedder;
  /** The catalogue of the data as it stands now. */
  catalogue(): Promise<Catalogue>;
  /** The version of the data as they stand now: another one than the catalogue's after a load. */
  version(): Promise<number>;
  /** What a discovery needs, for this catalogue. */
  discovery(catalogue: Catalogue): DiscoveryContext;
  /** The index outside the database, where one is configured. */
  vectorIndex: VectorIndex | undefined;
  /** Every call of a model, of language or of embeddings. */
  ledger: Ledger;
  /** Who reads questions about this data. Throws AppError "config" where a model is asked for and there is none. */
  readers(catalogue: Catalogue, definitions: Definitions): Promise<Readers>;
  /** What a reader of any answer should know of the data: that it is the sample. */
  notes: string[];
  clock(): number;
  close(): Promise<void>;
}

export interface RuntimeOptions {
  /** Name of the command, for locks and server logs. */
  command: string;
  /** To load: make the embedded database when there is none, and on a server be its owner. */
  create: boolean;
  /** Questions will be asked: whoever reads them is made ready meanwhile. */
  asks?: boolean;
  /** Many questions may come: what makes the later ones faster is worth its time. */
  livesOn?: boolean;
  signal?: AbortSignal | undefined;
  /** Folder of the ledger. */
  stateDir: string;
  /** Names this run in the ledger. */
  session: string;
  now: () => Date;
}

/** Cosine from which words are worth offering as meant: below it MiniLM finds kinship in anything. */
const CLOSE = 0.45;

/** Opens the row store of the configuration. Throws AppError "no_data", "locked", "unreachable". */
export async function createRuntime(loaded: LoadedConfig, options: RuntimeOptions): Promise<Runtime> {
  const { config } = loaded;
  // Beside the opening of the database, which waits for others: together they would take half as long again.
  const languageModel = options.asks ? prepareModel(loaded) : undefined;
  languageModel?.catch(() => {}); // `readers` rejects with it
  const planner = options.asks ? importPlanner() : undefined;
  planner?.catch(() => {});
  const { db, sample } = await openDb(config, options);
  const notes = sample ? ["This is the sample data; `audience ingest` loads your own."] : [];
  const clock = () => performance.now();
  const ledger = createLedger({ ...options, file: ledgerFile(options.stateDir) });
  const embedder = recorded(createMiniLm(), clock, (call) => recordEmbedding(call, ledger));
  const vectors = await openVectors(sample ? {} : config, { embedder, db, livesOn: options.livesOn ?? false });
  const phrases = createPhraseCache(db, embedder);
  const similar =
    (catalogue: Catalogue): SimilarPhrases =>
    async (words, signal) => {
      const [index, { vectors, tokens }] = await Promise.all([
        phrases(catalogue.version),
        embedder.embed([words], signal),
      ]);
      const matches = matchPhrases(index, vectors[0] as Float32Array, CLOSE).slice(0, 3);
      return { phrases: matches.map((match) => match.phrase), tokens };
    };
  return {
    config,
    db,
    embedder,
    catalogue: () => loadCatalogue(db),
    version: () => loadVersion(db),
    discovery: (catalogue) => ({
      db,
      catalogue,
      refiner: vectors.refiner,
      embedder,
      phrases: () => phrases(catalogue.version),
      clock,
    }),
    vectorIndex: vectors.index,
    ledger,
    readers: async (catalogue, definitions) => {
      const { createRulesPlanner } = await (planner ?? importPlanner());
      const rules = createRulesPlanner(catalogue, definitions, similar(catalogue));
      return {
        rules,
        recall: rules.recall,
        model: (await (languageModel ?? prepareModel(loaded)))?.({ catalogue, definitions, ledger, clock }),
        fallBack: config.planner === "auto",
      };
    },
    notes,
    clock,
    close: () => {
      vectors.close?.();
      return db.close();
    },
  };
}

/** Seventy files, which a load has no use for. */
const importPlanner = () => import("./planner/rules.js");

/** Where the ledger is, inside the state folder. */
export function ledgerFile(stateDir: string): string {
  return join(stateDir, "ledger.jsonl");
}

/** Embedding costs nothing here: where it cannot be written down, the question goes on. */
function recordEmbedding({ model, tokens, ms, error }: EmbeddingCall, ledger: Ledger): void {
  try {
    ledger.record({
      question: "",
      kind: "embedding",
      model,
      prompt_tokens: tokens,
      cached_tokens: 0,
      completion_tokens: 0,
      cost_usd: 0,
      cost_from: "local",
      ms: Math.round(ms),
      status: error === undefined ? "ok" : "failed",
      ...(error !== undefined && { error }),
    });
  } catch {
    // a state folder that cannot be written is told where money is spent
  }
}

type ModelParts = { catalogue: Catalogue; definitions: Definitions; ledger: Ledger; clock(): number };

/** The language model of the configuration, imported only where there is one: llamaindex takes half a second. */
async function prepareModel(loaded: LoadedConfig): Promise<((parts: ModelParts) => Readers["model"]) | undefined> {
  const { config } = loaded;
  if (config.planner === "rules") return undefined;
  const endpoint = chooseEndpoint(loaded);
  if (!endpoint) {
    if (config.planner === "auto") return undefined;
    throw new AppError("config", "There is no language model: neither a key nor an address is set.", {
      hint: "Set OPENROUTER_API_KEY, OPENAI_API_KEY or AUDIENCE_BASE_URL, or ask with --planner rules.",
    });
  }
  const { createLanguageModels } = await import("./agent/language-model/create-language-models.js");
  const { maxCost, maxCostSession, modelSilenceSeconds: silenceSeconds, personalColumns: personal } = config;
  return (parts) => createLanguageModels({ ...parts, endpoint, maxCost, maxCostSession, silenceSeconds, personal });
}

/**
 * Who compares interests: the database itself, beside it this process if it lives on, or a Qdrant that is imported only
 * then. Of the sample no index is kept.
 */
async function openVectors(
  config: Partial<Config>,
  { embedder, db, livesOn }: { embedder: Embedder; db: Db; livesOn: boolean },
): Promise<{ refiner: Refiner; index: VectorIndex | undefined; close?(): void }> {
  const { qdrantUrl: url, qdrantCollection: alias, qdrantTimeoutSeconds: timeoutSeconds } = config;
  if (url === undefined || alias === undefined || timeoutSeconds === undefined) {
    if (!livesOn) return { refiner: createInSqlRefiner(), index: undefined };
    const { createInMemoryRefiner } = await import("./vectors/in-memory.js");
    const refiner = createInMemoryRefiner(db);
    return { refiner, index: undefined, close: refiner.close };
  }
  const { openQdrant } = await import("./vectors/qdrant/open-qdrant.js");
  return openQdrant(
    {
      ...{ url, alias, timeoutSeconds },
      apiKey: config.qdrantApiKey,
      shards: config.qdrantShards,
      replicas: config.qdrantReplicas,
    },
    embedder,
  );
}

/** Questions are not asked as a role that could do more. */
async function checkRights(db: Db): Promise<void> {
  try {
    await checkQuestionRights(db);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Folder of the sample data of `audience demo`: inside the data directory, never mixed with what a user loads. */
export function demoDirectory(dataDir: string): string {
  return join(dataDir, "demo");
}

/**
 * The drivers are imported only when they are the ones in use: each takes longer than a short question. Where nothing
 * has been loaded yet, questions go to the sample data of the demo.
 */
async function openDb(config: Config, options: RuntimeOptions): Promise<{ db: Db; sample: boolean }> {
  const questions = options.create ? undefined : config.readerUrl;
  const url = questions ?? config.databaseUrl;
  if (url !== undefined) {
    const { openServer } = await import("./db/server.js");
    const setting = questions === undefined ? "DATABASE_URL" : "AUDIENCE_READER_URL";
    const db = await openServer(url, { ...options, setting });
    if (questions !== undefined) await checkRights(db);
    return { db, sample: false };
  }
  if (config.readerUrl !== undefined) {
    throw new AppError("config", "AUDIENCE_READER_URL is set, which may only read; DATABASE_URL is not.", {
      hint: "Set DATABASE_URL to the owner of the data, to load them.",
    });
  }
  const { embeddedExists, openEmbedded } = await import("./db/embedded.js");
  const demo = demoDirectory(config.dataDir);
  const useDemo = !options.create && !embeddedExists(config.dataDir) && embeddedExists(demo);
  const directory = useDemo ? demo : config.dataDir;
  return { db: await openEmbedded({ ...options, directory }), sample: useDemo };
}
