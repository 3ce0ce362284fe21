import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openCsvFile } from "../../ingest/csv-file.js";
import { isOfKind } from "../../ingest/event-kinds.js";
import { EventsFill } from "../../ingest/fill-events.js";
import type { IngestOptions } from "../../ingest/options.js";
import { RowReader } from "../../ingest/row-reader.js";
import { Random } from "../../ingest/sample/random.js";
import { packagePath } from "../../src/config/package-root.js";
import type { Db } from "../../src/db/db.js";
import { migrate } from "../../src/db/migrate.js";
import { checksums } from "../support/checksum.js";
import { fileWriter, forget, load } from "../support/load.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const CRM = "customer_id,first_name,total_spent,country";
const EVENTS = "customer_id,event_type,timestamp,product_name,category,subcategory,color,price,quantity,order_id";

/** Rows as files have them: ids that repeat or are missing, quotes, other forms of numbers, nobody's events. */
function eventRows(seed: number, rows: number, withIds: boolean): string[] {
  const random = new Random(seed);
  const pick = <T>(values: readonly T[]) => values[Math.floor(random.next() * values.length)] as T;
  const row = () => {
    const id = withIds ? [random.chance(0.1) ? "" : `e${Math.floor(random.next() * rows * 3)}`] : [];
    return [
      ...id,
      pick(["c1", "c2", "c3", "ć4", "new1", "new2", "", " c1 ", "NULL"]),
      pick(["view", "purchase", "AddToCart", "wish list"]),
      pick(["2025-05-01T10:00:00Z", "2025-05-02 10:00:00", "2025-05-03T10:00:00.250Z"]),
      pick(["Ring", '"Ring, gold"', "Café", "", '"Two\nlines"']),
      pick(["jewelry", "color", ""]),
      pick(["rings", "red", ""]),
      pick(["red", "blue", ""]),
      pick(["10.5", "3", '"1,200.50"', "", "-4.25", "007"]),
      pick(["1", "2", "", "0.5", "12"]),
      pick(["o1", "", "o\\2"]),
    ].join(",");
  };
  const all: string[] = [];
  for (let i = 0; i < rows; i++) all.push(random.chance(0.1) && i > 0 ? pick(all) : row());
  return all;
}

