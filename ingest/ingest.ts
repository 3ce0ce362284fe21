import type { Db, Transaction } from "../src/db/db.js";
import { migrate } from "../src/db/migrate.js";
import { noteChanges } from "../src/vectors/qdrant/index-state.js";
import { isEmpty } from "./bulk-fill.js";
import { addEventStats, refreshCustomerStats } from "./column-stats.js";
import { type LoadContext, loadFiles, skippedFile } from "./load-files.js";
import { openFiles, type SourceFile } from "./open-files.js";
import type { IngestContext, IngestOptions, IngestSummary, Progress } from "./options.js";
import { indexPhrases } from "./phrases.js";
import { aggregateCustomers, aggregateInterests, gatherActivity } from "./profiles.js";
import { updateIndex } from "./update-index.js";
import { ensureViews } from "./views.js";

/**
 * For sorts and groups of a whole file at once; the usual 4 MB would be written to disk in too small pieces. The memory of
 * WebAssembly never shrinks, and there the disk's cache serves as well (docs/performance.md).
 */
const MEMORY = {
  server: "set local work_mem = '64MB'; set local maintenance_work_mem = '128MB'",
  embedded: "set local work_mem = '12MB'; set local maintenance_work_mem = '32MB'",
};
/** From this part of all customers on, one scan of all events is faster than looking up those of each. */
const MOST = 0.2;

class DryRun extends Error {}

/**
 * Loads CRM and clickstream files: everything that readers can see changes in one transaction, or not at all. A file
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
  try {
    await db.transaction(async (tx) => load(tx, files, options, context, summary, timed), {
      ...(signal && { signal }),
    });
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

async function load(
  tx: Transaction,
  files: readonly SourceFile[],
  options: IngestOptions,
  context: IngestContext,
  summary: IngestSummary,
  timed: Timed,
): Promise<void> {
  await timed("prepare", () => migrate(tx));
  const all = await settingsChanged(tx, options);
  // Everything is there already: no more is done than to see that the views are those of this version.
  if (!all && files.every((file) => file.content === null)) {
    for (const file of files) summary.files.push(skippedFile(file));
    await ensureViews(tx, options.luxuryAbove);
    await countTotals(tx, summary);
    return;
  }
  await tx.execute(MEMORY[context.db.engine]);
  await tx.execute(
    "create temporary table touched (customer_key integer primary key, customer_id text not null) on commit drop",
  );
  const first = await isEmpty(tx, "app.customers");
  const hadTotals = await hasTotals(tx);
  const loads = await loadFiles(tx, files, { options, context, summary, timed, first });
  // likes_luxury of everybody follows the CRM's own totals as soon as one customer has one.
  const everybody = all || first || hadTotals !== (await hasTotals(tx));
  if (everybody) {
    await tx.execute(
      `drop table touched;
       create temporary table touched on commit drop as select customer_key, customer_id from app.customers`,
    );
  }
  const touched = await tx.query(
    `select (select count(*) from touched),
            (select count(*) from app.customers)`,
  );
  const [changedCustomers, everyone] = touched.rows[0] as [number, number];
  summary.customersTouched = changedCustomers;
  const changed = options.reindex || changedCustomers > 0 || summary.files.some((f) => f.stored > 0);
  const touchedPart = everybody ? "all" : changedCustomers > MOST * everyone ? "most" : "few";
  const newCustomers = everybody || summary.files.some((f) => f.kind === "crm" && f.stored > 0);
  const step = (stage: Progress["stage"], done: number) =>
    context.progress({ stage, done, total: 4, unit: "steps", rows: summary.customersTouched });

  await timed("profile", async () => {
    if (changed) {
      await tx.execute("analyze touched");
      step("profile", 0);
      if (touchedPart !== "few") await tx.execute("analyze app.events; analyze app.event_kinds");
      await gatherActivity(tx, options.weights, touchedPart);
      step("profile", 1);
      await aggregateCustomers(tx);
      step("profile", 2);
      const more = await aggregateInterests(tx, options.weights, touchedPart);
      step("profile", 3);
      await updateState(tx, loads, more);
      await noteChanges(tx);
    }
    await ensureViews(tx, options.luxuryAbove);
    if (changed || all) await refreshCustomerStats(tx, newCustomers ? "all" : "derived");
    if (loads.length > 0) await addEventStats(tx, loads);
    step("profile", 4);
  });
  await countTotals(tx, summary);
  if (options.dryRun) throw new DryRun();

  if (changed) {
    await timed("embed", async () => {
      if (options.reindex) await tx.execute("delete from app.customer_phrases; delete from app.phrases");
      const indexed = await indexPhrases(tx, context.embedder, touchedPart, {
        signal: context.signal,
        progress: (done, total) =>
          context.progress({ stage: "embed", done, total, unit: "phrases", rows: summary.customersTouched }),
      });
      summary.phrasesEmbedded = indexed.embedded;
      summary.embeddingTokens = indexed.tokens;
    });
  }
}

/** What a question would have to count: carried on from the last load, as a look at all rows takes longer than a small one. */
async function updateState(tx: Transaction, loads: readonly number[], moreInterests: number): Promise<void> {
  await tx.query(
    `update app.state set version = version + 1,
       events = (select coalesce(sum(stored), 0) from app.files where kind = 'events'),
       interests = interests + $2,
       as_of = greatest(as_of, l.last), first_event_at = least(first_event_at, l.first),
       numeric_ids = (numeric_ids or not exists (select 1 from app.customers k where k.in_crm and not exists (
                        select 1 from touched t where t.customer_key = k.customer_key)))
         and coalesce((select bool_and(customer_id ~ '^[0-9]{1,18}$') from app.customers k
                       where in_crm and customer_key in (select customer_key from touched)), numeric_ids)
     from (select max(event_time) as last, min(event_time) as first from app.events where load_id = any($1::integer[])) l`,
    [loads, moreInterests],
  );
}

/** Whether everything has to be built anew, because a setting that profiles depend on is another than at the last load. */
async function settingsChanged(tx: Transaction, options: IngestOptions): Promise<boolean> {
  const weights = JSON.stringify(options.weights);
  const { rows } = await tx.query("select luxury_above = $1::numeric and weights = $2::jsonb from app.state", [
    options.luxuryAbove,
    weights,
  ]);
  if (rows[0]?.[0] === true && !options.reindex) return false;
  await tx.query("update app.state set luxury_above = $1::numeric, weights = $2::jsonb, version = version + 1", [
    options.luxuryAbove,
    weights,
  ]);
  return true;
}

async function hasTotals(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.query("select has_totals from app.state");
  return rows[0]?.[0] === true;
}

async function countTotals(tx: Transaction, summary: IngestSummary): Promise<void> {
  const filled = (view: string) =>
    `coalesce((select filled from app.column_stats where view = '${view}' and name = 'customer_id'), 0)`;
  const { rows } = await tx.query(
    `select ${filled("customers")}, events, events - ${filled("events")},
            (select coalesce(sum(events), 0) from app.customers where not in_crm)
     from app.state`,
  );
  const [customers, events, anonymous, unknown] = rows[0] as [number, number, number, number];
  summary.totals = { customers, events };
  summary.anonymousEvents = anonymous;
  summary.eventsOfUnknownCustomers = unknown;
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
  const vacuum = (table: string) => db.query(`vacuum analyze app.${table}`);
  // At once, where there is more than one connection.
  await Promise.all(["customers", "events", "interests", "customer_phrases"].map(vacuum));
}
