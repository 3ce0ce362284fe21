import type { Transaction } from "../src/db/db.js";
import { noteChanges } from "../src/vectors/qdrant/index-state.js";
import { type Index, isEmpty, makeIndexes } from "./bulk-fill.js";
import { addEventStats, refreshCustomerStats } from "./column-stats.js";
import { type LoadContext, loadFiles, skippedFile } from "./load-files.js";
import type { SourceFile } from "./open-files.js";
import type { IngestOptions, IngestSummary } from "./options.js";
import { indexPhrases } from "./phrases.js";
import { aggregateCustomers, aggregateInterests, gatherActivity, type Touched } from "./profiles.js";
import type { Steps } from "./steps.js";
import { ensureViews } from "./views.js";

/** From this part of all customers on, one scan of all events is faster than looking up those of each. */
export const MOST = 0.2;

export class DryRun extends Error {}

export interface Loading extends Omit<LoadContext, "first"> {
  files: readonly SourceFile[];
  steps: Steps;
}

/** Loads files in steps; the last ones, which make the outcome visible, run in `tx`. Throws DryRun at the end of one. */
export async function load(tx: Transaction, loading: Loading): Promise<void> {
  const { files, steps, options, context, summary, timed } = loading;
  const all = await settingsChanged(tx, options);
  // Everything is there already: no more is done than to see that the views are those of this version.
  if (!all && files.every((file) => file.content === null)) {
    for (const file of files) summary.files.push(skippedFile(file));
    await ensureViews(tx, options.luxuryAbove);
    await countTotals(tx, summary);
    return;
  }
  const stored = await steps.run((step) => storeFiles(step, loading, all));
  const { touched } = stored;
  const changed = options.reindex || summary.customersTouched > 0 || summary.files.some((f) => f.stored > 0);
  let part = 0;
  const done = () =>
    context.progress({ stage: "profile", done: part++, total: 4, unit: "steps", rows: summary.customersTouched });

  if (!changed) await makeLater(loading, stored);
  const moreInterests = changed ? await buildProfiles(loading, stored, done) : 0;
  await timed("profile", async () => {
    if (changed || all) await updateState(tx, loading, { ...stored, moreInterests });
    if (changed) await noteChanges(tx, touched === "all" ? "app.customers" : "touched");
    await ensureViews(tx, options.luxuryAbove);
    if (changed || all) await refreshCustomerStats(tx, stored.newCustomers ? "all" : "derived");
    if (stored.loads.length > 0) await addEventStats(tx, stored.loads);
    done();
  });
  await countTotals(tx, summary);
  if (options.dryRun) throw new DryRun();
}

/** Profiles and phrases of the touched customers, and beside them the indexes that are left. Gives by how many interests are more. */
async function buildProfiles(loading: Loading, stored: Stored, done: () => void): Promise<number> {
  const { steps, options, timed } = loading;
  const { touched } = stored;
  const profile = <T>(step: (tx: Transaction) => Promise<T>) => timed("profile", () => steps.run(step));
  let more = 0;
  let gathering: Promise<void> | undefined;
  const gathered = () => {
    gathering ??= profile((tx) => gatherActivity(tx, options.weights, touched, steps.newTable));
    return gathering;
  };
  done();
  await steps.all(
    async () => {
      await gathered();
      done();
      more = await profile((tx) => aggregateInterests(tx, options.weights, touched));
      done();
    },
    async () => {
      await makeLater(loading, stored);
      await gathered();
      await profile(aggregateCustomers);
      done();
      if (!options.dryRun) await timed("embed", () => steps.run((tx) => embedPhrases(tx, loading, touched)));
    },
  );
  return more;
}

async function makeLater({ steps, timed }: Loading, { later }: Stored): Promise<void> {
  if (later.length > 0) await timed("store", () => steps.run((tx) => makeIndexes(tx, later)));
}

