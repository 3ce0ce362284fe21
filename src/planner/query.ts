import type { Criteria, Where, Within } from "../criteria/schema.js";
import type { NumberTest } from "./numbers.js";

/**
 * By what rows are grouped: a column, perhaps with an order of its values (brackets); a period of the event's time or of a
 * date of customers; bands of a number.
 */
export type Dimension =
  | { kind: "column"; view: "customers" | "events"; column: string; order?: readonly string[] }
  | { kind: "band"; column: string; width: number }
  | { kind: "time"; unit: "hour" | "day" | "weekday" | "week" | "month" | "quarter" | "year"; column?: string };

export type Statistic = "avg" | "sum" | "median" | "min" | "max";

/** How groups are formed and which of them are kept. */
export interface Grouping {
  /** One dimension, or two: "by month and category". */
  by: readonly Dimension[];
  /** Most groups; with `each`, most groups of the second dimension in each of the first. */
  top?: number | undefined;
  each?: true;
  /** The smallest instead of the largest. */
  ascending?: true;
  /** Largest first, also where the groups have an order of their own. */
  ranked?: true;
  /** Only groups whose measure passes: "more than 1000 purchases". */
  having?: NumberTest | undefined;
  /** Two groups that are set against each other. */
  pair?: true;
  /** Also each group's percent of all of them together. */
  share?: true;
}

/** What is measured of events. "customers": those of the CRM who did it. */
export interface EventMeasure {
  /** "order value" is revenue by order; "units" pieces, where a line without a quantity is one; "distinct": different values of `column`; "product" is its id, else its name. */
  of: "events" | "customers" | "orders" | "amount" | "price" | "quantity" | "order value" | "units" | "distinct";
  statistic: "count" | Statistic;
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
  /** Undefined: one number. */
  groups: Grouping | undefined;
}

/** A question about customers as groups. */
export interface GroupsQuery {
  kind: "groups";
  statistic: "count" | Statistic;
  /** For every statistic but count. */
  column: string | undefined;
  groups: Grouping;
  customers: Criteria;
  /** Instead of the statistic: the percent of each group that is in this part, too. */
  part?: Criteria;
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
  | { kind: "event share"; of: EventsQuery; part: EventsQuery }
  | { kind: "comparison"; parts: { label: string; query: Query }[]; difference: boolean }
  | { kind: "moment"; which: "first" | "last"; events: EventsQuery }
  | { kind: "top in each"; column: string; by: Dimension; top: number; customers: Criteria }
  | { kind: "statistic"; statistic: Statistic; column: string; customers: Criteria }
  | GroupsQuery
  | EventsQuery
  | { kind: "details"; ids: string[] }
  | { kind: "look-alikes"; ids: string[]; top: number | undefined }
  | { kind: "most"; column: string; least: boolean }
  | { kind: "distinct"; column: string; customers: Criteria }
  | { kind: "describe"; view: string | undefined; column: string | undefined };
