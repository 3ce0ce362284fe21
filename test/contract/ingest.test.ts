import { readFileSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db, Value } from "../../src/db/db.js";
import { AppError } from "../../src/lib/errors.js";
import { checksums } from "../support/checksum.js";
import { fileWriter, forget, load } from "../support/load.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const CRM = `customer_id,first_name,email,country,age,total_spent,tier
c1,Ann,ann@x.com,US,41,900.50,gold
c2,Bob,bob@x.com,NA,30,12,silver
c3,"Émile, ""Le Grand""",e@x.com,FR,,,
`;
const EVENTS = `event_id,customer_id,event_type,timestamp,product_name,category,subcategory,color,price,quantity
e1,c1,Purchase,2025-05-01T10:00:00Z,Gold ring,jewelry,ring,gold,100.10,2
e2,c1,Product Viewed,2025-05-02 10:00:00,Silver ring,jewelry,ring,silver,50,
e3,c2,AddToCart,2025-05-03T00:00:00+02:00,"Sock
pair",clothing,,red,5,3
e4,,view,2025-05-04T00:00:00Z,Lamp,,,,20,
e5,ghost,purchase,2025-05-05T00:00:00Z,Lamp,home,,,20,
`;

const folder = freshDirectory();
const write = fileWriter(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The sample data set's digest by engine: both must agree. */
const sampleSums: Record<string, string>[] = [];

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`ingest: ${kind.title}`, () => {
    let store: Store;
    let db: Db;
    beforeAll(async () => {
      store = await kind.create();
      db = await store.open();
    });
    afterAll(async () => {
      await db?.close();
      await store?.remove();
    });
    beforeEach(() => forget(db));

    const rows = async (sql: string): Promise<Value[][]> => (await db.query(sql)).rows;
    const failure = async (work: Promise<unknown>): Promise<AppError> => {
      const error = await work.then(
        () => "no failure",
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(AppError);
      return error as AppError;
    };

    test("what is stored", async () => {
      const summary = await load(db, { crm: [write(CRM)], events: [write(EVENTS)] });
      expect(summary).toMatchObject({
        totals: { customers: 3, events: 5 },
        anonymousEvents: 1,
        eventsOfUnknownCustomers: 1,
        customersTouched: 4,
        allRejects: [],
      });
      expect(
        await rows(
          `select customer_id, first_name, country, age, total_spent, tier, likes_luxury, events, purchases, revenue,
             last_seen_at from audience.customers order by customer_id`,
        ),
      ).toEqual([
        ["c1", "Ann", "US", 41, 900.5, "gold", true, 2, 1, 200.2, "2025-05-02T10:00:00Z"],
        ["c2", "Bob", "NA", 30, 12, "silver", false, 1, 0, 0, "2025-05-02T22:00:00Z"],
        ["c3", 'Émile, "Le Grand"', "FR", null, null, null, null, 0, 0, 0, null],
      ]);
      expect(
        await rows(
          "select event_id, event_type, product_name, quantity, amount from audience.events order by event_id",
        ),
      ).toEqual([
        ["e1", "purchase", "Gold ring", 2, 200.2],
        ["e2", "view", "Silver ring", null, 50],
        ["e3", "add_to_cart", "Sock\npair", 3, 15],
        ["e4", "view", "Lamp", null, 20],
        ["e5", "purchase", "Lamp", null, 20],
      ]);
      expect(
        await rows(
          `select customer_id, dimension, value, weight, share from audience.interests
           order by customer_id, dimension, value`,
        ),
      ).toEqual([
        ["c1", "category", "jewelry", 4, 1],
        ["c1", "color", "gold", 3, 0.75],
        ["c1", "color", "silver", 1, 0.25],
        ["c1", "product", "Gold ring", 3, 0.75],
        ["c1", "product", "Silver ring", 1, 0.25],
        ["c1", "subcategory", "ring", 4, 1],
        ["c2", "category", "clothing", 2, 1],
        ["c2", "color", "red", 2, 1],
        ["c2", "product", "Sock\npair", 2, 1],
      ]);
      expect(
        await rows(
          `select c.customer_id, k.phrase from app.customer_phrases p join app.phrases k using (phrase_id)
           join app.customers c using (customer_key) order by c.customer_id collate "C", k.phrase collate "C"`,
        ),
      ).toEqual([
        ["c1", "This customer likes luxury items."],
        ["c1", "color: gold"],
        ["c1", "color: silver"],
        ["c1", "jewelry: ring"],
        ["c2", "clothing"],
        ["c2", "color: red"],
        ["ghost", "home"],
      ]);
    });

    test("the sample data set, the same in both row stores; a second time adds nothing", async () => {
      const files = { crm: [SAMPLE.crm], events: [SAMPLE.events] };
      await load(db, files);
      const sums = await checksums(db);
      sampleSums.push(sums);
      expect(sums).toEqual(sampleSums[0]);
      const again = await load(db, files);
      expect(again.files.map((f) => f.skipped)).toEqual([true, true]);
      expect(again).toMatchObject({ customersTouched: 0, phrasesEmbedded: 0 });
      expect(await checksums(db)).toEqual(sums);
    });

    test("in parts, in any order, is as good as at once", async () => {
      const events = lines(readFileSync(SAMPLE.events, "utf8"));
      const crm = lines(readFileSync(SAMPLE.crm, "utf8"));
      const part = (all: string[], from: number, to?: number) => write([all[0], ...all.slice(from, to)].join("\n"));
      const half = Math.floor(events.length / 2);
      await load(db, { crm: [SAMPLE.crm], events: [SAMPLE.events] });
      const atOnce = await checksums(db);
      await forget(db);
      // The CRM comes after the events of its customers, and each half of the events overlaps with the other.
      await load(db, { events: [part(events, half - 50)] });
      await load(db, { crm: [part(crm, 300)], events: [part(events, 1, half)] });
      await load(db, { crm: [part(crm, 1, 310)] });
      expect(await checksums(db)).toEqual(atOnce);
      await load(db, { reindex: true });
      expect(await checksums(db)).toEqual(atOnce);
    });

    test("three bad rows among a thousand are listed with their lines, the rest is loaded", async () => {
      const all = Array.from({ length: 1000 }, (_, i) => `e${i},c${i % 9},view,2025-05-01T00:00:00Z,${i}.5`);
      all[99] = "e99,c0,view,yesterday,1";
      all[499] = "e499,c4,view,2025-05-01T00:00:00Z";
      all[998] = "e998,c8,view,2025-05-01T00:00:00Z,cheap";
      const file = write(`event_id,customer_id,event_type,event_time,price\n${all.join("\n")}\n`);
      const summary = await load(db, { events: [file] });
      expect(summary.files).toMatchObject([{ rowsRead: 1000, stored: 997, rejected: 3, duplicates: 0 }]);
      expect(summary.allRejects).toEqual([
        { file, line: 101, reason: 'event_time "yesterday" is not a date and time', text: all[99] },
        { file, line: 501, reason: "has 4 fields, the header has 5", text: all[499] },
        { file, line: 1000, reason: 'price "cheap" is not a number', text: all[998] },
      ]);
      expect(summary.rejects).toEqual(summary.allRejects);
      expect(await rows("select count(*) from audience.events")).toEqual([[997]]);
    });

    test("a file with a third of its rows bad changes nothing, nor do those beside it", async () => {
      await load(db, { crm: [write(CRM)], events: [write(EVENTS)] });
      const before = await checksums(db);
      const more = write(CRM.replace("Ann", "Anna"));
      const bad = write(
        EVENTS.replace("2025-05-01", "some day").replace("2025-05-02", "some day").replace("e3", "e30"),
      );
      const error = await failure(load(db, { crm: [more], events: [bad] }));
      expect(error.code).toBe("input");
      expect(error.message).toBe(`${bad}: 2 of 5 rows are bad, more than the 0 allowed. Nothing was changed.`);
      expect(error.hint).toContain("--max-rejects");
      expect(await checksums(db)).toEqual(before);
      const allowed = await load(db, { crm: [more], events: [bad], maxRejects: { rows: 2 } });
      expect(allowed.files).toMatchObject([{ stored: 1 }, { stored: 1, duplicates: 2, rejected: 2 }]);
    });

    test("a dry run changes nothing, where there is data and where there is none", async () => {
      const summary = await load(db, { crm: [write(CRM)], events: [write(EVENTS)], dryRun: true });
      expect(summary).toMatchObject({ dryRun: true, totals: { customers: 3, events: 5 } });
      expect(await rows("select to_regnamespace('app') is null, to_regnamespace('audience') is null")).toEqual([
        [true, true],
      ]);
      await load(db, { crm: [write(CRM)] });
      const before = await checksums(db);
      await load(db, { events: [write(EVENTS)], dryRun: true });
      expect(await checksums(db)).toEqual(before);
    });

    test("events without an id: repeated lines are kept, a repeated file is not", async () => {
      const line = "c1,purchase,2025-05-01T00:00:00Z,Ring,10";
      const header = "customer_id,event_type,event_time,product_name,price";
      const first = await load(db, { events: [write(`${header}\n${line}\n${line}\n`)] });
      expect(first.files).toMatchObject([{ stored: 2, duplicates: 0 }]);
      const again = await load(db, { events: [write(`${header}\n${line}\n${line}\n\n`)] });
      expect(again.files).toMatchObject([{ skipped: false, stored: 0, duplicates: 2 }]);
      const third = await load(db, { events: [write(`${header}\n${line}\n${line}\n${line}\n`)] });
      expect(third.files).toMatchObject([{ stored: 1, duplicates: 2 }]);
      expect(await rows("select count(*), count(distinct event_id) from audience.events")).toEqual([[3, 3]]);
    });

    test("an event id that repeats within a file counts once, the first time", async () => {
      const header = "event_id,customer_id,event_type,event_time,price";
      const file = write(`${header}\na,c1,view,2025-05-01,1\na,c1,view,2025-05-01,2\nb,c1,view,2025-05-01,3\n`);
      const { files } = await load(db, { events: [file], maps: new Map([["event_id", "event_id"]]) });
      expect(files).toMatchObject([{ stored: 2, duplicates: 1 }]);
      expect(await rows("select event_id, price from audience.events order by 1")).toEqual([
        ["a", 1],
        ["b", 3],
      ]);
    });

    test("a CRM row replaces the older one, in the columns that its file has", async () => {
      await load(db, { crm: [write(CRM)] });
      const newer = write("customer_id,country,age\nc1,DE,42\nc1,AT,43\nc9,PL,20\n");
      const { files } = await load(db, { crm: [newer] });
      expect(files).toMatchObject([{ rowsRead: 3, stored: 2, duplicates: 1 }]);
      expect(
        await rows("select customer_id, first_name, country, age, tier from audience.customers order by 1"),
      ).toEqual([
        ["c1", "Ann", "AT", 43, "gold"],
        ["c2", "Bob", "NA", 30, "silver"],
        ["c3", 'Émile, "Le Grand"', "FR", null, null],
        ["c9", null, "PL", 20, null],
      ]);
    });

    test("a column of the file's own widens from file to file, and the catalogue follows", async () => {
      const crm = (...values: string[]) =>
        write(`customer_id,email,Points\n${values.map((v, i) => `${v}-${i},a@b.c,${v}`).join("\n")}\n`);
      const state = async () => [
        ...(await rows(
          `select format_type(atttypid, null) from pg_attribute
           where attrelid = 'audience.customers'::regclass and attname = 'points'`,
        )),
        ...(await rows(
          "select string_agg(points::text, ' ' order by points::text collate \"C\") from audience.customers",
        )),
        ...(await rows("select filled, distinct_values, min, max from app.column_stats where name = 'points'")),
      ];
      await load(db, { crm: [crm("1", "2")] });
      expect(await state()).toEqual([["integer"], ["1 2"], [2, 2, "1", "2"]]);
      await load(db, { crm: [crm("3.50")] });
      expect(await state()).toEqual([["numeric"], ["1 2 3.50"], [3, null, "1", "3.50"]]);
      await load(db, { crm: [crm("many")] });
      expect(await state()).toEqual([["text"], ["1 2 3.50 many"], [4, 4, null, null]]);
      // Events are counted load by load; a column that changes is counted anew.
      const events = (...values: string[]) =>
        write(`customer_id,type,time,Shelf\n${values.map((v) => `c1,view,2025-01-01,${v}`).join("\n")}\n`);
      await load(db, { events: [events("7", "8", "8")] });
      await load(db, { events: [events("north")] });
      expect(await rows("select value, rows from app.stored_values where name = 'shelf' order by 1")).toEqual([
        ["7", 1],
        ["8", 2],
        ["north", 1],
      ]);
      expect(await rows("select filled, distinct_values, min from app.column_stats where name = 'shelf'")).toEqual([
        [4, 3, null],
      ]);
    });

    test("other settings build everything anew; the CRM's totals replace revenue for everybody", async () => {
      const bare = write("customer_id,email\nc1,a@b.c\nc2,b@b.c\n");
      await load(db, { crm: [bare], events: [write(EVENTS)] });
      const luxury = () =>
        rows(
          `select c.customer_id from app.customer_phrases p join app.phrases k using (phrase_id)
           join app.customers c using (customer_key) where k.phrase like '%luxury%'`,
        );
      expect(await luxury()).toEqual([]);
      await load(db, { crm: [bare], luxuryAbove: 200 });
      expect(await luxury()).toEqual([["c1"]]);
      await load(db, { crm: [bare], luxuryAbove: 200, weights: { view: 10 } });
      expect(await rows("select value, weight from audience.interests where dimension = 'product'")).toEqual([
        ["Silver ring", 10],
      ]);
      await load(db, { crm: [write("customer_id,total_spent\nc2,500\n")], luxuryAbove: 200, weights: { view: 10 } });
      expect(await luxury()).toEqual([["c2"]]);
    });

    test("names of columns that mean something to the database or to us", async () => {
      const names = [
        "line",
        "row_hash",
        "occurrence",
        "load_id",
        "select",
        "ctid",
        "user",
        "id",
        "nth",
        "#line",
        "ärger",
        "kind_id",
        "weight",
        "subject",
        "n",
        "constructor",
      ];
      const file = write(`customer_id,type,time,${names.join(",")}\nc1,view,2025-01-01,${names.map((_, i) => i)}\n`);
      const { columns } = await load(db, { events: [file], maps: new Map([["id", "event_id"]]) });
      const kept = columns.filter((c) => !c.known).map((c) => c.field);
      expect(kept).toEqual([
        ...["line", "row_hash", "occurrence", "event_load_id", "select", "event_ctid", "user", "nth", "event_line"],
        ...["ärger", "event_kind_id", "weight", "subject", "n", "constructor"],
      ]);
      expect(await rows(`select ${kept.map((c) => `"${c}"`).join(", ")} from audience.events`)).toEqual([
        [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15],
      ]);
    });

    test.each(["read", "store", "profile", "embed"] as const)(
      "cancelled at the stage %s: the old state stays",
      async (stage) => {
        await load(db, { crm: [write(CRM)] });
        const before = await checksums(db);
        const controller = new AbortController();
        const error = await failure(
          load(db, {
            crm: [write(CRM.replace("Ann", "Anna"))],
            events: [write(EVENTS)],
            signal: controller.signal,
            progress: (p) => p.stage === stage && controller.abort(),
          }),
        );
        expect(error.code).toBe("cancelled");
        expect(await checksums(db)).toEqual(before);
      },
    );

    test("a file that breaks off in the middle: the old state stays", async () => {
      await load(db, { crm: [write(CRM)] });
      const before = await checksums(db);
      const zipped = gzipSync(readFileSync(SAMPLE.events));
      const cut = write(zipped.subarray(0, zipped.length / 2), "csv.gz");
      expect(await failure(load(db, { events: [cut] }))).toMatchObject({
        code: "input",
        message: expect.stringContaining("cut off"),
      });
      expect(await checksums(db)).toEqual(before);
    });
  });
}

function lines(text: string): string[] {
  return text.trimEnd().split("\n");
}
