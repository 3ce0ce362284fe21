import type { Transaction } from "../src/db/db.js";
import { isOfKind, KIND_COLUMNS } from "./event-kinds.js";

/** Texts are kept up to this many distinct values a column; more are identifiers rather than values. */
const MOST_VALUES: Record<string, number> = { known: 50_000, foreign: 2_000 };
/** Columns of one pass: each takes three entries of a result, which has 1,664 at most. */
const MOST_MEASURED = 500;
/** Longer texts are notes rather than values. */
const LONGEST_VALUE = 500;
/** Numbers, booleans: only where they are codes or flags. */
const MOST_CODES = 100;
/** Ids, and columns that are unique a person: no value of theirs is worth linking to. */
const NO_VALUES = new Set(["customer_id", "event_id", "order_id", "email"]);
const DERIVED = new Set(["first_seen_at", "last_seen_at", "last_purchase_at", "events", "views", "add_to_carts"]);

interface Stats {
  filled: number;
  min: string | null;
  max: string | null;
}

interface Before extends Stats {
  distinct: number | null;
}

/** Forgets a column of the catalogue, because its type has changed. */
export async function forgetColumn(tx: Transaction, view: string, name: string): Promise<void> {
  for (const table of ["app.column_stats", "app.stored_values"]) {
    await tx.query(`delete from ${table} where view = $1 and name = $2`, [view, name]);
  }
}

/** Columns of customers that change with their events: ages with the newest one, what is spent where the CRM does not say it. */
const FROM_EVENTS = `name = any('{${["revenue", "purchases", ...DERIVED].join(",")}}')
  or name in ('total_spent', 'likes_luxury') and not (select has_totals from app.state)
  or name = 'age' and (select has_birth_dates from app.state)`;

/**
 * Refreshes what the catalogue says of the view of customers, from all its rows: of all columns, or where no file of
 * customers was loaded of those that follow from events.
 */
export async function refreshCustomerStats(tx: Transaction, which: "all" | "derived"): Promise<void> {
  const names = which === "all" ? "" : ` and (${FROM_EVENTS})`;
  await tx.execute(
    `delete from app.column_stats where view = 'customers'${names}; delete from app.stored_values where view = 'customers'${names}`,
  );
  await addStats(tx, "customers", null);
}

/**
 * Adds the events of some loads to what the catalogue says of the view of events. A column that the catalogue does not
 * know yet, or no more because its type has changed, is counted over all events.
 */
export async function addEventStats(tx: Transaction, loads: readonly number[]): Promise<void> {
  await addStats(tx, "events", () => eventsOf(tx, "load_id = any($1::integer[])", [loads]));
}

/** Where to count: rows, each once, and for events their kinds, each as often as its column #n says. */
interface Source {
  rows: string;
  params: readonly unknown[];
  kinds?: string;
}

/** What kinds of events hold is counted once a kind. */
async function eventsOf(tx: Transaction, condition: string, params: readonly unknown[]): Promise<Source> {
  await tx.execute("drop table if exists counted_kind");
  await tx.query(
    `create temporary table counted_kind on commit drop as
     select ${KIND_COLUMNS.join(", ")}, "#n" from app.event_kinds
     join (select kind_id, count(*) as "#n" from app.events where ${condition} group by kind_id) n using (kind_id)`,
    params,
  );
  return { rows: `app.events where ${condition}`, params, kinds: "counted_kind" };
}

/** @param added the rows to add to what is known of a column; null: what is known stands. Columns of which nothing is known are counted whole. */
async function addStats(tx: Transaction, view: string, added: (() => Promise<Source>) | null): Promise<void> {
  const before = new Map(
    (
      await tx.query("select name, filled, distinct_values, min, max from app.column_stats where view = $1", [view])
    ).rows.map((row): [string, Before] => [
      row[0] as string,
      {
        filled: row[1] as number,
        distinct: row[2] as number | null,
        min: row[3] as string | null,
        max: row[4] as string | null,
      },
    ]),
  );
  const columns = await viewColumns(tx, view);
  const old = columns.filter((column) => before.has(column.name));
  const fresh = columns.filter((column) => !before.has(column.name));
  if (old.length > 0 && added) await addColumns(tx, view, old, before, await added());
  if (fresh.length === 0) return;
  const whole = view === "events" ? await eventsOf(tx, "true", []) : { rows: `audience.${view}`, params: [] };
  await addColumns(tx, view, fresh, before, whole);
}

