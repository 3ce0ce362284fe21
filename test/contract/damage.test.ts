import { cpSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkStore } from "../../src/cli/doctor/check-store.js";
import { configSchema } from "../../src/config/schema.js";
import { openEmbedded } from "../../src/db/embedded.js";
import { runInJail } from "../../src/sql/jail.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { fileWriter, load } from "../support/load.js";
import { smallShop } from "../support/small-shop.js";
import { freshDirectory } from "../support/stores.js";

const folder = freshDirectory();
const whole = join(folder, "whole");
const hurt = join(folder, "hurt");
const paths = new Map<string, string>();
const open = (directory: string) => openEmbedded({ directory, command: "test", create: true });

beforeAll(async () => {
  const write = fileWriter(folder);
  const db = await open(whole);
  const { crm, events } = smallShop(40);
  await load(db, { crm: [write(crm)], events: [write(events)] });
  const { rows } = await db.query(
    "select c.relname, pg_relation_filepath(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace where nspname = 'app'",
  );
  for (const [name, path] of rows) if (path !== null) paths.set(String(name), join("postgres", String(path)));
  await db.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noise = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 7919 + 13) % 251));

test.each<[string, (path: (relation: string) => string) => void]>([
  ["noise in a table", (path) => writeFileSync(path("customers"), noise(16_384))],
  ["noise in an index", (path) => writeFileSync(path("customers_pkey"), noise(16_384))],
  ["an index of zeros", (path) => writeFileSync(path("customers_pkey"), Buffer.alloc(16_384))],
  ["an index that is gone", (path) => rmSync(path("customers_pkey"))],
  ["a table that is gone", (path) => rmSync(path("customers"))],
  ["an empty state", (path) => truncateSync(path("state"), 0)],
  ["another version", () => writeFileSync(join(hurt, "postgres", "PG_VERSION"), "12\n")],
  ["a damaged control file", () => writeFileSync(join(hurt, "postgres", "global", "pg_control"), noise(8_192))],
])("%s: an error that says so, and how to go on; never a number", async (_, spoil) => {
  rmSync(hurt, { recursive: true, force: true });
  cpSync(whole, hurt, { recursive: true });
  spoil((relation) => join(hurt, paths.get(relation) as string));
  const db = await open(hurt);
  const asked = async () => {
    await loadCatalogue(db);
    await runInJail(db, "select * from customers join events using (customer_id)", { limit: 10 });
  };
  const error = await asked().then(
    () => "an answer",
    (e: unknown) => e,
  );
  await db.close();
  expect(error).toMatchObject({
    code: "config",
    message: expect.stringMatching(/is damaged|cannot be opened/),
    hint: expect.stringContaining("load your files again"),
  });
});

test("rows that are lost without a trace are found by the doctor", async () => {
  rmSync(hurt, { recursive: true, force: true });
  cpSync(whole, hurt, { recursive: true });
  for (const relation of ["customers", "events", "interests"]) {
    truncateSync(join(hurt, paths.get(relation) as string), 0);
  }
  const dataOf = async (dataDir: string) => {
    const checks = await checkStore(configSchema.parse({ dataDir }), new AbortController().signal);
    return checks.find((check) => check.check === "data");
  };
  expect(await dataOf(hurt)).toMatchObject({
    status: "fail",
    detail: expect.stringMatching(/^Damaged: there are only 0 of \d+ events, 0 of \d+ interests, 0 of 40 customers\.$/),
  });
  expect(await dataOf(whole)).toMatchObject({ status: "ok" });
});