describe.each(STORES)("a first load, $title", (kind) => {
  describe.skipIf(kind.missing)("straight into the tables", () => {
    const folder = freshDirectory();
    const write = fileWriter(folder);
    let store: Store;
    let db: Db;
    beforeAll(async () => {
      store = await kind.create();
      db = await store.open();
    });
    afterAll(async () => {
      await db?.close();
      await store?.remove();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeEach(() => forget(db));

    test.each([
      { name: "events with ids", ids: true },
      { name: "events without ids", ids: false },
    ])("is as good as one through stage tables: $name", async ({ ids }) => {
      const header = ids ? `event_id,${EVENTS}` : EVENTS;
      const file = (rows: readonly string[]) => write(`${header}\n${rows.join("\n")}\n`);
      const seed = `${ids ? "seed," : ""}c1,view,2025-04-30T10:00:00Z,Lamp,home,lamps,red,10,1,`;
      const first = eventRows(1, 300, ids);
      const second = eventRows(2, 200, ids).concat(first.slice(0, 50));
      const people = ["c1,Ann,10,PL", "c2,Bob,900,US", 'c3,"Eve, the\nthird",,DE', "c1,Anna,12.5,PL", "ć4,Zoë,7,FR"];
      const more = file(second);

      // Where anything is there already, files are staged.
      const seeds = [write(`${CRM}\nseed,S,1,PL\n`), file([seed])] as const;
      await load(db, { crm: [seeds[0]], events: [seeds[1]] });
      const crm = write(`${CRM}\n${people.join("\n")}\n`);
      const staged = await load(db, { crm: [crm], events: [file(first), more] });
      const expected = await checksums(db);

      await forget(db);
      const whole = write(`${CRM}\nseed,S,1,PL\n${people.join("\n")}\n`);
      const direct = await load(db, { crm: [whole], events: [file([seed, ...first]), more] });
      expect(await checksums(db)).toEqual(expected);
      const counts = (files: typeof direct.files) => files.map(({ stored, duplicates }) => [stored, duplicates]);
      // Of staged files the seeds are counted apart.
      const [customers = [], events = [], last = []] = counts(staged.files);
      const withSeed = ([stored = 0, ...rest]: number[]) => [stored + 1, ...rest];
      expect(counts(direct.files)).toEqual([withSeed(customers), withSeed(events), last]);
      expect(direct.totals).toEqual(staged.totals);
      expect(direct.anonymousEvents).toBe(staged.anonymousEvents);
      expect(direct.eventsOfUnknownCustomers).toBe(staged.eventsOfUnknownCustomers);
    });

    test("customers first and their events later, or the other way round, come to the same", async () => {
      const crm = write(`${CRM}\nc1,Ann,10,PL\nc2,Bob,900,US\nc3,Eve,,DE\nseldom,Flo,1,DE\n`);
      const events = write(`event_id,${EVENTS}\n${eventRows(5, 200, true).join("\n")}\n`);
      await load(db, { crm: [crm], events: [events] });
      const expected = await checksums(db);
      for (const parts of [
        [{ crm: [crm] }, { events: [events] }],
        [{ events: [events] }, { crm: [crm] }],
      ]) {
        await forget(db);
        for (const part of parts) await load(db, part);
        expect(await checksums(db)).toEqual(expected);
      }
    });

    test("remembers no more than so many customers and kinds, with the same outcome", async () => {
      const header = `event_id,${EVENTS}`;
      const path = write(`${header}\n${eventRows(3, 400, true).join("\n")}\n`);
      const rows = async (most: { customers?: number; kinds?: number }) => {
        await forget(db);
        return db.transaction(async (tx) => {
          await migrate(tx);
          const file = await openCsvFile(path);
          const options = { maps: new Map(), maxRejects: { share: 0.1 } } as unknown as IngestOptions;
          const reader = await RowReader.create("events", file, options);
          const fill = (await EventsFill.begin(tx, most)) as EventsFill;
          await fill.add(1, { file, reader }, options, { reject: () => {}, progress: () => {} });
          await fill.finish();
          const { rows: stored } = await tx.query(
            `select e.event_id, e.customer_id, c.customer_id, e.customer_key = 0, k.event_type, k.product_name, k.category,
                    k.subcategory, k.color, e.price, e.quantity, e.amount, e.order_id, e.event_time
             from app.events e join app.event_kinds k using (kind_id) left join app.customers c using (customer_key)
             order by e.event_id collate "C"`,
          );
          return stored;
        });
      };
      const all = await rows({});
      expect(all.length).toBeGreaterThan(200);
      for (const [, id, owner, nobody] of all) expect([owner, nobody]).toEqual([id, id === null]);
      expect(await rows({ customers: 2 })).toEqual(all);
      expect(await rows({ customers: 0, kinds: 1 })).toEqual(all);
    });

    test("a file without events leaves the indexes of events", async () => {
      const indexes = async () =>
        (await db.query("select indexdef from pg_indexes where (schemaname, tablename) = ('app', 'events') order by 1"))
          .rows;
      await load(db, { crm: [write(`${CRM}\nc1,Ann,10,PL\n`)] });
      const before = await indexes();
      await load(db, { events: [write(`${EVENTS}\n`)] });
      expect(await indexes()).toEqual(before);
    });

    test("data of an earlier version are brought into the new form", async () => {
      // Among them a column of the file's own that is called as one of ours is now.
      const event = (rows: readonly string[]) =>
        write(`event_id,${EVENTS},kind_id\n${rows.map((row) => `${row},${row.length}`).join("\n")}\n`);
      const all = eventRows(4, 300, true);
      const crm = write(`${CRM}\nc1,Ann,10,PL\nc2,Bob,900,US\n`);
      const [before, after] = [event(all.slice(0, 200)), event(all.slice(200))];
      await load(db, { crm: [crm], events: [before] });
      await toOldForm(db);
      const inOldForm = await db.query("select count(*) from app.events where event_type = 'view'");
      expect(inOldForm.rows[0]?.[0]).toBeGreaterThan(10);
      await load(db, { events: [after] });
      const found = await checksums(db);

      await forget(db);
      await load(db, { crm: [crm], events: [before] });
      await load(db, { events: [after] });
      expect(found).toEqual(await checksums(db));
    });
  });
});

const WITH_NAMES = ["foreign_columns", "column_stats", "stored_values"];

/** Rewrites the tables as migrations 001 to 003 had made them. */
async function toOldForm(db: Db): Promise<void> {
  const folder = packagePath("data", "migrations");
  const old = readdirSync(folder).filter((name) => name < "004");
  await db.transaction(async (tx) => {
    await tx.execute("alter schema app rename to later; drop schema audience cascade");
    await tx.execute(
      "create schema app; create table app.migrations (name text primary key, applied_at timestamptz not null default now())",
    );
    for (const name of old) {
      await tx.execute(readFileSync(join(folder, name), "utf8"));
      await tx.query("insert into app.migrations (name) values ($1)", [name]);
    }
    const columns = async (table: string) => {
      const { rows } = await tx.query(
        `select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
         where attrelid = ('app.' || $1)::regclass and attnum > 0 and not attisdropped`,
        [table],
      );
      return rows[0]?.[0] as string;
    };
    await tx.execute("delete from app.state; alter table app.events add column kind_id integer");
    const from: Record<string, string> = {
      events: "later.events e join later.event_kinds k on k.kind_id = e.kind_id",
      interests: "later.interests join later.interest_values using (value_id)",
    };
    const sourceOf = (name: string) =>
      name === "kind_id" ? "e.event_kind_id" : `${isOfKind(name) ? "k" : "e"}.${name}`;
    const tables = ["state", "files", "customers", "events", "interests", "phrases", "customer_phrases"];
    for (const table of [...tables, ...WITH_NAMES]) {
      const list = await columns(table);
      const values = table === "events" ? list.split(", ").map(sourceOf).join(", ") : list;
      await tx.execute(`insert into app.${table} (${list}) select ${values} from ${from[table] ?? `later.${table}`}`);
    }
    for (const table of WITH_NAMES) {
      await tx.execute(`update app.${table} set name = 'kind_id' where name = 'event_kind_id'`);
    }
    await tx.execute("drop schema later cascade");
  });
}
