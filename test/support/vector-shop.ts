import { rmSync } from "node:fs";
import type { IngestSummary } from "../../ingest/options.js";
import type { Db } from "../../src/db/db.js";
import type { Embedder } from "../../src/embed/embedder.js";
import { loadVersion } from "../../src/sql/load-catalogue.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import { loadPhraseIndex, matchPhrases } from "../../src/vectors/phrase-index.js";
import { openQdrant } from "../../src/vectors/qdrant/open-qdrant.js";
import type { Refined, RefineRequest } from "../../src/vectors/refiner.js";
import { fileWriter, forget, hashEmbedder, load } from "./load.js";
import { smallShop } from "./small-shop.js";
import { freshDirectory, QUICKEST, type Store } from "./stores.js";

/** Waits that a test can bear. */
const HASTY = {
  question: { attempts: 2, waitMs: 5, longestWaitMs: 20 },
  load: { attempts: 4, waitMs: 5, longestWaitMs: 20 },
  pauseMs: 0,
};

/** A small shop in an embedded database, with its index in a Qdrant at `url`. */
export interface VectorShop {
  db: Db;
  /** Loads customers from..from+count-1 with their events; `reindex` alone loads nothing. */
  load(options: {
    customers?: number;
    from?: number;
    reindex?: boolean;
    url: string;
    embedder?: Embedder;
    timeoutSeconds?: number;
    signal?: AbortSignal;
  }): Promise<IngestSummary>;
  /** The list by both engines, over all customers or the first so many. */
  ask(
    url: string,
    options?: { embedder?: Embedder; gate?: number; limit?: number; timeoutSeconds?: number },
  ): Promise<{
    expected: Refined;
    got: Refined;
  }>;
  /** The look-alikes of customer 1 by both. */
  like(url: string): Promise<{ expected: Refined; got: Refined }>;
  /** As if nothing had ever been loaded. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** `kind`: unless given a server where there is one, which loads in a third of the time. */
export async function openVectorShop(kind = QUICKEST): Promise<VectorShop> {
  const store: Store = await kind.create();
  const db = await store.open();
  const folder = freshDirectory();
  const write = fileWriter(folder);
  const sql = createInSqlRefiner();
  const qdrantAt = (url: string, embedder: Embedder = hashEmbedder, timeoutSeconds = 20) =>
    openQdrant({ url, alias: "customers", timeoutSeconds }, embedder, HASTY);
  return {
    db,
    load({ customers = 0, from = 1, reindex = false, url, embedder = hashEmbedder, timeoutSeconds, signal }) {
      const { crm, events } = smallShop(customers, from);
      const files = customers > 0 ? { crm: [write(crm)], events: [write(events)] } : {};
      return load(db, {
        ...files,
        reindex,
        vectorIndex: qdrantAt(url, embedder, timeoutSeconds).index,
        embedder,
        ...(signal && { signal }),
      });
    },
    async ask(url, { embedder = hashEmbedder, gate: size, limit = 5, timeoutSeconds } = {}) {
      const index = await loadPhraseIndex(db, embedder.id);
      const sqlKeys = "select customer_key from app.customers where in_crm order by customer_key limit $1::bigint";
      const { rows } = await db.query(sqlKeys, [size ?? null]);
      const gate = Int32Array.from(rows, (row) => row[0] as number);
      // Phrases that are there: vectors of hashes have no other meaning.
      const { vectors } = await embedder.embed(["jewelry: necklace", "footwear: boots"]);
      const intents = vectors.map((vector) => matchPhrases(index, vector, 0.05));
      const version = await loadVersion(db);
      const asked = { gate, version, vectors, intents, index };
      const request: RefineRequest = { ...asked, minScore: 0.05, limit, numericIds: true };
      const { refiner } = qdrantAt(url, embedder, timeoutSeconds);
      return { expected: await sql.refine(request, db), got: await refiner.refine(request, db) };
    },
    async like(url) {
      const index = await loadPhraseIndex(db, hashEmbedder.id);
      const { rows } = await db.query("select customer_key from app.customers where customer_id = '1'");
      const request = { keys: [rows[0]?.[0] as number], index, limit: 5, numericIds: true };
      const { refiner } = qdrantAt(url);
      return { expected: await sql.lookAlikes(request, db), got: await refiner.lookAlikes(request, db) };
    },
    forget: () => forget(db),
    async close() {
      await db.close();
      await store.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
