import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "../../src/db/db.js";
import { AppError } from "../../src/lib/errors.js";
import { runInJail } from "../../src/sql/jail.js";
import { runReadOnly } from "../../src/sql/read-only.js";
import { hashEmbedder } from "../support/load.js";
import { loadedSample } from "../support/loaded-sample.js";
import { STORES, type Store } from "../support/stores.js";
import { readCorpus } from "./corpus.js";
import { type Planted, plant, secretsIn, stateOf } from "./planted.js";

const HOSTILE = readCorpus("hostile.sql");
const ANALYTICS = readCorpus("analytics.sql");
const clock = () => performance.now();

test("the corpora are as large as they should be, and each statement stands once", () => {
  for (const [corpus, least] of [
    [HOSTILE, 500],
    [ANALYTICS, 110],
  ] as const) {
    const all = corpus.flatMap((group) => group.statements);
    expect(all.length).toBeGreaterThanOrEqual(least);
    expect(all.filter((statement, i) => all.indexOf(statement) !== i)).toEqual([]);
  }
});

describe.each(STORES)("$title", (kind) => {
  const { engine, missing } = kind;
  describe.skipIf(missing)("statements", () => {
    let store: Store;
    let db: Db;
    let planted: Planted;
    let before: Record<string, unknown>;
    let version: number;

    beforeAll(async () => {
      store = await loadedSample(kind, hashEmbedder);
      db = await store.open();
      planted = await plant(db, store.env["AUDIENCE_DATA_DIR"] ?? null);
      await db.close();
      db = await store.open(); // settings of the database hold for new sessions
      before = await stateOf(db);
      version = Number((await db.query("show server_version_num")).rows[0]?.[0]);
    });
    afterAll(async () => {
      await planted?.remove(db);
      await db?.close();
      await store?.remove();
    });

    test("what was planted can be seen by who may see it", async () => {
      const { rows } = await db.query(
        `select (select secret from app.secret), current_setting('audience.secret', true), convert_from(lo_get(424242), 'utf8'),
           pg_read_file($1)`,
        [planted.fill("{file}")],
      );
      // The embedded Postgres reads no settings of its database.
      expect(secretsIn(rows)).toHaveLength(engine === "server" ? 4 : 3);
    });

    test.each(HOSTILE)("refused, without a trace: $name", async ({ statements }) => {
      for (const statement of statements) {
        const error = await runReadOnly(db, planted.fill(statement), { limit: 50, clock }).catch((e: unknown) => e);
        expect(error, statement).toBeInstanceOf(AppError);
        const { code, message, hint } = error as AppError;
        expect({ statement, code }).toEqual({ statement, code: "query" });
        expect({ statement, secrets: secretsIn([message, hint]) }).toEqual({ statement, secrets: [] });
      }
      expect(await stateOf(db)).toEqual(before);
    });

    // The check of statements aside: what the role, the transaction and the reset of the session stop by themselves.
    test.each(HOSTILE)("jailed, without the check: $name", async ({ name, statements }) => {
      const leaks: string[] = [];
      for (const statement of statements) {
        await db.query("select 1"); // a database that was ended is opened again before the time is counted
        const options = { limit: 2_000, timeLimitMs: name === "Waiting and filling" ? 200 : 1_000 };
        const outcome = await runInJail(db, planted.fill(statement), options).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw new Error(`${statement}: ${String(error)}`, { cause: error });
          return [error.message, error.hint];
        });
        if (secretsIn(outcome).length > 0) leaks.push(statement);
      }
      expect(leaks).toEqual(statements.filter((statement) => ONLY_THE_CHECK[engine].includes(statement)));
      expect(await stateOf(db), name).toEqual(before);
      for (const made of ["/tmp/audience-copied", "/tmp/audience-exported"]) expect(existsSync(made)).toBe(false);
    });

    test.each(ANALYTICS)("runs: $name", async ({ name, statements }) => {
      if (name === "Since PostgreSQL 16" && version < 160_000) return;
      for (const statement of statements) {
        const result = await runReadOnly(db, statement, { limit: 50, clock }).catch((error: unknown) => {
          throw new Error(`${statement}: ${String(error)}`, { cause: error });
        });
        expect({ statement, rows: result.rows.length > 0 }).toEqual({ statement, rows: name !== "Empty results" });
        expect(result.columns.length, statement).toBeGreaterThan(0);
      }
      expect(await stateOf(db)).toEqual(before);
    });

    test.each(EXACT)("exactly: %s", async (statement, rows) => {
      const result = await runReadOnly(db, statement, { limit: null, clock });
      expect(result.rows).toEqual(rows);
    });

    test("a limit of time holds, and nothing is left of what it ended", async () => {
      const endless = "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b";
      await expect(runReadOnly(db, endless, { limit: 1, clock, timeLimitMs: 500 })).rejects.toMatchObject({
        code: "timeout",
        message: "The statement took longer than 0.5 s.",
      });
      expect(await stateOf(db)).toEqual(before);
    });

    test("a result that is too large is an error, and the next one comes", async () => {
      const large = "select repeat('0123456789', n) from generate_series(1000, 1060) n, generate_series(1, 500) m";
      await expect(runReadOnly(db, large, { limit: null, clock })).rejects.toMatchObject({
        code: "query",
        message: "The result is larger than 256 MB.",
      });
      expect((await runReadOnly(db, "select 1", { limit: 1, clock })).rows).toEqual([[1]]);
    });

    test.each([
      ["select email::int from customers", "a text cannot be read as integer"],
      ["select first_name::date from customers", "a text cannot be read as date"],
      ["select to_date(email, 'YYYY') from customers", "a text cannot be read as a date or time"],
      ["select email::json from customers", "a text cannot be read as json"],
      ["select (email || '}')::int[] from customers", "a text cannot be read as the type it is cast to"],
      ["select date_trunc(email, now()) from customers", "a function was given a value that it does not take"],
      ["select to_timestamp(email, 'YYYY-MM') from customers", "a text cannot be read as a date or time"],
      ["select 'x' ~ ('(' || email) from customers", "a regular expression is not valid"],
      ["select email::interval from customers", "a text cannot be read as interval"],
      ["select email::uuid from customers", "a text cannot be read as uuid"],
    ])("an error does not carry the value: %s", async (statement, words) => {
      const error = await runReadOnly(db, statement, { limit: 1, clock }).catch((e: unknown) => e as AppError);
      expect(error).toMatchObject({ code: "query", message: `The statement failed: ${words}.` });
      expect(JSON.stringify(error)).not.toMatch(/@|Magdalena/);
    });

    test.each([
      ["select on app.secret", "has rights on table app.secret"],
      ["select (secret) on app.secret", "has rights on table column app.secret.secret"],
      ["usage on schema app", "may use schema app, has rights on schema app"],
      ["update on audience.customers", "may change the views"],
      ["execute on function pg_read_file(text)", "has rights on function pg_catalog.pg_read_file(text)"],
      ["create on schema audience", "may make things in schema audience"],
    ])("a role with more rights than the views' is not used: %s", async (right, words) => {
      await db.query(`grant ${right} to audience_reader`);
      await db.close();
      db = await store.open();
      const refused = await runReadOnly(db, "select 1", { limit: 1, clock }).catch(
        (error: unknown) => error as AppError,
      );
      await db.query(`revoke ${right} from audience_reader`);
      expect(refused).toMatchObject({ code: "config" });
      expect((refused as AppError).message).toBe(`SQL is not run, as the role audience_reader ${words}.`);
      expect((await runReadOnly(db, "select 1", { limit: 1, clock })).rows).toEqual([[1]]);
    });
  });
});

