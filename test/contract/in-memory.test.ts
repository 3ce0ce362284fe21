import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "../../src/db/db.js";
import { migrate } from "../../src/db/migrate.js";
import { createInMemoryRefiner, type InMemoryRefiner } from "../../src/vectors/in-memory.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import type { RefineRequest } from "../../src/vectors/refiner.js";
import { seeded } from "../support/random.js";
import { STORES, type Store } from "../support/stores.js";

/** Keys far apart, so that they fill several pages; some customers stand between them that the CRM lacks. */
const CUSTOMERS = 4_000;
const KEY_STEP = 21;
const PHRASES = 12;
const sql = createInSqlRefiner();

/** Few shares and weights, so that many customers are equal; ids whose order depends on how they are read. */
async function fill(db: Db, id: string, numericIds: boolean): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(`truncate app.customers, app.customer_phrases;
      insert into app.customers (customer_key, customer_id, in_crm)
        select n * ${KEY_STEP}, ${id}, n % 10 <> 0 from generate_series(1, ${CUSTOMERS}) n;
      insert into app.customer_phrases (customer_key, phrase_id, share, weight)
        select n * ${KEY_STEP}, p, (array[1, 0.5, 1 / 3.0, 0.1])[1 + (n * 7 + p) % 4], (array[0, 1, 2.7, 300])[1 + (n + p * n) % 4]
        from generate_series(1, ${CUSTOMERS}) n, generate_series(1, ${PHRASES}) p where (n * 31 + p * 17) % 23 < 6;
      update app.state set version = version + 1, numeric_ids = ${numericIds}`);
  });
}

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`interests in memory: ${kind.title}`, () => {
    let store: Store;
    let db: Db;
    let keys: number[];
    let version: number;
    let numericIds: boolean;

    async function refill(id: string, areNumbers: boolean): Promise<void> {
      await fill(db, id, areNumbers);
      numericIds = areNumbers;
      version = (await db.query("select version from app.state")).rows[0]?.[0] as number;
      keys = (await db.query("select customer_key from app.customers where in_crm order by 1")).rows.map(
        ([key]) => key as number,
      );
    }
    beforeAll(async () => {
      store = await kind.create();
      db = await store.open();
      await db.transaction((tx) => migrate(tx));
      await refill("(n * 7919 % 100003)::text", true);
    });
    afterAll(async () => {
      await db?.close();
      await store?.remove();
    });

    /** Of everyone, for phrase 1, unless told otherwise. */
    function request(part: Partial<RefineRequest> = {}): RefineRequest {
      const intents = [[{ phraseId: 1, phrase: "1", similarity: 0.9 }]];
      const index = { ids: [], phrases: [], vectors: new Float32Array() };
      const asked = { gate: Int32Array.from(keys), version, vectors: [], intents, index, numericIds };
      return { ...asked, minScore: 0.25, limit: 10, ...part };
    }

    async function loaded(): Promise<InMemoryRefiner> {
      const refiner = createInMemoryRefiner(db);
      expect((await refiner.refine(request(), db)).engine).toBe("sql");
      await refiner.settled();
      return refiner;
    }

    /** The list of both; the engine that made it. */
    async function same(refiner: InMemoryRefiner, asked: RefineRequest): Promise<string> {
      const expected = await sql.refine(asked, db);
      const { hits, total, engine } = await refiner.refine(asked, db);
      expect(hits).toEqual(expected.hits);
      if (hits.length > 0) expect(total).toBe(expected.total);
      return engine ?? refiner.engine;
    }

    test.each([
      ["numbers", "(n * 7919 % 100003)::text", true],
      ["texts", "case when n % 3 = 0 then 'Ä' when n % 3 = 1 then 'z' else 'Z' end || (n * 7919 % 100003)", false],
    ])("the list of SQL, ids as %s", async (_, id, areNumbers) => {
      await refill(id, areNumbers);
      const refiner = await loaded();
      expect(refiner.everyone(version)?.keys).toEqual(Int32Array.from(keys));
      const random = seeded(7);
      for (let i = 0; i < 40; i++) {
        const part = random.pick([1, 2, 9]);
        const intents = Array.from({ length: 1 + random.below(3) }, () =>
          Array.from({ length: PHRASES + 2 }, (_, p) => p + 1)
            .filter(() => random.below(3) === 0)
            .map((phraseId) => ({ phraseId, phrase: "", similarity: random.pick([0.251, 0.3, 0.6, 0.666667]) })),
        );
        const asked = request({
          gate: Int32Array.from(keys.filter(() => random.below(part) === 0)).reverse(),
          intents,
          minScore: random.pick([0, 0.25, 0.29]),
          limit: random.pick([1, 3, 50, 400]),
        });
        expect(await same(refiner, asked)).toBe("memory");
      }
    });

    test("what memory is no help for is left to SQL", async () => {
      const refiner = await loaded();
      expect(await same(refiner, request({ limit: null }))).toBe("sql");
      expect(await same(refiner, request({ gate: Int32Array.from(keys.slice(0, 10)) }))).toBe("sql");
      expect(await same(refiner, request({ gate: new Int32Array() }))).toBe("sql");
    });

    test("new data are read anew, and old interests never used for them", async () => {
      const refiner = await loaded();
      expect(await same(refiner, request())).toBe("memory");
      await refill("(n * 104729 % 100003)::text", true);
      expect(refiner.everyone(version)).toBeUndefined();
      expect(await same(refiner, request())).toBe("sql");
      await refiner.settled();
      expect(await same(refiner, request())).toBe("memory");
    });

    test("data that change before they are read are not used for the question's version", async () => {
      const refiner = createInMemoryRefiner(db);
      const before = version;
      await refill("(n * 7919 % 100003)::text", true);
      await refiner.refine(request({ version: before }), db);
      await refiner.settled();
      expect(refiner.everyone(before)).toBeUndefined();
      expect(await same(refiner, request())).toBe("sql");
      await refiner.settled();
      expect(await same(refiner, request())).toBe("memory");
    });

    test("more interests than fit stay in SQL", async () => {
      const refiner = createInMemoryRefiner(db, { mostRows: 1_000 });
      for (let i = 0; i < 2; i++) {
        expect(await same(refiner, request())).toBe("sql");
        await refiner.settled();
      }
    });

    test("closed while it reads, it ends and keeps nothing", async () => {
      const refiner = createInMemoryRefiner(db);
      await refiner.refine(request(), db);
      refiner.close();
      await refiner.settled();
      expect(await same(refiner, request())).toBe("sql");
    });

    test.skipIf(kind.engine === "embedded")("a role that may not read all of it is answered in SQL", async () => {
      const refused: Db = {
        ...{ engine: db.engine, location: db.location, close: () => db.close() },
        query: (text, params, options) => db.query(text, params, options),
        transaction: (work, options) =>
          db.transaction(async (tx) => {
            await tx.execute("set local role pg_monitor");
            return work(tx);
          }, options),
      };
      const refiner = createInMemoryRefiner(refused);
      await refiner.refine(request(), db);
      await refiner.settled();
      expect(await same(refiner, request())).toBe("sql");
    });
  });
}
