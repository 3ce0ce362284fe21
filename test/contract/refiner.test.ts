import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ingest } from "../../ingest/ingest.js";
import { packagePath } from "../../src/config/package-root.js";
import type { Db } from "../../src/db/db.js";
import { createMiniLm } from "../../src/embed/minilm.js";
import { loadVersion } from "../../src/sql/load-catalogue.js";
import { createInMemoryRefiner, type InMemoryRefiner } from "../../src/vectors/in-memory.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import { loadPhraseIndex, matchPhrases, type PhraseIndex } from "../../src/vectors/phrase-index.js";
import { openQdrant } from "../../src/vectors/qdrant/open-qdrant.js";
import type { RefineRequest, Refiner } from "../../src/vectors/refiner.js";
import { remembering } from "../support/load.js";
import { SAMPLE } from "../support/sample.js";
import { QUICKEST, STORES, type Store } from "../support/stores.js";
import { VECTOR_SERVERS, type VectorServer } from "../support/vector-servers.js";

const FLOOR = 0.25;
const shared = (...parts: string[]) => packagePath("..", "shared", "data", ...parts);
const DATA = [
  { name: "sample", ...SAMPLE },
  ...["retail-demo", "online-retail"].map((name) => ({
    name,
    crm: shared(name, "crm.csv.gz"),
    events: shared(name, "clickstream.csv.gz"),
  })),
];
const INTENTS = [
  ["luxury"],
  ["red"],
  ["outdoor life"],
  ["gifts for children", "kitchen"],
  ["luxury", "jewelry"],
  ["music", "reading", "garden"],
  ["formal wear", "vintage", "parliament election law"],
];
/** One, two and three of them: enough where a list takes seconds. */
const SOME_INTENTS = INTENTS.filter((_, i) => i === 1 || i === 4 || i === 6);
/** Everything is tried with everything. */
const WHOLE = process.env["QDRANT_TEST_URL"] !== undefined || process.env["AUDIENCE_TEST_LONG"] !== undefined;
/** Customers inside the gate; Infinity for all. */
const GATES = [0, 1, 10, 1_000, Number.POSITIVE_INFINITY];
/** On a real server every limit; the stand-in, which compares in plain JavaScript, takes a second for some of them. */
const LIMITS = process.env["QDRANT_TEST_URL"] ? [1, 10, 50, 700, null] : [10, 700];
const embedder = remembering(createMiniLm());
const settled = { qdrant: 0, sql: 0 };

