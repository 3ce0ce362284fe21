import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyLine } from "../../src/db/copy-text.js";
import type { Db, Value } from "../../src/db/db.js";
import { SqlError } from "../../src/db/sql-error.js";
import { AppError } from "../../src/lib/errors.js";
import { STORES, type Store } from "../support/stores.js";

const AWKWARD = [
  'plain "quoted"',
  "back\\slash",
  "comma, {brace}",
  "",
  "NULL",
  "naïve 日本 🎁",
  "tab\tline\nend",
  "it's",
];

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`Db: ${kind.title}`, () => {
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

    const cell = async (sql: string, params: unknown[] = []): Promise<Value | undefined> =>
      (await db.query(sql, params)).rows[0]?.[0];
    const failure = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => "no failure",
        (error: unknown) => error,
      );

    test("types come back alike", async () => {
      const result = await db.query(
        `select 7::int2 as a, 7 as b, 9007199254740991::int8 as c, 9007199254740993::int8 as d, 12.340::numeric as e,
           0.1::float8 as f, true as g, null as h, date '2025-04-01' as i, 'text' as k,
           timestamptz '2025-04-01 12:00:27.5+02' as l, timestamp '2025-04-01 12:00:27' as m,
           '{"a": [1, null]}'::json as n, '{"a": 1}'::jsonb as o, '\\x00ff10'::bytea as p, interval '1 day' as q`,
      );
      expect(result.columns).toEqual([..."abcdefghiklmnopq"]);
      const row = result.rows[0] ?? [];
      expect(row.slice(0, 14)).toEqual([
        7,
        7,
        9007199254740991,
        "9007199254740993",
        12.34,
        0.1,
        true,
        null,
        "2025-04-01",
        "text",
        "2025-04-01T10:00:27.5Z",
        "2025-04-01T12:00:27Z",
        { a: [1, null] },
        { a: 1 },
      ]);
      expect([...(row[14] as Uint8Array)]).toEqual([0, 255, 16]);
      expect(row[15]).toBe("1 day");
    });

    test("parameters arrive as they are", async () => {
      expect(await cell("select $1::text", ['it\'s \\ "q" 日本'])).toBe('it\'s \\ "q" 日本');
      expect(await cell("select $1::integer + 1", [41])).toBe(42);
      expect(await cell("select $1::bigint", ["9007199254740993"])).toBe("9007199254740993");
      expect(await cell("select $1::numeric * 2", [0.1])).toBe(0.2);
      expect(await cell("select $1::float8", [1e-7])).toBe(1e-7);
      expect(await cell("select $1::boolean", [false])).toBe(false);
      expect(await cell("select $1::date", ["2025-02-28"])).toBe("2025-02-28");
      expect(await cell("select $1::timestamptz", ["2025-02-28T23:59:59.123456Z"])).toBe("2025-02-28T23:59:59.123456Z");
      expect(await cell("select $1::timestamptz", [new Date(0)])).toBe("1970-01-01T00:00:00Z");
      expect(await cell("select ($1::jsonb)->>'a'", ['{"a": "é"}'])).toBe("é");
      expect(await cell("select $1::text is null", [null])).toBe(true);
      expect(await cell("select $1::text is null", [undefined])).toBe(true);
      expect(await cell("select encode($1::bytea, 'hex')", [new Uint8Array([0, 255, 16])])).toBe("00ff10");
    });

    test("arrays arrive as they are", async () => {
      const { rows } = await db.query("select x from unnest($1::text[]) with ordinality u (x, i) order by i", [
        AWKWARD,
      ]);
      expect(rows.flat()).toEqual(AWKWARD);
      expect(await cell("select count(*) from unnest($1::text[]) x where x is null", [["a", null]])).toBe(1);
      expect(await cell("select sum(x) from unnest($1::integer[]) x", [[1, 2, 3]])).toBe(6);
      expect(await cell("select sum(x) from unnest($1::real[]) x", [new Float32Array([0.5, 0.25])])).toBe(0.75);
      expect(await cell("select cardinality($1::text[])", [[]])).toBe(0);
      expect(await cell("select array_length($1::boolean[], 1)", [[true, false]])).toBe(2);
    });

    test("sessions run in UTC", async () => {
      expect(await cell("select current_setting('TimeZone')")).toMatch(/^(UTC|Etc\/UTC)$/);
      expect(await cell("select timestamptz '2025-04-01'")).toBe("2025-04-01T00:00:00Z");
    });

    test("two statements in one query are refused", async () => {
      for (const params of [[], ["x"]]) {
        const error = await failure(db.query(`select 1; select ${params.length ? "$1::text" : "2"}`, params));
        expect(error).toBeInstanceOf(SqlError);
        expect(error).toMatchObject({ sqlState: "42601" });
      }
    });

    test("a refused statement says what Postgres says, and the next one works", async () => {
      const error = await failure(db.query("select nothing from pg_class"));
      expect(error).toBeInstanceOf(SqlError);
      expect(error).toMatchObject({
        sqlState: "42703",
        message: expect.stringContaining('column "nothing" does not exist'),
        position: 8,
      });
      expect(await failure(db.query("select 1/0"))).toMatchObject({ sqlState: "22012" });
      expect(await cell("select 1")).toBe(1);
    });

    test("a transaction is committed when its work is done, rolled back when it throws", async () => {
      const made = await db.transaction(async (tx) => {
        await tx.execute("create table t1 (x integer); insert into t1 values (1)");
        return (await tx.query("select count(*) from t1")).rows[0]?.[0];
      });
      expect(made).toBe(1);
      const own = new Error("own");
      const work = db.transaction(async (tx) => {
        await tx.query("insert into t1 values (2)");
        throw own;
      });
      expect(await failure(work)).toBe(own);
      const broken = db.transaction(async (tx) => {
        await tx.query("insert into t1 values (3)");
        await tx.query("insert into t1 values ('no number')");
      });
      expect(await failure(broken)).toMatchObject({ sqlState: "22P02" });
      expect(await cell("select array_agg(x)::text from t1")).toBe("{1}");
    });

    test("a transaction whose failed statement was caught is not taken for committed", async () => {
      const work = db.transaction(async (tx) => {
        await tx.query("create table t_lost (x integer)");
        await tx.query("select 1/0").catch(() => undefined);
      });
      expect(await failure(work)).toBeInstanceOf(Error);
      expect(await cell("select to_regclass('t_lost') is null")).toBe(true);
    });

    test("a read-only transaction changes nothing", async () => {
      const work = db.transaction((tx) => tx.query("create table t2 (x integer)"), { readOnly: true });
      expect(await failure(work)).toMatchObject({ sqlState: "25006" });
      await expect(db.transaction((tx) => tx.query("select 2"), { readOnly: true })).resolves.toMatchObject({
        rows: [[2]],
      });
      await db.query("create table t2 (x integer)");
    });

    test("statements and transactions at the same time do not mix", async () => {
      await db.query("create table t3 (x integer)");
      const add = (x: number) =>
        db.transaction(async (tx) => {
          await tx.query("insert into t3 values ($1)", [x]);
          await tx.query("select pg_sleep(0.01)");
          if (x % 2 === 1) throw new Error("odd");
        });
      const all = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(add).concat([db.query("select 1").then(() => {})]));
      expect(all.map((r) => r.status[0]).join("")).toBe("frfrfrf");
      expect(await cell("select array_agg(x order by x)::text from t3")).toBe("{0,2,4}");
    });

    test("copy keeps every character, also over several chunks", async () => {
      const texts = [...AWKWARD, "carriage\r\nreturn", "\\N", "\\.", "x".repeat(100_000), null];
      async function* lines(): AsyncGenerator<string> {
        yield texts.map((text, i) => copyLine([i, text, true])).join("");
        // Beyond what is sent at a time, in more than one piece, with characters of several bytes at the borders.
        for (let part = 0; part < 12; part++) {
          let chunk = "";
          for (let i = 0; i < 10_000; i++) chunk += copyLine([1000 + part * 10_000 + i, "日本".repeat(20), null]);
          yield chunk;
        }
      }
      await db.transaction(async (tx) => {
        await tx.execute("create table t4 (id integer, text text, flag boolean)");
        await tx.copy("t4", ["id", "text", "flag"], lines());
      });
      const { rows } = await db.query("select text from t4 where id < 1000 order by id");
      expect(rows.flat()).toEqual(texts);
      const many = await db.query("select count(*), min(text), max(text), count(flag) from t4 where id >= 1000");
      expect(many.rows).toEqual([[120_000, "日本".repeat(20), "日本".repeat(20), 0]]);
    });

    test("a copy that breaks leaves nothing behind", async () => {
      await db.query("create table t5 (id integer)");
      const run = (lines: () => AsyncGenerator<string>) =>
        failure(db.transaction((tx) => tx.copy("t5", ["id"], lines())));
      const own = new Error("cannot be read");
      async function* unreadable(): AsyncGenerator<string> {
        yield "1\n".repeat(3_000_000);
        throw own;
      }
      async function* bad(): AsyncGenerator<string> {
        yield "1\nno number\n";
      }
      async function* none(): AsyncGenerator<string> {}
      expect(await run(unreadable)).toBe(own);
      expect(await run(bad)).toMatchObject({ sqlState: "22P02" });
      expect(await run(none)).toBe("no failure");
      expect(await cell("select count(*) from t5")).toBe(0);
    });

    test.each(["select pg_sleep(30)", "select count(*) from generate_series(1, 10000000000) g (x) where x % 7 = 0"])(
      "a signal ends %s within a second",
      async (sql) => {
        await db.query("create table if not exists t6 (x integer)");
        await db.query("insert into t6 values (1)");
        const before = await cell("select count(*) from t6");
        for (const transaction of [false, true]) {
          const controller = new AbortController();
          const run = transaction
            ? db.transaction(
                async (tx) => {
                  await tx.query("delete from t6");
                  await tx.query(sql);
                },
                { signal: controller.signal },
              )
            : db.query(sql, [], { signal: controller.signal });
          setTimeout(() => controller.abort(), 100);
          const start = performance.now();
          const error = await failure(run);
          expect(error).toBeInstanceOf(AppError);
          expect(error).toMatchObject({ code: "cancelled" });
          expect(performance.now() - start).toBeLessThan(1_100);
        }
        expect(await cell("select count(*) from t6")).toBe(before);
        expect(await cell("select 1")).toBe(1);
      },
    );

    test("a signal ends a copy and execute as well; one aborted before does nothing", async () => {
      const controller = new AbortController();
      async function* endless(): AsyncGenerator<string> {
        for (;;) {
          yield "1\n".repeat(100_000);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      setTimeout(() => controller.abort(), 300);
      const copying = db.transaction((tx) => tx.copy("t5", ["id"], endless()), { signal: controller.signal });
      expect(await failure(copying)).toMatchObject({ code: "cancelled" });
      const later = new AbortController();
      setTimeout(() => later.abort(), 100);
      const start = performance.now();
      const sleeping = db.transaction((tx) => tx.execute("select pg_sleep(30); select 1"), { signal: later.signal });
      expect(await failure(sleeping)).toMatchObject({ code: "cancelled" });
      expect(performance.now() - start).toBeLessThan(1_500);
      expect(await failure(db.query("select 1", [], { signal: later.signal }))).toMatchObject({ code: "cancelled" });
      expect(await cell("select count(*) from t5")).toBe(0);
    });

    test("what was committed is there after closing and opening again", async () => {
      await db.query("create table t7 as select 'kept' as x");
      await db.close();
      db = await store.open();
      expect(await cell("select x from t7")).toBe("kept");
    });
  });
}