/**
 * Statements that only the check stops from showing what is not for readers. On a server every role may read the
 * catalogue and settings, and to revoke that would take it from others too. The embedded database has it revoked.
 */
const ONLY_THE_CHECK: Record<"embedded" | "server", readonly string[]> = {
  server: [
    "select current_setting('audience.secret')",
    "select current_setting('audience.secret', true)",
    "select * from pg_db_role_setting",
    "select * from pg_roles",
    "select * from pg_catalog.pg_roles",
    "select * from pg_views",
    "select definition from pg_views where viewname = 'customers'",
    "select pg_get_viewdef('audience.customers')",
  ],
  embedded: [],
};

const EXACT: [string, unknown[][]][] = [
  ["select count(*) from customers", [[500]]],
  ["select count(*), count(c), count(distinct customer_id) from customers c", [[500, 500, 500]]],
  ["select count(*) from events", [[11907]]],
  ["select sum(n) from (select count(*) as n from events group by event_type) t", [[11907]]],
  ["select x from (select 1 as x) y; -- done;", [[1]]],
  ["select 1, 2, 3 as a, 4 as a_2, 5 as a", [[1, 2, 3, 4, 5]]],
  [
    "select m::date, extract(isodow from m) from generate_series(timestamptz '2025-01-01', '2025-03-01', '1 month') m",
    [
      ["2025-01-01", 3],
      ["2025-02-01", 6],
      ["2025-03-01", 6],
    ],
  ],
  ["select percentile_cont(0.5) within group (order by n) from (values (1), (2), (3), (10)) v(n)", [[2.5]]],
  [
    "with v(g, n) as (values ('a', 1), ('a', 2), ('b', 5)) select g, sum(n) from v group by rollup (g) order by g nulls last",
    [
      ["a", 3],
      ["b", 5],
      [null, 8],
    ],
  ],
  [
    "select n, lag(n) over (order by n), sum(n) over (order by n rows 1 preceding) from unnest(array[1, 2, 4]) n",
    [
      [1, null, 1],
      [2, 1, 3],
      [4, 2, 6],
    ],
  ],
  [
    "select count(*) filter (where n % 2 = 0), string_agg(n::text, '-' order by n desc) from generate_series(1, 5) n",
    [[2, "5-4-3-2-1"]],
  ],
  [
    "select x ->> 'a', x #>> '{b,1}', jsonb_build_object('k', 1) from (select '{\"a\": \"1\", \"b\": [2, 3]}'::jsonb x) t",
    [["1", "3", '{"k":1}']],
  ],
  [
    "select date '2025-02-28' + 1, date '2025-03-31' - date '2025-03-01', to_char(date '2025-04-09', 'DD.MM.YY')",
    [["2025-03-01", 30, "09.04.25"]],
  ],
  ["select E'it\\'s', 'back\\slash', U&'d\\0061ta', $q$;--$q$", [["it's", "back\\slash", "data", ";--"]]],
];
