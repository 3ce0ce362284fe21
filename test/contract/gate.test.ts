import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileCriteria } from "../../src/criteria/compile.js";
import type { Criteria } from "../../src/criteria/schema.js";
import type { Db } from "../../src/db/db.js";
import { findGate } from "../../src/discovery/gate.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import { fileWriter, hashEmbedder, load } from "../support/load.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

/** No age, but a date of birth; a column of its own; no total: the view has more to say than its table. */
const CRM = `customer_id,gender,birth_date,loyalty tier
1,F,1950-05-05,gold
2,F,2001-05-05,silver
3,M,1960-05-05,gold
4,,,
`;
const EVENTS = `event_id,customer_id,event_type,timestamp,category,price
a,1,purchase,2025-05-01T10:00:00Z,books,900
b,2,purchase,2025-05-02T10:00:00Z,books,20
c,5,purchase,2025-05-02T10:00:00Z,books,2000
d,4,view,2025-05-03T10:00:00Z,books,
`;
const bought: Criteria = { event: "purchase" };
const female: Criteria = { attribute: "gender", op: "=", value: "F" };
const old: Criteria = { attribute: "age", op: ">", value: 40 };
const GATES: Criteria[] = [
  {},
  female,
  old,
  bought,
  { all: [{ any: [bought] }] },
  { event: "any", count: { op: ">=", value: 1 } },
  { event: "any", count: { op: ">", value: 1 } },
  { event: "any", count: { op: "<=", value: 0 } },
  { event: "purchase", sum: { field: "price", op: ">", value: 100 } },
  { not: bought },
  { any: [female, bought] },
  { all: [bought, { not: old }] },
  { any: [{ attribute: "likes_luxury", op: "=", value: true }, old] },
  { attribute: "total_spent", op: "<", value: 100 },
  { attribute: "loyalty_tier", op: "!=", value: "gold" },
  { interest: "category", value: "books" },
  { engagement: "high" },
];

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`gate: ${kind.title}`, () => {
    const folder = freshDirectory();
    let store: Store;
    let db: Db;

    beforeAll(async () => {
      store = await kind.create();
      db = await store.open();
      const write = fileWriter(folder);
      await load(db, { crm: [write(CRM)], events: [write(EVENTS)] });
    });
    afterAll(async () => {
      await db?.close();
      await store?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    test("the customers of the view, by whichever statement", async () => {
      const catalogue = await loadCatalogue(db);
      const sizes = new Set<number>();
      for (const criteria of GATES) {
        const asked = { criteria, asOf: "2025-06-30", asOfGiven: false };
        const params: unknown[] = [];
        const { gate, stage } = await findGate(asked, {
          ...{ tx: db, catalogue, refiner: createInSqlRefiner(), embedder: hashEmbedder },
          ...{ clock: () => 0, phrases: () => Promise.reject(new Error("not needed")) },
        });
        const condition = compileCriteria(criteria, { catalogue, ...asked, params });
        const expected = await db.query(`select customer_id from audience.customers c where ${condition}`, params);
        const found = await db.query("select customer_id from app.customers where customer_key = any($1::integer[])", [
          gate,
        ]);
        expect({ criteria, ids: found.rows.flat().sort() }).toEqual({ criteria, ids: expected.rows.flat().sort() });
        expect(stage).toMatchObject({ engine: "postgres", rows: gate.length });
        sizes.add(gate.length);
      }
      expect(sizes.size).toBeGreaterThan(2);
    });
  });
}
