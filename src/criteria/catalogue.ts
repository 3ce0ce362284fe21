/** The type of a view's column. timestamp is UTC with time zone. */
export type ColumnType = "integer" | "bigint" | "numeric" | "boolean" | "date" | "timestamp" | "text";

/** A value that stands in a column, with the number of rows that hold it. */
export interface StoredValue {
  value: string;
  rows: number;
}

export interface Column {
  name: string;
  type: ColumnType;
  /** The column's COMMENT in the database. */
  comment: string;
  /** Rows in which the column is not blank. */
  filled: number;
  /** Number of distinct values; null where it is not kept (ids, times, derived columns). */
  distinct: number | null;
  /** Every distinct value, most frequent first, where it is text (or few distinct values); null where they are not kept. */
  values: readonly StoredValue[] | null;
  /** Smallest and largest value of numbers, dates and times, as text; null without rows. */
  min: string | null;
  max: string | null;
}

export type ViewName = "customers" | "events" | "interests";

/** What the data knows: read live from the database, so that a new column works without a code change. */
export interface Catalogue {
  views: Record<ViewName, { comment: string; rows: number; columns: readonly Column[] }>;
  /** The event types that occur, most frequent first. */
  eventTypes: readonly StoredValue[];
  /** Time of the oldest and the newest event, ISO 8601 UTC; null without events. */
  firstEventAt: string | null;
  lastEventAt: string | null;
  /** Whether every customer id is a number: then ids are ordered as numbers. */
  numericIds: boolean;
  /** Grows with each change of the data: a cache key. */
  version: number;
  /** Whether the tables are spread over nodes by customer_key: views have it then, and joins need it beside customer_id. */
  distributed?: true;
  /** Whether events can be read with the keys of their customers (app.keyed_events): not before a load by this version. */
  keyed?: true;
}

export function findColumn(catalogue: Catalogue, view: ViewName, name: string): Column | undefined {
  return catalogue.views[view].columns.find((c) => c.name === name);
}
