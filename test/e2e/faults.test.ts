import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { createMiniLm } from "../../src/embed/minilm.js";
import { runBinary } from "../support/binary.js";
import { checksums } from "../support/checksum.js";
import { HOSTILE_TEXTS } from "../support/hostile-cells.js";
import { fileWriter, hashEmbedder, load } from "../support/load.js";
import { NODE_FLAGS } from "../support/node.js";
import { smallShop } from "../support/small-shop.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const home = freshDirectory();
const write = fileWriter(home);
let store: Store;
let before: Record<string, string>;

/** Every character that is one, 200 to a cell; control characters and quotes included, NUL apart, which no text holds. */
const EVERY_CHARACTER = Array.from({ length: Math.ceil(0x110000 / 200) }, (_, row) =>
  Array.from({ length: 200 }, (_, i) => row * 200 + i)
    .filter((code) => code > 0 && code < 0x110000 && (code < 0xd800 || code > 0xdfff))
    .map((code) => String.fromCodePoint(code))
    .join(""),
).filter((cell) => cell.trim() !== "");
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

beforeAll(async () => {
  store = await (STORES[0] as (typeof STORES)[number]).create();
  const db = await store.open();
  const { crm, events } = smallShop(20);
  // Questions look for the model of the binary; what the vectors say is no matter here.
  const embedder = { ...hashEmbedder, id: createMiniLm().id };
  await load(db, { crm: [write(crm)], events: [write(events)], embedder });
  const header = "customer_id,last_name,note";
  const names = HOSTILE_TEXTS.filter((text) => text.length < 400).map((text, i) => `n${i},${quoted(text)},`);
  const notes = EVERY_CHARACTER.map((text, i) => `u${i},,${quoted(`<${text}>`)}`);
  await load(db, { crm: [write(`${[header, ...names, ...notes].join("\n")}\n`)], embedder });
  before = await checksums(db);
  await db.close();
});
afterAll(async () => {
  await store?.remove();
  rmSync(home, { recursive: true, force: true });
});

const audience = (args: string[], more: { stdin?: string; env?: Record<string, string> } = {}) =>
  runBinary(args, { home, ...more, env: { ...store.env, ...more.env } });

test("every character of Unicode comes back as it was", async () => {
  const sql = `select note from customers where note is not null order by substr(customer_id, 2)::int`;
  const { code, stdout } = await audience(["sql", sql, "--limit", "all", "--output", "json"]);
  expect(code).toBe(0);
  const notes = (JSON.parse(stdout).rows as string[][]).map((row) => row[0]);
  // Spaces around a cell are removed; here none is at an end.
  expect(notes).toEqual(EVERY_CHARACTER.map((text) => `<${text}>`));
});

// C0 but for tab and line feed, DEL, C1, and what turns the direction of writing.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

test.each(["text", "json"])("no byte of the data steers the terminal: %s", async (output) => {
  const sql =
    "select customer_id, last_name, note from customers where last_name is not null or customer_id in ('u0', 'u1', 'u41', 'u42', 'u325')";
  const { code, stdout, stderr } = await audience(["sql", sql, "--limit", "all", "--output", output]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(CONTROL.exec(stdout)?.[0]).toBeUndefined();
  expect(stdout).toContain("محمد بن سلمان");
});

test("cells of a spreadsheet's formulas are disarmed in csv", async () => {
  const sql = "select last_name from customers where last_name like '=cmd%' or last_name like '@SUM%'";
  const { stdout } = await audience(["sql", `${sql} order by 1`, "--output", "csv"]);
  expect(stdout.split(/\r?\n/).slice(1, 3).sort()).toEqual(["'=cmd|' /C calc'!A0", "'@SUM(A1:A9)"]);
});

test.each([
  ["words", "how many customers from Germany ".repeat(6_500)],
  ["one word", "x".repeat(200_000)],
])("a question of 200 kB is refused in seconds: %s", async (_, question) => {
  const start = performance.now();
  const { code, stdout, stderr } = await audience(["ask", "-", "--output", "json"], { stdin: question });
  expect({ code, stderr }).toEqual({ code: 5, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ kind: "refusal", rows: [] });
  expect(performance.now() - start).toBeLessThan(20_000);
});

test("a clock that was set back by ten years changes no answer", async () => {
  const at = async (years: number) => {
    const clock = join(home, `clock${years}.mjs`);
    writeFileSync(
      clock,
      `const shift = ${years} * 31557600000, Real = Date;
       globalThis.Date = class extends Real { constructor(...a) { a.length ? super(...a) : super(Real.now() + shift); } static now() { return Real.now() + shift; } };`,
    );
    const env = { NODE_OPTIONS: `--import ${clock}` };
    const { code, stdout } = await audience(
      ["ask", "how many customers bought boots in the last 20 days?", "--output", "json"],
      { env },
    );
    const { value, as_of, criteria } = JSON.parse(stdout);
    return { code, value, as_of, criteria };
  };
  const now = await at(0);
  expect(now).toMatchObject({ code: 0, value: expect.any(Number) });
  expect(await at(-10)).toEqual(now);
});

test.each(["SIGTERM", "SIGHUP"] as const)(
  "%s while a load waits for stdin: it ends, and nothing has changed",
  async (signal) => {
    const child = spawn(
      process.execPath,
      [...NODE_FLAGS, packagePath("bin", "audience.js"), "ingest", "--events", "-"],
      {
        cwd: home,
        env: { PATH: process.env["PATH"] ?? "", HOME: home, ...store.env },
      },
    );
    child.stdin.write("event_id,customer_id,event_type,timestamp\ne1,1,view,2025-05-01\n"); // and no end
    setTimeout(() => child.kill(signal), 1_500);
    const [code, by] = await new Promise<[number | null, string | null]>((resolve) =>
      child.on("close", (...how) => resolve(how)),
    );
    expect(signal === "SIGHUP" ? by : code).toBe(signal === "SIGHUP" ? "SIGHUP" : 130);
    const db = await store.open();
    expect(await checksums(db)).toEqual(before);
    await db.close();
  },
);