async function addColumns(
  tx: Transaction,
  view: string,
  columns: readonly StatColumn[],
  old: ReadonlyMap<string, Before>,
  source: Source,
): Promise<void> {
  const stats = new Map<string, Stats>();
  for (let i = 0; i < columns.length; i += MOST_MEASURED) {
    for (const [name, found] of await measure(tx, columns.slice(i, i + MOST_MEASURED), source)) {
      stats.set(name, found);
    }
  }
  const found: [string, number, number | null, string | null, string | null][] = [];
  for (const column of columns) {
    const fresh = stats.get(column.name) as Stats;
    const before = old.get(column.name);
    const filled = fresh.filled + (before?.filled ?? 0);
    const keeps = before === undefined || before.distinct !== null || before.filled === 0;
    const distinct = keeps && fresh.filled > 0 ? await keepValues(tx, view, column, filled, source) : null;
    found.push([
      column.name,
      filled,
      keeps && fresh.filled === 0 ? (before?.distinct ?? null) : distinct,
      extreme(column.type, before?.min, fresh.min, -1),
      extreme(column.type, before?.max, fresh.max, 1),
    ]);
  }
  await tx.query(
    `insert into app.column_stats (view, name, filled, distinct_values, min, max)
     select $1, c.* from unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[]) c
     on conflict (view, name) do update set filled = excluded.filled, distinct_values = excluded.distinct_values,
       min = excluded.min, max = excluded.max`,
    [view, ...[0, 1, 2, 3, 4].map((field) => found.map((column) => column[field]))],
  );
}

interface StatColumn {
  name: string;
  type: string;
  foreign: boolean;
}

async function viewColumns(tx: Transaction, view: string): Promise<StatColumn[]> {
  const { rows } = await tx.query(
    `select a.attname, format_type(a.atttypid, null), f.name is not null
     from pg_attribute a left join app.foreign_columns f on f.view = $1 and f.name = a.attname
     where a.attrelid = ('audience.' || $1)::regclass and a.attnum > 0 and not a.attisdropped
       and a.attname <> 'customer_key' order by a.attnum`,
    [view],
  );
  return rows.map((row) => ({ name: row[0] as string, type: row[1] as string, foreign: row[2] as boolean }));
}

/** Filled rows and extremes of columns, in one pass (and one more for those of kinds of events). */
async function measure(
  tx: Transaction,
  columns: readonly StatColumn[],
  { rows, params, kinds }: Source,
): Promise<Map<string, Stats>> {
  const ofKind = columns.filter((column) => kinds !== undefined && isOfKind(column.name));
  const others = columns.filter((column) => !ofKind.includes(column));
  const counts = ofKind.map(({ name }) => `coalesce(sum("#n") filter (where "${name}" is not null), 0)::bigint`);
  const parts = others.flatMap(({ name, type }) => {
    const extremes =
      type === "text" || type === "boolean" || DERIVED.has(name)
        ? ["null", "null"]
        : [`min("${name}")::text`, `max("${name}")::text`];
    return [`count("${name}")`, ...extremes];
  });
  const select = async (list: string[], from: string, values: readonly unknown[]) =>
    list.length === 0 ? [] : ((await tx.query(`select ${list.join(", ")} from ${from}`, values)).rows[0] ?? []);
  const filled = await select(counts, kinds ?? "", []);
  const row = await select(parts, rows, params);
  return new Map([
    ...ofKind.map(({ name }, i): [string, Stats] => [name, { filled: filled[i] as number, min: null, max: null }]),
    ...others.map(({ name }, i): [string, Stats] => [
      name,
      { filled: row[3 * i] as number, min: row[3 * i + 1] as string | null, max: row[3 * i + 2] as string | null },
    ]),
  ]);
}

/** Keeps the distinct values of a column where they are few enough; gives their number, else null. */
async function keepValues(
  tx: Transaction,
  view: string,
  column: StatColumn,
  filled: number,
  { rows: all, params, kinds }: Source,
): Promise<number | null> {
  const { name, type } = column;
  const codes = type === "integer" || type === "boolean";
  if (NO_VALUES.has(name) || DERIVED.has(name) || (type !== "text" && !codes)) return null;
  const counted =
    kinds !== undefined && isOfKind(name)
      ? { from: kinds, n: 'sum("#n")', params: [] }
      : { from: all, n: "count(*)", params };
  const limit = codes ? MOST_CODES : (MOST_VALUES[column.foreign ? "foreign" : "known"] as number);
  const { rows } = await tx.query(
    `with v as (
       select "${name}"::text as value, ${counted.n}::bigint as n from (select * from ${counted.from}) r where "${name}" is not null
       group by 1 limit ${limit + 1}
     ), stored as (
       insert into app.stored_values as s (view, name, value, rows)
       select ${`'${view}'`}, '${name.replaceAll("'", "''")}', value, n from v
       where (select count(*) <= ${limit} and max(length(value)) <= ${LONGEST_VALUE} from v)
       on conflict (view, name, value) do update set rows = s.rows + excluded.rows
     )
     select count(*) <= ${limit} and max(length(value)) <= ${LONGEST_VALUE} from v`,
    counted.params,
  );
  if (rows[0]?.[0] === true) {
    const kept = await tx.query("select count(*) from app.stored_values where view = $1 and name = $2", [view, name]);
    const distinct = kept.rows[0]?.[0] as number;
    const unique = distinct > 1_000 && distinct > 0.5 * filled && column.foreign;
    if (distinct <= limit && !unique) return distinct;
  }
  await tx.query("delete from app.stored_values where view = $1 and name = $2", [view, name]);
  return null;
}

function extreme(type: string, a: string | null | undefined, b: string | null, sign: 1 | -1): string | null {
  if (a === null || a === undefined) return b;
  if (b === null) return a;
  const numeric = type === "integer" || type === "bigint" || type === "numeric";
  const order = numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
  return order * sign > 0 ? a : b;
}
