import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IngestSummary } from "../../ingest/options.js";
import { exitCodeOf } from "../../src/cli/exit-codes.js";
import { renderIngestSummary } from "../../src/cli/ingest-summary.js";
import { loadFailure } from "../../src/cli/load-failure.js";
import type { Db } from "../../src/db/db.js";
import { cleanForTerminal } from "../../src/lib/clean-text.js";
import { AppError } from "../../src/lib/errors.js";
import { askOver } from "../support/ask-sample.js";
import { checksums } from "../support/checksum.js";
import { hostileFiles } from "../support/hostile-files.js";
import { fileWriter, forget, load } from "../support/load.js";
import { smallShop } from "../support/small-shop.js";
import { freshDirectory, QUICKEST, STORES, type Store } from "../support/stores.js";

const FILES = hostileFiles(20250501);
const folder = freshDirectory();
const write = fileWriter(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("there are at least 200, and no two are called alike", () => {
  expect(new Set(FILES.map((file) => file.name)).size).toBe(FILES.length);
  expect(FILES.length).toBeGreaterThanOrEqual(200);
});

// The same cells, headers and bytes for both kinds: over the embedded store, and over a server where there is one.
describe.each([
  { kind: "crm", at: STORES[0] as (typeof STORES)[number] },
  { kind: "events", at: QUICKEST },
])("$kind over $at.title", ({ kind, at }) => {
  let store: Store;
  let db: Db;
  /** The state that a load which fails has to leave. */
  let before: Record<string, string>;
  let asked = 0;

  async function startAnew(): Promise<void> {
    await forget(db);
    const { crm, events } = smallShop(10);
    await load(db, { crm: [write(crm)], events: [write(events)] });
    before = await checksums(db);
  }

  beforeAll(async () => {
    store = await at.create();
    db = await store.open();
    await startAnew();
  });
  afterAll(async () => {
    await db?.close();
    await store?.remove();
  });

  test.each(FILES.filter((file) => file.kind === kind))("$name", async ({ content, extension }) => {
    const path = write(content, extension);
    const result = await load(db, { [kind === "crm" ? "crm" : "events"]: [path] }).catch(loadFailure);
    if (result instanceof Error) {
      expect(result, result.stack).toBeInstanceOf(AppError);
      expect([1, 2]).toContain(exitCodeOf(result));
      expect((result as AppError).hint).toMatch(/\w/);
      expect(result.message.length).toBeLessThan(2_500);
      expect(await checksums(db)).toEqual(before);
      return;
    }
    const summary = result as IngestSummary;
    const { totals, columns } = summary;
    const text = renderIngestSummary(summary, "text", {
      width: 80,
      color: false,
      verbose: false,
      rawCsv: false,
      bom: false,
    });
    expect(cleanForTerminal(text, { whitespace: "keep" })).toBe(text);
    if (columns.length <= 20) before = await checksums(db);
    // To read the catalogue takes longer than the load: of ordinary columns every fifth file is asked about.
    if (columns.length > 20 || asked++ % 5 === 0) {
      const ask = await askOver(db);
      expect(await ask("how many customers are there?")).toMatchObject({ value: totals.customers });
    }
    if (columns.length > 20) await startAnew();
  });
});
