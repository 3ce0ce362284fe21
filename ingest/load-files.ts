import type { Transaction } from "../src/db/db.js";
import { type Index, isEmpty, makeIndexes } from "./bulk-fill.js";
import type { CopyReport } from "./copy-file.js";
import { fillCustomers } from "./fill-customers.js";
import { EventsFill, hasKnownColumnsOnly } from "./fill-events.js";
import { checkWidth } from "./foreign-columns.js";
import { type SourceFile, wasLoaded } from "./open-files.js";
import type { FileSummary, IngestContext, IngestOptions, IngestSummary } from "./options.js";
import type { RowReader } from "./row-reader.js";
import { stageFile } from "./stage-file.js";
import { storeCustomers } from "./store-customers.js";
import { storeEvents } from "./store-events.js";

const SHOWN_REJECTS = 20;

export interface LoadContext {
  /** Nobody is there yet: everybody will be touched. */
  first: boolean;
  options: IngestOptions;
  context: IngestContext;
  summary: IngestSummary;
  /** Runs work as a part of the time of a stage. */
  timed: <T>(stage: string, work: () => Promise<T>) => Promise<T>;
}

const TOUCH_ALL_WITH_EVENTS = `insert into touched
  select customer_key, customer_id from app.customers where customer_key in (select customer_key from app.events)
  on conflict do nothing`;

interface Loaded extends FileSummary {
  loadId: number;
}

/**
 * Loads the rows of files into app.customers and app.events, and says in `summary` what became of them; whose customers
 * are changed goes to the temporary table `touched`, unless nobody was there before. Gives the loads that brought events,
 * and the indexes of events that are still to be made.
 */
export async function loadFiles(
  tx: Transaction,
  files: readonly SourceFile[],
  load: LoadContext,
): Promise<{ loads: number[]; later: readonly Index[] }> {
  const { options, context, summary, timed, first } = load;
  const loaded: Loaded[] = [];
  let fill: EventsFill | null = null;
  let later: readonly Index[] = [];
  const endFill = async () => {
    if (fill === null) return;
    const ending = fill;
    fill = null;
    if (await isEmpty(tx, "app.phrases")) context.embedder.prepare?.(); // while the database works
    const rows = loaded.reduce((all, file) => all + file.rowsRead, 0);
    context.progress({ stage: "store", done: 0, total: null, unit: "steps", rows });
    const { counts, later: left } = await timed("store", () => ending.finish());
    later = left;
    if (!first) await tx.execute(TOUCH_ALL_WITH_EVENTS);
    if (counts === null) return;
    for (const file of loaded.filter(({ kind }) => kind === "events")) {
      file.stored = counts.get(file.loadId) ?? 0;
      file.duplicates = file.rowsRead - file.rejected - file.stored;
      const { loadId, stored, duplicates } = file;
      await tx.query("update app.files set stored = $2, duplicates = $3 where file_id = $1", [
        ...[loadId, stored, duplicates],
      ]);
    }
  };
  for (const source of files) {
    const { kind, name, content } = source;
    if (content === null || (await wasLoaded(tx, source))) {
      summary.files.push(skippedFile(source));
      continue;
    }
    const { reader } = content;
    noteColumns(name, reader, summary);
    await checkWidth(tx, kind === "crm" ? "customers" : "events", name, reader.columns);
    const next = await tx.query("select coalesce(max(file_id), 0) + 1 from app.files");
    const loadId = next.rows[0]?.[0] as number;
    const report: CopyReport = {
      reject: (reject) => {
        if (summary.rejects.length < SHOWN_REJECTS) summary.rejects.push(reject);
        context.reject(reject);
      },
      progress: context.progress,
      signal: context.signal,
    };
    const direct = hasKnownColumnsOnly(reader);
    let counts: Counts | null = null;
    if (direct && kind === "crm") {
      counts = await timed("read", () => fillCustomers(tx, content, options, report));
    } else if (direct) {
      fill ??= await EventsFill.begin(tx);
      const filling = fill;
      if (filling) {
        const copied = await timed("read", () => filling.add(loadId, content, options, report));
        counts = { ...copied, stored: copied.rowsRead - copied.rejected };
      }
    }
    if (counts === null) {
      await endFill();
      await makeIndexes(tx, later); // rows are looked up from here on
      later = [];
      counts = await stageAndStore(tx, content, { loadId, report, load, name });
    }
    const duplicates = counts.duplicates ?? counts.rowsRead - counts.rejected - counts.stored;
    const file: Loaded = { name, kind, skipped: false, ...counts, duplicates, loadId };
    await recordFile(tx, source, file);
    loaded.push(file);
    if (kind === "crm") await noteCustomers(tx);
    summary.files.push(file);
  }
  await endFill();
  const loads = loaded.flatMap(({ kind, stored, loadId }) => (kind === "events" && stored > 0 ? [loadId] : []));
  return { loads, later };
}

interface Counts {
  rowsRead: number;
  rejected: number;
  stored: number;
  duplicates?: number;
}

async function stageAndStore(
  tx: Transaction,
  content: NonNullable<SourceFile["content"]>,
  at: { loadId: number; report: CopyReport; load: LoadContext; name: string },
): Promise<Counts> {
  const { loadId, report, name } = at;
  const { options, context, timed, first } = at.load;
  const { reader } = content;
  const staged = await timed("read", () => stageFile(tx, `stage_${loadId}`, content, options, report));
  if (await isEmpty(tx, "app.phrases")) context.embedder.prepare?.(); // while the database works
  const counts = await timed("store", async () => {
    context.progress({ stage: "store", file: name, done: 0, total: null, unit: "steps", rows: staged.rowsRead });
    return reader.kind === "crm"
      ? storeCustomers(tx, staged, reader, first)
      : storeEvents(tx, staged, reader, { loadId, first });
  });
  await tx.execute(`drop table ${staged.table}`);
  const { rowsRead, rejected } = staged;
  return { rowsRead, rejected, ...counts };
}

function noteColumns(name: string, reader: RowReader, summary: IngestSummary): void {
  for (const column of reader.columns) {
    summary.columns.push({ file: name, column: column.header, field: column.name, known: column.known });
    if (column.unreadable === undefined) continue;
    summary.warnings.push(
      `${name}: ${column.header} is kept as the text column ${column.name}, as its values are no ` +
        `${column.unreadable}; --map "${column.header}=${column.unreadable}" reads it as one all the same.`,
    );
  }
}

/** What the view of customers has to show (views.ts). */
async function noteCustomers(tx: Transaction): Promise<void> {
  const any = (column: string) => `exists (select 1 from app.customers where ${column} is not null)`;
  await tx.execute(
    `update app.state set has_totals = ${any("crm_total_spent")}, has_birth_dates = ${any("birth_date")}`,
  );
}

async function recordFile(tx: Transaction, { kind, name, sha256, reading }: SourceFile, file: Loaded): Promise<void> {
  const { loadId, rowsRead, stored, duplicates, rejected } = file;
  await tx.query(
    `insert into app.files (file_id, kind, name, sha256, options, rows_read, stored, duplicates, rejected)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [loadId, kind, name, sha256, reading, rowsRead, stored, duplicates, rejected],
  );
}

/** A file that was loaded before. */
export function skippedFile({ name, kind }: SourceFile): FileSummary {
  return { name, kind, skipped: true, rowsRead: 0, stored: 0, duplicates: 0, rejected: 0 };
}