for (const server of VECTOR_SERVERS) {
  for (const kind of STORES) {
    for (const { name, crm, events } of DATA) {
      // Each store and each set of data in any case; every pair, which takes minutes, with the servers' tests.
      if (name !== "sample" && kind !== QUICKEST && !WHOLE) continue;
      const absent = !existsSync(crm);
      const title = `${name}, ${kind.title}, ${server.title}${absent ? " (skipped: ../shared/data is not there)" : ""}`;
      describe.skipIf(server.missing || kind.missing || absent)(title, () => {
        let vectors: VectorServer;
        let store: Store;
        let db: Db;
        let qdrant: Refiner;
        let index: PhraseIndex;
        let keys: number[];
        let numericIds: boolean;
        let version: number;
        let memory: InMemoryRefiner;
        const sql = createInSqlRefiner();

        beforeAll(async () => {
          [vectors, store] = await Promise.all([server.start(), kind.create()]);
          db = await store.open();
          const opened = openQdrant({ ...vectors, timeoutSeconds: 60 }, embedder);
          qdrant = opened.refiner;
          const summary = await ingest(
            {
              ...{ crm: [crm], events: [events], maps: new Map(), maxRejects: { share: 0.1 } },
              ...{ dryRun: false, reindex: false, luxuryAbove: 800 },
              weights: { purchase: 3, add_to_cart: 2, view: 1 },
            },
            {
              ...{ db, embedder, vectorIndex: opened.index, clock: () => performance.now() },
              ...{ progress: () => {}, reject: () => {} },
            },
          );
          expect(summary.index).toMatchObject({ state: "current", points: summary.totals.customers });
          index = await loadPhraseIndex(db, embedder.id);
          const { rows } = await db.query("select customer_key from app.customers where in_crm order by customer_key");
          keys = rows.map((row) => row[0] as number);
          version = await loadVersion(db);
          memory = createInMemoryRefiner(db);
          numericIds = (await db.query("select numeric_ids from app.state")).rows[0]?.[0] as boolean;
          const empty = { gate: gateOf(0), version, vectors: [], intents: [[]], index, minScore: FLOOR, limit: 1 };
          await memory.refine({ ...empty, numericIds }, db);
          await memory.settled();
        }, 600_000);
        afterAll(async () => {
          await db?.close();
          await store?.remove();
          await vectors?.close();
        });

        /** So many customers from all over, the same each time. */
        const gateOf = (size: number) => {
          const mixed = keys.map((key) => ({ key, at: (key * 7919) % 104_729 })).sort((a, b) => a.at - b.at);
          return Int32Array.from(mixed.slice(0, size), ({ key }) => key);
        };

        describe.each(GATES)("gate of %s", (size) => {
          test.each((name === "sample" || WHOLE ? INTENTS : SOME_INTENTS).map((intents) => ({ intents })))(
            "$intents",
            async ({ intents }) => {
              const { vectors: wanted } = await embedder.embed(intents);
              const gate = gateOf(size);
              const matches = wanted.map((vector) => matchPhrases(index, vector, FLOOR));
              for (const limit of LIMITS) {
                const base = { gate, version, vectors: wanted, intents: matches, index, numericIds };
                const request: RefineRequest = { ...base, minScore: FLOOR, limit };
                const expected = await sql.refine(request, db);
                const got = await qdrant.refine(request, db);
                expect(got.warnings).toBeUndefined();
                expect(got.hits).toEqual(expected.hits);
                if (expected.hits.length > 0) expect(got.total).toBe(expected.total);
                const remembered = await memory.refine(request, db);
                expect(remembered.hits).toEqual(expected.hits);
                expect(remembered.total).toBe(expected.total);
                expect(remembered.engine).toBe(limit === null || gate.length <= limit ? "sql" : undefined);
                settled[got.engine === "sql" ? "sql" : "qdrant"]++;
                // One wish is always settled by the candidates, unless hundreds are equal.
                if (intents[0] === "red" && intents.length === 1 && limit === 10 && size === 10) {
                  expect(got.engine).toBeUndefined();
                }
              }
            },
          );
        });

        test("look-alikes of one and of several", async () => {
          const { rows } = await db.query(
            `select c.customer_key from app.customers c where c.in_crm and exists (select 1 from app.customer_phrases p
             where p.customer_key = c.customer_key and p.weight > 0) order by c.customer_key limit 40`,
          );
          const known = rows.map((row) => row[0] as number);
          for (const some of [known.slice(0, 1), known.slice(7, 8), known.slice(3, 6), known.slice(20, 40)]) {
            for (const limit of name === "sample" || WHOLE ? [1, 10, 200, null] : [10, null]) {
              const request = { keys: some, index, limit, numericIds };
              const { hits, total } = await sql.lookAlikes(request, db);
              const got = await qdrant.lookAlikes(request, db);
              expect(got.warnings).toBeUndefined();
              expect({ hits: got.hits, total: got.total }).toEqual({ hits, total });
              expect(hits.some((hit) => some.includes(hit.customerKey))).toBe(false);
              if (limit === 10) expect(got.engine).toBeUndefined();
            }
          }
        });
      });
    }
  }
}

afterAll(() => process.stderr.write(`Lists settled by Qdrant: ${settled.qdrant}, left to SQL: ${settled.sql}.\n`));
