import { rmSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../../src/db/db.js";
import { AppError } from "../../src/lib/errors.js";
import { fileWriter, forget, load } from "../support/load.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const HEADER = "event_id,customer_id,event_type,event_time,product_name,price";
const ROWS = [
  'e1,c1,purchase,2025-05-01T10:00:00Z,"Ring, gold",10.5',
  'e2,c2,view,2025-05-02T10:00:00Z,"Two\nlines",3',
  "e3,c1,view,2025-05-03T10:00:00Z,Café,4",
];
const PLAIN = `${HEADER}\n${ROWS.join("\n")}\n`;

/** The forms in which files come; what is in them is the same. Reading them does not depend on the row store. */
const kind = STORES[0] as (typeof STORES)[number];
describe("the forms of files", () => {
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

  const stored = async () =>
    (
      await db.query(
        `select event_id, customer_id, event_type, event_time, product_name, price from audience.events order by event_id`,
      )
    ).rows;
  const EXPECTED = [
    ["e1", "c1", "purchase", "2025-05-01T10:00:00Z", "Ring, gold", 10.5],
    ["e2", "c2", "view", "2025-05-02T10:00:00Z", "Two\nlines", 3],
    ["e3", "c1", "view", "2025-05-03T10:00:00Z", "Café", 4],
  ];
  const failure = async (work: Promise<unknown>): Promise<AppError> => {
    const error = await work.then(
      () => "no failure",
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  };
  const delimited = (by: string) => PLAIN.replaceAll("Ring, gold", "Ring; gold").replaceAll(",", by);

  test.each<[string, string | Buffer, string?]>([
    ["comma", PLAIN],
    ["semicolon", delimited(";").replace("Ring; gold", "Ring, gold")],
    ["tab", delimited("\t").replace("Ring; gold", "Ring, gold")],
    ["byte order mark", `\uFEFF${PLAIN}`],
    ["CRLF", PLAIN.replaceAll(/\n(?!lines)/g, "\r\n")],
    ["gzip", gzipSync(PLAIN), "csv.gz"],
    ["UTF-16 with a byte order mark", Buffer.from(`\uFEFF${PLAIN}`, "utf16le")],
    ["no end of line at the end", PLAIN.trimEnd()],
  ])("%s", async (_, content, extension) => {
    await load(db, { events: [write(content, extension)] });
    expect(await stored()).toEqual(EXPECTED);
  });

  test("stdin, plain and compressed", async () => {
    const summary = await load(db, { events: ["-"], stdin: PLAIN });
    expect(summary.files[0]?.name).toBe("(stdin)");
    expect(await stored()).toEqual(EXPECTED);
    await forget(db);
    await load(db, { events: ["-"], stdin: gzipSync(PLAIN) });
    expect(await stored()).toEqual(EXPECTED);
  });

  test("several files, each with columns in its own order", async () => {
    const second = "price,event_id,event_type,when,customer_id,product_name\n4,e3,view,2025-05-03T10:00:00Z,c1,Café\n";
    const { files } = await load(db, {
      events: [write(`${HEADER}\n${ROWS.slice(0, 2).join("\n")}\n`), write(second)],
      maps: new Map([["when", "event_time"]]),
    });
    expect(files.map((f) => f.stored)).toEqual([2, 1]);
    expect(await stored()).toEqual(EXPECTED);
  });

  test("Windows-1252 is recognised, not guessed", async () => {
    const file = write(Buffer.from(PLAIN, "latin1"));
    expect(await failure(load(db, { events: [file] }))).toMatchObject({
      code: "input",
      message: `${file} is not UTF-8 (line 5: byte 0xE9); it looks like Windows-1252.`,
      hint: "Give --encoding windows-1252.",
    });
    await load(db, { events: [file], encoding: "windows-1252" });
    expect(await stored()).toEqual(EXPECTED);
  });

  test("--map: for one file only, for a column to leave out, for one that no file has", async () => {
    const crm = write("cust,mail,secret\nc1,a@b.c,x\n");
    const events = write("who,ts,what,secret\nc1,2025-05-01,view,y\n");
    const all = { crm: [crm], events: [events] };
    const maps = new Map([
      ["cust", "customer_id"],
      ["who", "customer_id"],
      ["what", "event_type"],
      ["secret", "-"],
    ]);
    const error = await failure(load(db, { ...all, maps: new Map([...maps, ["whta", "color"]]) }));
    expect(error).toMatchObject({
      code: "usage",
      message: "--map: there is no column whta in any file.",
      hint: "Did you mean what or who?",
    });
    const { columns } = await load(db, { ...all, maps });
    expect(columns.map((c) => `${c.column}=${c.field}`)).toEqual([
      ...["cust=customer_id", "mail=email", "who=customer_id", "ts=event_time", "what=event_type"],
    ]);
    const again = await load(db, { ...all, maps });
    expect(again.files.map((f) => f.skipped)).toEqual([true, true]);
  });

  test("events without a type need --event-type; products stand for categories where there are none", async () => {
    const file = write("customer_id,date,product\nc1,2025-05-01,Ring\nc1,2025-05-02,Lamp\nc1,2025-05-03,Ring\n");
    const error = await failure(load(db, { events: [file] }));
    expect(error).toMatchObject({ code: "usage", hint: expect.stringContaining("--event-type") });
    await load(db, { events: [file], eventType: "Order Completed" });
    const { rows } = await db.query(
      `select k.phrase, p.weight, p.share from app.customer_phrases p join app.phrases k using (phrase_id) order by 2`,
    );
    expect(rows).toEqual([
      ["Lamp", 3, expect.closeTo(1 / 3)],
      ["Ring", 6, expect.closeTo(2 / 3)],
    ]);
    expect((await db.query("select distinct event_type from audience.events")).rows).toEqual([["purchase"]]);
  });

  test("an age in brackets is kept as text, unless --map insists", async () => {
    const file = write("customer_id,age,email\nc1,35-44,a@b.c\nc2,65+,\nc3,,\nc4,18-24,\n");
    const { warnings } = await load(db, { crm: [file] });
    expect(warnings).toEqual([expect.stringContaining("age is kept as the text column age_band")]);
    const { rows } = await db.query("select customer_id, age, age_band from audience.customers order by 1");
    expect(rows).toEqual([
      ["c1", null, "35-44"],
      ["c2", null, "65+"],
      ["c3", null, null],
      ["c4", null, "18-24"],
    ]);
    const error = await failure(load(db, { crm: [file], maps: new Map([["age", "age"]]) }));
    expect(error.message).toContain("3 of 4 rows are bad");
  });

  test("long texts are kept where they are the file's own, and rejected where they are values", async () => {
    const long = Array.from({ length: 9_000 }, (_, i) => String.fromCharCode(97 + ((i * i * 7 + i) % 26))).join("");
    const row = (category: string, note: string) => `c1,view,2025-05-01,${category},${note}`;
    const file = write(
      `customer_id,type,date,category,note\n${[row("home", long), row("home", "short"), row(long, "x")].join("\n")}\n`,
    );
    const { allRejects } = await load(db, { events: [file], maxRejects: { rows: 1 } });
    expect(allRejects).toMatchObject([{ line: 4, reason: "category has 9000 characters, at most 500 are taken" }]);
    expect((await db.query("select max(length(note)) from audience.events")).rows).toEqual([[9_000]]);
    const { rows } = await db.query("select distinct_values from app.column_stats where name = 'note'");
    expect(rows).toEqual([[null]]);
  });

  test("days and months that nothing tells apart are asked for", async () => {
    const file = write("customer_id,type,date\nc1,view,3/4/2025\n");
    expect(await failure(load(db, { events: [file] }))).toMatchObject({
      code: "usage",
      hint: expect.stringContaining("--date-order"),
    });
    await load(db, { events: [file], dateOrder: "dmy" });
    expect((await db.query("select event_time from audience.events")).rows).toEqual([["2025-04-03T00:00:00Z"]]);
  });
});
