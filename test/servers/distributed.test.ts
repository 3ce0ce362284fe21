import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { citusCalls, DISTRIBUTED, keyByCustomer } from "../../ingest/distribute.js";
import { initialise } from "../../ingest/init.js";
import { compileCriteria } from "../../src/criteria/compile.js";
import type { Criteria } from "../../src/criteria/schema.js";
import type { Db, Transaction } from "../../src/db/db.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { askOver } from "../support/ask-sample.js";
import { checksums } from "../support/checksum.js";
import { crossShardJoins } from "../support/cross-shard-joins.js";
import { fileWriter, load } from "../support/load.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const kind = STORES[1] as (typeof STORES)[number];

const QUESTIONS = [
  "how many customers bought red socks in the last 60 days?",
  "customers from Germany who bought jewelry at least twice and never bought shoes",
  "customers who viewed jewelry in the last 90 days but did not buy jewelry",
  "women over 40 who abandoned their cart in the last 30 days",
  "customers who bought shoes and are into luxury",
  "revenue by month and gender",
  "revenue by month",
  "revenue by country",
  "top 10 customers by total spent",
  "top 5 categories by revenue",
  "customers who did not buy anything in the last 30 days",
  "average order value",
];

/** What questions do not bring out. */
const CRITERIA: Criteria[] = [
  { engagement: "high" },
  { interest: "category", value: "shoes", share: { op: ">=", value: 0.1 } },
  { event: "purchase", count: { op: ">=", value: 2, distinct: "order" } },
  { event: "purchase", sum: { field: "amount", op: "<", value: 300 }, count: { op: ">=", value: 0 } },
];

