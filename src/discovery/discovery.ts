import type { Catalogue } from "../criteria/catalogue.js";
import type { Db, Queryable } from "../db/db.js";
import type { Embedder } from "../embed/embedder.js";
import type { PhraseIndex } from "../vectors/phrase-index.js";
import type { Refiner } from "../vectors/refiner.js";

/** What every discovery on one state of the data needs. */
export interface DiscoveryContext {
  db: Db;
  catalogue: Catalogue;
  refiner: Refiner;
  embedder: Embedder;
  /** The phrases of this version of the data. */
  phrases: () => Promise<PhraseIndex>;
  clock: () => number;
}

/** What one discovery works with: `tx` sees the data as they stood at its beginning. */
export interface Discovery extends Omit<DiscoveryContext, "db"> {
  tx: Queryable;
}
