import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../../src/db/db.js";
import { AppError } from "../../src/lib/errors.js";
import { checkStatement } from "../../src/sql/guard.js";
import { runReadOnly } from "../../src/sql/read-only.js";
import { hashEmbedder } from "../support/load.js";
import { loadedSample } from "../support/loaded-sample.js";
import { STORES, type Store } from "../support/stores.js";
import { readCorpus } from "./corpus.js";
import { type Planted, plant, secretsIn, stateOf } from "./planted.js";

const HOSTILE = readCorpus("hostile.sql").flatMap((group) => group.statements);
const ANALYTICS = readCorpus("analytics.sql").flatMap((group) => group.statements);
const MUTANTS = process.env["AUDIENCE_TEST_LONG"] ? 20_000 : 6_000;

/** Numbers from 0 to below 1, the same in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers(20_250_401);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const tokens = (statement: string) => statement.match(/\w+|\s+|'[^']*'|[^\w\s]/g) ?? [];
const STRANGE = [
  "\0",
  "\u202e",
  "\u00a0",
  "\ud800",
  "\uff07",
  "'",
  '"',
  "$$",
  "--",
  "/*",
  "*/",
  ";",
  "\\",
  "E'",
  "U&'",
  "\n",
  "(",
];

/** Each makes a new statement of one or two. */
const MUTATIONS: readonly ((statement: string, other: string) => string)[] = [
  (s) => {
    const at = Math.floor(random() * s.length);
    return s.slice(0, at) + pick(STRANGE) + s.slice(at);
  },
  (s) =>
    tokens(s)
      .filter(() => random() > 0.1)
      .join(""),
  (s, other) => {
    const [mine, theirs] = [tokens(s), tokens(other)];
    mine[Math.floor(random() * mine.length)] = pick(theirs) ?? "";
    return mine.join("");
  },
  (s, other) => {
    const [mine, theirs] = [tokens(s), tokens(other)];
    return mine
      .slice(0, random() * mine.length)
      .concat(theirs.slice(random() * theirs.length))
      .join("");
  },
  (s) => `select * from (${s}) q`,
  (s) => `with q as (${s}) select * from q`,
  (s) => `select customer_id from customers where exists (${s})`,
  (s) => `select array(${s})`,
  (s) => `(${s}) union all (${s})`,
  (s, other) => `${s};${other}`,
  (s, other) => `with q as materialized (${s}) select * from q, lateral (${other}) r`,
  (s) => s.replace(/'[^']*'/, "E'\\x27'"),
  (s) => s.toUpperCase(),
  (s) => tokens(s).reverse().join(""),
  (s) => s.slice(0, random() * s.length),
  (s) => s.replaceAll(" ", pick(["/**/", "\t", "\n--\n", "\u3000"])),
];

function mutant(): string {
  let statement = pick(random() < 0.7 ? HOSTILE : ANALYTICS);
  for (let n = 1 + Math.floor(random() * 3); n > 0; n--) statement = pick(MUTATIONS)(statement, pick(HOSTILE));
  return statement;
}

const passed: string[] = [];

test(`${MUTANTS} mutants: each is either taken or refused as a query error`, async () => {
  for (let i = 0; i < MUTANTS; i++) {
    const statement = mutant();
    try {
      passed.push(await checkStatement(statement));
    } catch (error) {
      if (!(error instanceof AppError)) throw new Error(JSON.stringify(statement), { cause: error });
      expect(error.code).toBe("query");
      expect(error.message.length).toBeLessThan(400);
    }
  }
  expect(passed.length).toBeGreaterThan(100); // else the mutants were too wild to try anything
});

test("statements without end, and lists within lists, are refused in time", async () => {
  const repeated = (head: string, part: string, tail = "", count = 30_000) =>
    `${head}${part.repeat(Math.floor(Math.min(count, (99_000 - head.length) / (part.length + tail.length))))}`;
  const deep = [
    repeated("select 1", "+1"),
    repeated("select ", "("),
    repeated("select ", "not "),
    repeated("select 1", "::int"),
    repeated("select 1", " union select 1"),
    repeated("select ", "- "),
    repeated("select ", "array["),
    repeated("select * from ", "(select * from "),
    repeated("select a", ".a"),
    repeated("select a", "[1]"),
    `select ${"abs(".repeat(450)}1${")".repeat(450)}`,
    `select ${"1,".repeat(60_000)}1`,
  ];
  const start = performance.now();
  // The parser is left short of stack by each that overflows it; again and again it has to come back.
  for (let round = 0; round < 12; round++) {
    for (const statement of deep) {
      await expect(checkStatement(statement)).rejects.toMatchObject({ code: "query" });
    }
    expect(await checkStatement("select count(*) from customers")).toBe("select count(*) from customers");
  }
  expect(performance.now() - start).toBeLessThan(60_000);
});

const [embedded] = STORES;

let store: Store;
let db: Db;
let planted: Planted;
beforeAll(async () => {
  store = await loadedSample(embedded as (typeof STORES)[number], hashEmbedder);
  db = await store.open();
  planted = await plant(db, store.env["AUDIENCE_DATA_DIR"] as string);
});
afterAll(async () => {
  await planted?.remove(db);
  await db?.close();
  await store?.remove();
});

test("mutants that are taken show nothing and change nothing", async () => {
  const before = await stateOf(db);
  for (const statement of [...new Set(passed)].slice(0, 400)) {
    const options = { limit: 20, timeLimitMs: 5_000, clock: () => performance.now() };
    const outcome = await runReadOnly(db, planted.fill(statement), options).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw new Error(JSON.stringify(statement), { cause: error });
      return [error.message, error.hint];
    });
    expect({ statement, secrets: secretsIn(outcome) }).toEqual({ statement, secrets: [] });
  }
  expect(await stateOf(db)).toEqual(before);
});
