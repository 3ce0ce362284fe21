import type { Catalogue, Column, ColumnType, StoredValue, ViewName } from "../criteria/catalogue.js";
import type { Db, Queryable } from "../db/db.js";
import { SqlError } from "../db/sql-error.js";
import { AppError } from "../lib/errors.js";

const TYPES: Record<string, ColumnType> = {
  integer: "integer",
  bigint: "bigint",
  numeric: "numeric",
  "double precision": "numeric",
  boolean: "boolean",
  date: "date",
  "timestamp with time zone": "timestamp",
};

/**
 * Reads what the data knows: the views with their comments, the kept values and the span of the events, all of one state.
 * Throws AppError "no_data", and "config" where another version of the program has loaded them.
 */
export function loadCatalogue(db: Db): Promise<Catalogue> {
  return db.transaction(readCatalogue, { readOnly: true, snapshot: true }).catch((error) => {
    if (!(error instanceof SqlError) || !MISSING.includes(error.sqlState)) throw error;
    throw new AppError("config", "The data were loaded by another version of audience.", {
      hint: "Any `audience ingest` of this version, `audience ingest --init` on a server, brings them up to date.",
      cause: error,
    });
  });
}

/** Version of the data as they stand now; 0 before the first load. */
export async function loadVersion(db: Queryable): Promise<number> {
  return (await db.query("select version from app.state")).rows[0]?.[0] as number;
}

/** SQLSTATEs of a column or table that does not exist. */
const MISSING: readonly string[] = ["42703", "42P01"];

function noData(): AppError {
  return new AppError("no_data", "No data has been loaded yet.", {
    hint: "Load your files with `audience ingest --crm FILE --events FILE`, or try `audience demo`.",
  });
}

async function readCatalogue(db: Queryable): Promise<Catalogue> {
  const there = await db.query("select to_regclass('audience.customers') is not null");
  if (there.rows[0]?.[0] !== true) throw noData();
  const columns = await db.query(
    `select c.relname, a.attname, format_type(a.atttypid, null), coalesce(col_description(c.oid, a.attnum), ''),
            coalesce(s.filled, -1), s.distinct_values, s.min, s.max
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'audience'
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       and a.attname <> 'customer_key' -- where the tables are distributed; it means nothing to people
     left join app.column_stats s on s.view = c.relname and s.name = a.attname
     order by c.relname, a.attnum`,
  );
  const state = await db.query(
    `select version, as_of, first_event_at,
       (select count(*) from app.customers where in_crm), events, interests,
       (select json_object_agg(c.relname, coalesce(obj_description(c.oid), ''))
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'audience'), numeric_ids,
       distributed,
       coalesce(has_table_privilege(to_regclass('app.keyed_events'), 'select'), false)
     from app.state`,
  );
  // Every load leaves one row.
  if (!state.rows[0]) {
    throw new AppError("config", "The database is damaged: its state is lost.", {
      hint: "Nothing can be answered from it: move its folder away and load your files again.",
    });
  }
  if (state.rows[0][0] === 0) throw noData();
  const values = await storedValues(db);
  const [version, asOf, firstAt, customers, events, interests, comments, numericIds, distributed, keyed] =
    state.rows[0];
  const rows: Record<ViewName, number> = {
    customers: customers as number,
    events: events as number,
    interests: interests as number,
  };
  const view = (name: ViewName) => ({
    comment: (comments as Record<string, string>)[name] ?? "",
    rows: rows[name],
    columns: columns.rows
      .filter((row) => row[0] === name)
      .map(
        (row): Column => ({
          name: row[1] as string,
          type: TYPES[row[2] as string] ?? "text",
          comment: row[3] as string,
          // Columns without statistics are derived and never blank as a whole.
          filled: (row[4] as number) < 0 ? rows[name] : (row[4] as number),
          distinct: row[5] as number | null,
          values: row[5] === null ? null : (values.get(`${name}.${String(row[1])}`) ?? []),
          min: row[6] as string | null,
          max: row[7] as string | null,
        }),
      ),
  });
  return {
    views: { customers: view("customers"), events: view("events"), interests: view("interests") },
    eventTypes: values.get("events.event_type") ?? [],
    firstEventAt: firstAt as string | null,
    lastEventAt: asOf as string | null,
    numericIds: numericIds === true,
    version: version as number,
    ...(distributed === true && { distributed }),
    ...(keyed === true && { keyed }),
  };
}

async function storedValues(db: Queryable): Promise<Map<string, StoredValue[]>> {
  // One row a column: some ten thousand values arrive several times faster than as rows of their own.
  const { rows } = await db.query(
    `select view || '.' || name, json_agg(json_build_array(value, rows) order by rows desc, value)
     from app.stored_values group by 1`,
  );
  return new Map(
    rows.map((row) => [
      row[0] as string,
      (row[1] as unknown as [string, number][]).map(([value, n]) => ({ value, rows: n })),
    ]),
  );
}
