import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runBinary } from "../support/binary.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory } from "../support/stores.js";

const home = freshDirectory();
afterAll(() => rmSync(home, { recursive: true }));
const audience = (...args: string[]) => runBinary(args, { home });
const read = (...path: string[]) => readFileSync(join(home, ...path), "utf8");
const cells = (csv: string) =>
  csv
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

test("the default set is the one that ships, and says how to load it", async () => {
  const { code, stdout, stderr } = await audience("sample");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("To load: audience ingest --crm sample/crm.csv --events sample/clickstream.csv\n");
  expect(read("sample", "crm.csv")).toBe(readFileSync(SAMPLE.crm, "utf8"));
  expect(read("sample", "clickstream.csv")).toBe(readFileSync(SAMPLE.events, "utf8"));
});

test("a set is not overwritten", async () => {
  const { code, stderr } = await audience("sample", "--seed", "9");
  expect(code).toBe(2);
  expect(stderr).toMatch(/crm\.csv exists already.*\nhint: .*--out/);
  expect(read("sample", "crm.csv")).toBe(readFileSync(SAMPLE.crm, "utf8"));
});

test("the same seed gives the same files, and json tells what was written", async () => {
  const options = ["--customers", "30", "--seed", "7", "--output", "json"];
  const { stdout } = await audience("sample", ...options, "--out", "a b");
  await audience("sample", ...options, "--out", "again");
  const events = read("a b", "clickstream.csv");
  expect(read("again", "clickstream.csv")).toBe(events);
  expect(read("again", "crm.csv")).toBe(read("a b", "crm.csv"));
  expect(JSON.parse(stdout)).toEqual({
    files: [
      {
        file: "a b/crm.csv",
        rows: cells(read("a b", "crm.csv")).length,
        bytes: Buffer.byteLength(read("a b", "crm.csv")),
      },
      { file: "a b/clickstream.csv", rows: cells(events).length, bytes: Buffer.byteLength(events) },
    ],
    next: "audience ingest --crm 'a b/crm.csv' --events 'a b/clickstream.csv'",
  });
  expect(readdirSync(join(home, "again")).sort()).toEqual(["clickstream.csv", "crm.csv", "sample.json"]);
});

test("appended events are fresh ones of the same customers", async () => {
  const append = (count: string, out: string) => audience("sample", "--append", count, "--out", out);
  const { stdout } = await append("40", "a b");
  expect(stdout).toContain("To load: audience ingest --events 'a b/clickstream-append-1.csv'\n");
  await append("25", "a b");
  await append("40", "again");
  const [before, first, second] = ["clickstream.csv", "clickstream-append-1.csv", "clickstream-append-2.csv"].map((n) =>
    cells(read("a b", n)),
  ) as [string[][], string[][], string[][]];
  expect(read("again", "clickstream-append-1.csv")).toBe(read("a b", "clickstream-append-1.csv"));
  expect([first.length, second.length]).toEqual([40, 25]);
  const ids = (rows: string[][]) => rows.map((row) => Number(row[0])).filter((id) => id > 0);
  const times = (rows: string[][]) => rows.map((row) => row[3] ?? "").filter((time) => /^2025.{15}Z$/.test(time));
  const known = /^2025-\d\d-\d\dT[0-2]\d:\d\d:\d\dZ$/;
  for (const [older, newer] of [
    [before, first],
    [first, second],
  ] as const) {
    expect(Math.min(...ids(newer))).toBeGreaterThan(Math.max(...ids(older)));
    const newest = times(older)
      .filter((time) => known.test(time) && !time.includes("-13-"))
      .at(-1) as string;
    expect(times(newer)[0]! >= newest).toBe(true);
  }
});

test("--append needs a set, and takes its customers from it", async () => {
  expect(await audience("sample", "--append", "5", "--out", "nowhere")).toMatchObject({ code: 2, stdout: "" });
  const { code, stderr } = await audience("sample", "--append", "5", "--customers", "9");
  expect(code).toBe(2);
  expect(stderr).toContain("Leave --customers and --seed out.");
});
