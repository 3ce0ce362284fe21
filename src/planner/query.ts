import type { Criteria, Where, Within } from "../criteria/schema.js";

/** By what rows are grouped: a column, or a period of the event's time, or bands of a number. */
export type Dimension =
  | { kind: "column"; view: "customers" | "events"; column: string }
  | { kind: "band"; column: string; width: number }
  | { kind: "time"; unit: "hour" | "day" | "weekday" | "week" | "month" | "quarter" | "year" };

export type Statistic = "avg" | "sum" | "median" | "min" | "max";

/** What is measured of events. */
export interface EventMeasure {
  /** "order value" is revenue by order; "units" pieces, where a line without a quantity is one; "distinct": different values of `column`; "product" is its id, else its name. */
  of: "events" | "orders" | "amount" | "price" | "order value" | "units" | "distinct";
  statistic: "count" | "sum" | "avg";
  event: string;
  column?: string;
}

/** A question about events: what is measured, of which events, of which customers. */
export interface EventsQuery {
  kind: "events";
  measure: EventMeasure;
  where: readonly Record<string, Where[string]>[];
  within: Within | undefined;
  /** Everyone ({}) includes anonymous events; any condition leaves them out. */
  customers: Criteria;
  by: Dimension | undefined;
  top: number | undefined;
}

/** A question about customers as groups. */
export interface GroupsQuery {
  kind: "groups";
  statistic: "count" | Statistic;
  /** For every statistic but count. */
  column: string | undefined;
  by: Dimension;
  customers: Criteria;
  top: number | undefined;
}

/** What a question asks for, with every meaningful word in its place. */
export type Query =
  | { kind: "count"; customers: Criteria }
  | {
      kind: "list";
      customers: Criteria;
      intents: string[];
      columns: string[] | undefined;
      order: { column: string; descending: boolean } | undefined;
      top: number | undefined;
    }
  | { kind: "share"; of: Criteria; part: Criteria }
  | { kind: "statistic"; statistic: Statistic; column: string; customers: Criteria }
  | GroupsQuery
  | EventsQuery
  | { kind: "details"; ids: string[] }
  | { kind: "most"; column: string }
  | { kind: "distinct"; column: string; customers: Criteria }
  | { kind: "describe"; view: string | undefined; column: string | undefined };
