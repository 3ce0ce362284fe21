import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Transaction } from "../src/db/db.js";
import { type CsvFile, openCsvFile } from "./csv-file.js";
import type { IngestOptions, Reject } from "./options.js";
import { RowReader } from "./row-reader.js";
import { Random } from "./sample/random.js";
import { stageFile } from "./stage-file.js";

const folder = mkdtempSync(join(tmpdir(), "audience-plain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VALUES: Record<string, readonly string[]> = {
  customer_id: [
    "1",
    "22",
    "C-003",
    " 7 ",
    "",
    "NULL",
    "na",
    "N/A",
    "a\\b",
    "Łódź",
    "x".repeat(501),
    '"5"',
    '"6, b"',
    '"a""b"',
  ],
  event_type: ["view", "Purchase", "AddToCart", "", "Überweisung", "weird type", "x\ty", '"view"'],
  timestamp: [
    ...["2025-01-02T03:04:05Z", "2025-02-29T00:00:00Z", "2024-02-29 23:59:59", "2025-01-02", "2025-13-01T00:00:00Z"],
    ...[
      "2025-06-30T24:00:00Z",
      "1735689600",
      "Jan 5, 2025 10:00",
      "",
      "2025-01-02T03:04:05.123Z",
      "2250-01-01T00:00:00Z",
    ],
  ],
  color: ["red", "", "Nan", "ſ", "ı", "\u00a0red", "red\u3000", "é", "NA", "\\N", "n", "grün"],
  price: ["1", "12.50", "-3", "1,234.5", ".5", "5.", "1e3", "$4", "", "abc", "007", "1.2.3", '"12,5"'],
  quantity: ["1", "2", "0", "-0", "01", "", "2.0", "many"],
  session: ["s1", "", "12", "012", "3.5", "2025-01-01", "yes", "Grüße", '"a, b"'],
};
const NAMES = Object.keys(VALUES);

function* lines(seed: number, rows: number, extra: Record<string, string>): Generator<string> {
  const random = new Random(seed);
  const pick = (values: readonly string[]) => values[Math.floor(random.next() * values.length)] as string;
  yield [...NAMES, ...Object.keys(extra)].join(",");
  for (let i = 0; i < rows; i++) {
    // Most fields are usual ones, so that whole rows are.
    const cells = NAMES.map((name) =>
      random.chance(0.9) ? (VALUES[name] as string[])[0] : pick(VALUES[name] as string[]),
    );
    cells.push(...Object.values(extra).map((value) => value + i));
    if (random.chance(0.01)) cells.push("too many");
    yield random.chance(0.01) ? "" : cells.join(",");
    if (random.chance(0.001)) yield '1,view,2025-01-02T03:04:05Z,"red\nor blue",1,1,s';
  }
}

async function stage(file: CsvFile, options: Partial<IngestOptions>) {
  const all = { maps: new Map(), maxRejects: { share: 1 }, ...options } as IngestOptions;
  const reader = await RowReader.create("events", file, all);
  const rejects: Reject[] = [];
  let copied = "";
  const tx = {
    execute: async () => undefined,
    copy: async (_table: string, _columns: readonly string[], chunks: AsyncIterable<string | Uint8Array>) => {
      for await (const chunk of chunks) copied += Buffer.from(chunk as Uint8Array).toString();
    },
  } as unknown as Transaction;
  const staged = await stageFile(tx, "t", { file, reader }, all, {
    reject: (reject) => rejects.push(reject),
    progress: () => undefined,
  });
  const columns = reader.columns.map(({ name, filled, guess }) => [name, filled > 0, guess?.type()]);
  // The same moment may be written with or without its milliseconds.
  return { copied: copied.replaceAll(".000Z", "Z"), rejects, staged, columns };
}

test.each([
  { name: "without ids", end: "\n", extra: {}, options: {} },
  { name: "with ids, Windows line ends", end: "\r\n", extra: { event_id: "e" }, options: {} },
  { name: "blank words of one's own", end: "\n", extra: { event_id: "e" }, options: { blanks: ["red", "é"] } },
  { name: "one more blank word", end: "\n", extra: {}, options: { blanks: ["view", "S1"] } },
])("rows written from bytes are those that are read as texts: $name", async ({ end, extra, options }) => {
  for (const seed of [1, 2, 3]) {
    const path = join(folder, `${seed}.csv`);
    writeFileSync(path, [...lines(seed, 20_000, extra)].join(end));
    const file = await openCsvFile(path);
    const read = await stage({ ...file, read: ({ signal } = {}) => file.read({ signal }) }, options);
    const plain = await stage(file, options);
    expect(plain.staged).toEqual(read.staged);
    expect(plain.columns).toEqual(read.columns);
    expect(plain.rejects).toEqual(read.rejects);
    const other = read.copied.split("\n");
    expect(plain.copied.split("\n").filter((line, i) => line !== other[i])).toEqual([]);
  }
});
