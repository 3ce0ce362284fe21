import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { ingest } from "../../ingest/ingest.js";
import type { IngestSummary } from "../../ingest/options.js";
import { packagePath } from "../../src/config/package-root.js";
import { configSchema } from "../../src/config/schema.js";
import type { Db } from "../../src/db/db.js";
import type { Embedder } from "../../src/embed/embedder.js";

/** The shipped data set. */
export const SAMPLE = {
  crm: packagePath("data", "sample", "crm.csv"),
  events: packagePath("data", "sample", "clickstream.csv"),
};

/** Loads the shipped data set as `audience ingest` does. */
export function loadSample(db: Db, embedder: Embedder): Promise<IngestSummary> {
  const { luxuryAbove, weights } = configSchema.parse({ dataDir: "unused" });
  const none = { maps: new Map(), dryRun: false, reindex: false, maxRejects: { share: 0.1 } };
  return ingest(
    { ...none, crm: [SAMPLE.crm], events: [SAMPLE.events], luxuryAbove, weights },
    { db, embedder, progress: () => {}, reject: () => {}, clock: () => performance.now() },
  );
}

/** A cell of the naive reading: numbers as numbers, times and everything else as text, null for blanks. */
export type NaiveRow = Readonly<Record<string, string | number | null>>;

const BLANKS = ["", "NULL", "\\N", "N/A", "NaN", "NA"];
const TYPES: Record<string, string> = {
  productviewed: "view",
  pageview: "view",
  addedtocart: "add_to_cart",
  addtocart: "add_to_cart",
  ordercompleted: "purchase",
};

/** The customers of the shipped CRM, read without any of the product's own code: bad rows dropped, the last row wins. */
export function naiveCustomers(): NaiveRow[] {
  const rows = goodRows(SAMPLE.crm, ["age", "total_spent"], "signup_date").filter((row) => row["customer_id"] !== null);
  return [...new Map(rows.map((row) => [row["customer_id"], row])).values()];
}

/** The events of the shipped clickstream likewise: the first row of an id wins, a row without an id stands; cents is price × quantity. */
export function naiveEvents(): NaiveRow[] {
  const rows = goodRows(SAMPLE.events, ["price", "quantity"], "timestamp");
  const first = new Map<unknown, NaiveRow>();
  for (const [i, row] of rows.entries()) {
    const key = row["event_id"] ?? `row ${i}`;
    if (first.has(key)) continue;
    const type = String(row["event_type"]).toLowerCase();
    const cents = Math.round(Number(row["price"]) * 100) * Number(row["quantity"] ?? 1);
    const event_type = TYPES[type.replace(/[^a-z]/g, "")] ?? type;
    first.set(key, { ...row, event_type, cents, event_time: row["timestamp"] ?? null });
  }
  return [...first.values()];
}

function goodRows(file: string, numbers: readonly string[], date: string): NaiveRow[] {
  const [header = [], ...lines] = parse(readFileSync(file, "utf8"), { relax_column_count: true }) as string[][];
  const rows: NaiveRow[] = [];
  for (const cells of lines) {
    if (cells.length !== header.length) continue;
    const row: Record<string, string | number | null> = {};
    for (const [i, name] of header.entries()) {
      const text = (cells[i] as string).trim();
      row[name] = BLANKS.includes(text) ? null : numbers.includes(name) ? Number(text) : text;
    }
    const day = String(row[date]).slice(0, 10);
    const realDay = row[date] === null || (Date.parse(day) && new Date(day).toISOString().startsWith(day));
    if (!realDay || numbers.some((name) => Number.isNaN(row[name]))) continue;
    rows.push(row);
  }
  return rows;
}
