import type { Db } from "../src/db/db.js";
import { canBeSplit, firstLoad, isTooManyConnections, prepare } from "./first-load.js";
import { DryRun, load, MOST } from "./load.js";
import type { LoadContext } from "./load-files.js";
import { openFiles } from "./open-files.js";
import type { IngestContext, IngestOptions, IngestSummary } from "./options.js";
import { oneTransaction } from "./steps.js";
import { updateIndex } from "./update-index.js";

/**
 * Loads CRM and clickstream files: everything that readers can see changes in one moment, or not at all. A file
 * loaded before is skipped, an event stored before is not added twice, and only customers touched by new rows are
 * aggregated and indexed again.
 */
export async function ingest(options: IngestOptions, context: IngestContext): Promise<IngestSummary> {
  const { db, signal } = context;
  const summary: IngestSummary = {
    dryRun: options.dryRun,
    files: [],
    rejects: [],
    anonymousEvents: 0,
    eventsOfUnknownCustomers: 0,
    customersTouched: 0,
    phrasesEmbedded: 0,
    embeddingTokens: 0,
    seconds: [],
    columns: [],
    totals: { customers: 0, events: 0 },
    warnings: [],
  };
  const timed = timer(context, summary);
  const files = await timed("prepare", () => openFiles(db, options, context));
  const loading = { files, options, context, summary, timed };
  const withSignal = { ...(signal && { signal }) };
  const columns = files.flatMap(({ content }) => content?.reader.columns.filter(({ known }) => !known) ?? []).length;
  try {
    const atOnce = () =>
      db.transaction(async (tx) => {
        await timed("prepare", () => prepare(tx));
        if (!options.dryRun && (await canBeSplit(db, tx, columns))) return false;
        await load(tx, { ...loading, steps: await oneTransaction(db, tx) });
        return true;
      }, withSignal);
    const split = () => firstLoad(db, { columns, signal }, (tx, steps) => load(tx, { ...loading, steps }));
    while (!(await atOnce()) && !(await split()));
    if (summary.customersTouched > 0 || options.reindex) await timed("finish", () => analyze(db, summary));
    await timed("index", () => updateIndex(options, context, summary));
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  } finally {
    for (const file of files) await file.close();
  }
  return summary;
}

type Timed = LoadContext["timed"];

function timer(context: IngestContext, summary: IngestSummary): Timed {
  return async (stage, work) => {
    const start = context.clock();
    try {
      return await work();
    } finally {
      const seconds = (context.clock() - start) / 1000;
      const same = summary.seconds.find((s) => s.stage === stage);
      if (same) same.seconds += seconds;
      else summary.seconds.push({ stage, seconds });
    }
  };
}

/**
 * Statistics for the planner, and what index-only scans need: after a large load, and where small ones have added up to a
 * tenth. Readers are not held up.
 */
async function analyze(db: Db, summary: IngestSummary): Promise<void> {
  const { rows } = await db.query(
    `select c.reltuples <= 0, s.events > 1.1 * c.reltuples or s.interests > 1.1 * i.reltuples
     from app.state s, pg_class c, pg_class i where c.oid = 'app.events'::regclass and i.oid = 'app.interests'::regclass`,
  );
  const [missing, behind] = rows[0] as [boolean, boolean];
  if (!missing && !behind && summary.customersTouched < MOST * summary.totals.customers) return;
  const failed: Error[] = [];
  const later: string[] = [];
  const vacuum = async (table: string) => {
    try {
      await db.query(`vacuum analyze app.${table}`);
    } catch (error) {
      if (isTooManyConnections(error) && !later.includes(table)) later.push(table);
      else failed.push(error as Error);
    }
  };
  // At once, where there is more than one connection; one after the other where the server does not give as many.
  await Promise.all(["customers", "events", "interests", "customer_phrases"].map(vacuum));
  for (const table of later) await vacuum(table);
  if (!failed[0]) return;
  summary.warnings.push(
    `The data are loaded, but not all statistics of the database are new (${failed[0].message}): questions may take longer.`,
  );
}