describe.skipIf(kind.missing)("tables keyed for Citus", () => {
  const folder = freshDirectory();
  const write = fileWriter(folder);
  let stores: [Store, Store];
  let plain: Db;
  let keyed: Db;

  beforeAll(async () => {
    stores = [await kind.create(), await kind.create()];
    [plain, keyed] = [await stores[0].open(), await stores[1].open()];
    for (const db of [plain, keyed]) await load(db, { crm: [SAMPLE.crm] });
    // In the middle of its life: what was loaded before is keyed anew, what comes after is loaded into it.
    await keyed.transaction(keyByCustomer);
    for (const db of [plain, keyed]) await load(db, { events: [SAMPLE.events] });
  });
  afterAll(async () => {
    await plain?.close();
    await keyed?.close();
    for (const store of stores ?? []) await store.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test("every unique key of a distributed table holds customer_key; the others are reference tables or local", async () => {
    const { rows } = await keyed.query(
      `select c.relname::text, bool_and(coalesce(a.attname = any(k.columns), false))
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'customer_key'
       left join lateral (
         select array_agg(x.attname) as columns from pg_index i join pg_attribute x on x.attrelid = c.oid and x.attnum = any(i.indkey)
         where i.indrelid = c.oid and i.indisunique group by i.indexrelid
       ) k on true
       where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' group by 1 order by 1`,
    );
    expect(rows).toEqual([...DISTRIBUTED].sort().map((name) => [name, true]));
  });

  test("the calls of Citus", async () => {
    const calls = await keyed.transaction((tx) => citusCalls(tx), { readOnly: true });
    expect(calls).toEqual([
      "set local citus.multi_shard_modify_mode = 'sequential'",
      "select create_reference_table('app.phrases')",
      "select create_reference_table('app.event_kinds')",
      "select create_reference_table('app.interest_values')",
      "select create_reference_table('app.state')",
      "select create_reference_table('app.stored_values')",
      "select create_reference_table('app.column_stats')",
      "select create_reference_table('app.vector_index')",
      "select create_distributed_table('app.customers', 'customer_key')",
      "select create_distributed_table('app.events', 'customer_key', colocate_with => 'app.customers')",
      "select create_distributed_table('app.interests', 'customer_key', colocate_with => 'app.customers')",
      "select create_distributed_table('app.customer_phrases', 'customer_key', colocate_with => 'app.customers')",
      "select create_distributed_table('app.vector_changes', 'customer_key', colocate_with => 'app.customers')",
    ]);
    const { rows } = await keyed.query("select count(*) from app.events where customer_key is null");
    expect(rows).toEqual([[0]]);
  });

  test("without the extension nothing is changed, and what is missing is said", async () => {
    const init = initialise(plain, { readerUrl: undefined, distributed: true, luxuryAbove: 800 });
    await expect(init).rejects.toMatchObject({
      code: "config",
      message: expect.stringContaining("extension citus is missing"),
    });
    expect((await plain.query("select distributed from app.state")).rows).toEqual([[false]]);
  });

  test("loads and the catalogue are the same", async () => {
    const repeated = [
      "event_id,customer_id,event_type,timestamp,category\n1,119,view,2025-07-01T00:00:00Z,again\nx1,119,view,2025-07-01T00:00:00Z,socks\n",
      "event_id,customer_id,event_type,timestamp,category\nx1,120,view,2025-07-02T00:00:00Z,other\nx2,,view,2025-07-02T00:00:00Z,socks\nx2,5,view,2025-07-02T00:00:00Z,socks\n",
    ].map((text) => write(text));
    for (const file of repeated) {
      const [a, b] = [await load(plain, { events: [file] }), await load(keyed, { events: [file] })];
      expect(b.files).toEqual(a.files);
    }
    const sums = async (db: Db) => {
      const { phrases, catalogue } = await checksums(db);
      const rows = await Promise.all(
        ["customers", "events", "interests"].map(
          async (view) =>
            (
              await db.query(`select md5(string_agg(x, '' order by x)) from (
               select (to_jsonb(v) - 'customer_key')::text collate "C" as x from audience.${view} v) t`)
            ).rows,
        ),
      );
      return { phrases, catalogue, rows };
    };
    expect(await sums(keyed)).toEqual(await sums(plain));
  });

  test("every answer is the same, and joins what belongs to one customer by the key", async () => {
    const statements: string[] = [];
    const recorded: Db = {
      engine: keyed.engine,
      location: keyed.location,
      query: (sql, params, options) => {
        statements.push(sql);
        return keyed.query(sql, params, options);
      },
      transaction: (work, options) =>
        keyed.transaction((tx) => {
          const spy: Transaction = {
            query: (sql, params, inner) => {
              // What the jail runs is its parameter.
              statements.push(sql.includes("from audience_guard.run(") ? String(params?.[0]) : sql);
              return tx.query(sql, params, inner);
            },
            execute: (sql) => tx.execute(sql),
            copy: (table, columns, lines) => tx.copy(table, columns, lines),
          };
          return work(spy);
        }, options),
      close: async () => undefined,
    };
    const [ask, askKeyed] = [await askOver(plain, { minScore: 0 }), await askOver(recorded, { minScore: 0 })];
    for (const question of QUESTIONS) {
      const [a, b] = [await ask(question), await askKeyed(question)];
      expect(a.kind, question).not.toBe("refusal");
      const said = ({ answer, value, columns, rows, total }: typeof a) => ({ answer, value, columns, rows, total });
      expect(said(b), question).toEqual(said(a));
    }
    for (const criteria of CRITERIA) {
      const [a, b] = await Promise.all(
        [plain, keyed].map(async (db) => {
          const catalogue = await loadCatalogue(db);
          const params: unknown[] = [];
          const asOf = String(catalogue.lastEventAt);
          const condition = compileCriteria(criteria, { catalogue, asOf, asOfGiven: true, params });
          const sql = `select string_agg(customer_id, ',' order by customer_id) from audience.customers c where ${condition}`;
          if (db === keyed) statements.push(sql);
          return (await db.query(sql, params)).rows;
        }),
      );
      expect(String(a).length, JSON.stringify(criteria)).toBeGreaterThan(10);
      expect(b).toEqual(a);
    }
    const wrong: string[] = [];
    for (const sql of new Set(statements)) {
      const joins = await crossShardJoins(sql);
      if (joins.length > 0) wrong.push(`${joins.join(", ")}: ${sql}`);
    }
    expect(wrong).toEqual([]);
    expect(statements.filter((sql) => sql.includes(".customer_key = ")).length).toBeGreaterThan(3);
  });

  test("a join by customer_id alone is found", async () => {
    const bad =
      "select 1 from audience.customers c where exists (select 1 from audience.events e where e.customer_id = c.customer_id)";
    expect(await crossShardJoins(bad)).toEqual(["c=e"]);
    expect(
      await crossShardJoins(bad.replace("c.customer_id)", "c.customer_id and e.customer_key = c.customer_key)")),
    ).toEqual([]);
    expect(await crossShardJoins("select 1 from a join b using (customer_id)")).toEqual(["using (customer_id)"]);
  });
});