interface Stored {
  /** Loads that brought events. */
  loads: number[];
  /** Whose profiles change; unless all, they are in the temporary table `touched`. */
  touched: Touched;
  newCustomers: boolean;
  /** Indexes that are still to be made. */
  later: readonly Index[];
}

/** Stores the rows of the files, and says whom they touch. */
async function storeFiles(tx: Transaction, loading: Loading, all: boolean): Promise<Stored> {
  const { files, summary } = loading;
  await tx.execute(
    "create temporary table touched (customer_key integer primary key, customer_id text not null) on commit drop",
  );
  const first = await isEmpty(tx, "app.customers");
  const hadTotals = await hasTotals(tx);
  const { loads, later } = await loadFiles(tx, files, { ...loading, first });
  // likes_luxury of everybody follows the CRM's own totals as soon as one customer has one.
  const everybody = all || first || hadTotals !== (await hasTotals(tx));
  const { rows } = await tx.query("select (select count(*) from touched), (select count(*) from app.customers)");
  const [changed, everyone] = rows[0] as [number, number];
  summary.customersTouched = everybody ? everyone : changed;
  const touched = everybody ? "all" : changed > MOST * everyone ? "most" : "few";
  if (touched !== "all") await tx.execute("analyze touched");
  if (touched !== "few") await tx.execute("analyze app.events; analyze app.event_kinds");
  const newCustomers = everybody || summary.files.some((f) => f.kind === "crm" && f.stored > 0);
  return { loads, touched, newCustomers, later };
}

async function embedPhrases(tx: Transaction, loading: Loading, touched: Touched): Promise<void> {
  const { options, context, summary } = loading;
  if (options.reindex) await tx.execute("delete from app.customer_phrases; delete from app.phrases");
  const indexed = await indexPhrases(tx, context.embedder, touched, {
    luxuryAbove: options.luxuryAbove,
    signal: context.signal,
    progress: (done, total) =>
      context.progress({ stage: "embed", done, total, unit: "phrases", rows: summary.customersTouched }),
  });
  summary.phrasesEmbedded = indexed.embedded;
  summary.embeddingTokens = indexed.tokens;
}

/** What a question would have to count: carried on from the last load, as a look at all rows takes longer than a small one. */
async function updateState(
  tx: Transaction,
  { options, context }: Loading,
  { loads, touched, moreInterests }: Stored & { moreInterests: number },
): Promise<void> {
  // At a third of the price of a regular expression.
  const numeric = "bool_and(translate(customer_id, '0123456789', '') = '' and length(customer_id) between 1 and 18)";
  const numericIds =
    touched === "all"
      ? `coalesce((select ${numeric} from app.customers where in_crm), numeric_ids)`
      : `(numeric_ids or not exists (select 1 from app.customers k where k.in_crm and not exists (
            select 1 from touched t where t.customer_key = k.customer_key)))
         and coalesce((select ${numeric} from app.customers k
                       where in_crm and customer_key in (select customer_key from touched)), numeric_ids)`;
  await tx.query(
    `update app.state set version = version + 1, luxury_above = $3::numeric, weights = $4::jsonb, embedder = $5,
       events = (select coalesce(sum(stored), 0) from app.files where kind = 'events'),
       interests = interests + $2,
       as_of = greatest(as_of, l.last), first_event_at = least(first_event_at, l.first),
       numeric_ids = ${numericIds}
     from (select max(event_time) as last, min(event_time) as first from app.events where load_id = any($1::integer[])) l`,
    [loads, moreInterests, options.luxuryAbove, JSON.stringify(options.weights), context.embedder.id],
  );
}

/** Whether everything has to be built anew, because a setting that profiles depend on is another than at the last load. */
async function settingsChanged(tx: Transaction, options: IngestOptions): Promise<boolean> {
  const { rows } = await tx.query("select luxury_above = $1::numeric and weights = $2::jsonb from app.state", [
    options.luxuryAbove,
    JSON.stringify(options.weights),
  ]);
  return rows[0]?.[0] !== true || options.reindex;
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
