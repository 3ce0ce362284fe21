import type { Catalogue } from "../criteria/catalogue.js";
import { compileCriteria } from "../criteria/compile.js";
import { compileEventFilter } from "../criteria/compile-event.js";
import type { Criteria, EventCondition } from "../criteria/schema.js";
import type { Dimension, EventMeasure, EventsQuery, GroupsQuery, Statistic } from "./query.js";

/** What a statement is composed for. */
export interface SqlContext {
  catalogue: Catalogue;
  asOf: string;
  asOfGiven: boolean;
}

const isEveryone = (criteria: Criteria): boolean => Object.keys(criteria).length === 0;

/** A parameterised expression with its parameters written out, so that the statement can be read, shown and run as it is. */
function inline(sql: string, params: readonly unknown[]): string {
  return sql.replace(/\$(\d+)/g, (_, n) => literal(params[Number(n) - 1]));
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number" || typeof value === "boolean") return `'${value}'`;
  if (Array.isArray(value)) return `array[${value.map(literal).join(", ")}]`;
  const text = String(value);
  return text.includes("\\")
    ? ` E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`;
}

/** The criteria as a condition on audience.customers c. */
function conditionOf(criteria: Criteria, context: SqlContext): string {
  const params: unknown[] = [];
  return inline(compileCriteria(criteria, { ...context, params }), params);
}

export function countSql(customers: Criteria, context: SqlContext): string {
  return `select count(*) as customers from audience.customers c where ${conditionOf(customers, context)}`;
}

/** Percent of the group that is in the part too. */
export function shareSql(of: Criteria, part: Criteria, context: SqlContext): string {
  return (
    `select count(*) filter (where ${conditionOf(part, context)}) as part, count(*) as whole, ` +
    `100.0 * count(*) filter (where ${conditionOf(part, context)}) / nullif(count(*), 0) as percent ` +
    `from audience.customers c where ${conditionOf(of, context)}`
  );
}

/** How many customers there would be without each of the conditions. */
export function withoutEachSql(conditions: readonly Criteria[], context: SqlContext): string {
  const counts = conditions.map((_, i) => {
    const others = conditions.filter((_, k) => k !== i).map((c) => conditionOf(c, context));
    return `count(*) filter (where ${others.join(" and ")}) as without_${i + 1}`;
  });
  return `select ${counts.join(", ")} from audience.customers c`;
}

/** How many of the customers have each of the columns blank. */
export function blanksSql(customers: Criteria, columns: readonly string[], context: SqlContext): string {
  const counts = columns.map((column) => `count(*) filter (where c."${column}" is null) as "${column}"`);
  return `select ${counts.join(", ")} from audience.customers c where ${conditionOf(customers, context)}`;
}

/** How many of the customers have this value in the column. */
export function sameValueSql(customers: Criteria, column: string, value: unknown, context: SqlContext): string {
  return `select count(*) as n from audience.customers c where ${conditionOf(customers, context)} and c."${column}" = ${literal(value)}`;
}

function statisticSql(statistic: Statistic | "count", column: string | undefined): { sql: string; name: string } {
  if (statistic === "count" || column === undefined) return { sql: "count(*)", name: "customers" };
  const of = `c."${column}"`;
  const sql = statistic === "median" ? `percentile_cont(0.5) within group (order by ${of})` : `${statistic}(${of})`;
  return { sql, name: `${statistic}_${column}` };
}

export function statisticOfSql(statistic: Statistic, column: string, customers: Criteria, context: SqlContext): string {
  const { sql, name } = statisticSql(statistic, column);
  return `select ${sql} as "${name}", count(c."${column}") as customers from audience.customers c where ${conditionOf(customers, context)}`;
}

/** Everyone who has the largest value of the column. */
export function mostSql(column: string, { catalogue }: SqlContext): string {
  const shown = ["first_name", "last_name", "country", column].filter((name) =>
    catalogue.views.customers.columns.some((c) => c.name === name && c.filled > 0),
  );
  return (
    `select c.customer_id, ${shown.map((name) => `c."${name}"`).join(", ")} from audience.customers c ` +
    `where c."${column}" = (select max("${column}") from audience.customers) ` +
    `order by ${catalogue.numericIds ? "c.customer_id::bigint" : 'c.customer_id collate "C"'}`
  );
}

export function distinctSql(column: string, customers: Criteria, context: SqlContext): string {
  return `select count(distinct c."${column}") as "${column}" from audience.customers c where ${conditionOf(customers, context)}`;
}

export function groupsSql(query: GroupsQuery, context: SqlContext): string {
  const { sql, name } = statisticSql(query.statistic, query.column);
  const by = dimensionSql(query.by);
  return grouped(
    by,
    `${sql} as "${name}"`,
    name,
    `audience.customers c where ${conditionOf(query.customers, context)}`,
    query.top,
  );
}

/** Events of the type, values and period; the condition on e of one statement. */
function eventsWhere(query: EventsQuery, context: SqlContext): string {
  const each = (query.where.length > 0 ? query.where : [{}]).map((where) => {
    const condition: EventCondition = {
      event: query.measure.event,
      ...(Object.keys(where).length > 0 && { where }),
      ...(query.within && { within: query.within }),
    };
    const params: unknown[] = [];
    return inline(compileEventFilter(condition, { ...context, params }), params);
  });
  return each.length === 1 ? (each[0] as string) : `(${each.map((e) => `(${e})`).join(" or ")})`;
}

function measureSql({ of, statistic, column }: EventMeasure): { sql: string; name: string } {
  if (of === "orders") return { sql: "count(distinct e.order_id)", name: "orders" };
  if (of === "distinct") {
    const key = column === "product" ? "coalesce(e.product_id, e.product_name)" : `e."${column}"`;
    return { sql: `count(distinct ${key})`, name: `${column}s` };
  }
  if (of === "units") return { sql: "coalesce(sum(coalesce(e.quantity, 1)), 0)", name: "units" };
  if (of === "price") return { sql: `${statistic}(e.price)`, name: `${statistic}_price` };
  if (of === "order value")
    return { sql: "sum(e.amount) / nullif(count(distinct e.order_id), 0)", name: "order_value" };
  if (of === "amount" && statistic === "avg") return { sql: "avg(e.amount)", name: "avg_amount" };
  if (of === "amount") return { sql: `coalesce(${statistic}(e.amount), 0)`, name: "revenue" };
  return { sql: "count(*)", name: "events" };
}

export function eventsSql(query: EventsQuery, context: SqlContext): string {
  const { sql, name: column } = measureSql(query.measure);
  const name =
    query.measure.of === "events" ? (query.measure.event === "any" ? "events" : `${query.measure.event}s`) : column;
  const byCustomer =
    query.by !== undefined && query.by.kind !== "time" && !(query.by.kind === "column" && query.by.view === "events");
  const everyone = isEveryone(query.customers);
  const condition = eventsWhere(query, context);
  const inside = `e.customer_id in (select c.customer_id from audience.customers c where ${conditionOf(query.customers, context)})`;
  const from = byCustomer
    ? `audience.events e join audience.customers c on c.customer_id = e.customer_id where ${condition}${everyone ? "" : ` and ${conditionOf(query.customers, context)}`}`
    : `audience.events e where ${condition}${everyone ? "" : ` and ${inside}`}`;
  if (!query.by) return `select ${sql} as "${name}" from ${from}`;
  return grouped(dimensionSql(query.by), `${sql} as "${name}"`, name, from, query.top);
}

interface GroupSql {
  sql: string;
  name: string;
  /** Sorted by itself: periods and bands have an order of their own. */
  natural: boolean;
  label?: string;
}

function dimensionSql(by: Dimension): GroupSql {
  if (by.kind === "column") {
    return { sql: `${by.view === "customers" ? "c" : "e"}."${by.column}"`, name: by.column, natural: false };
  }
  if (by.kind === "band") {
    const low = `floor(c."${by.column}" / ${by.width}.0)::int * ${by.width}`;
    return { sql: low, name: `${by.column}_band`, natural: true, label: `g || '-' || (g + ${by.width - 1})` };
  }
  const time = "(e.event_time at time zone 'UTC')";
  if (by.unit === "weekday") {
    return {
      sql: `extract(isodow from ${time})::int`,
      name: "weekday",
      natural: true,
      label: "(array['Monday','Tuesday','Wednesday','Thursday','Friday','Saturday','Sunday'])[g]",
    };
  }
  const formats: Record<string, string> = {
    hour: "HH24:00",
    day: "YYYY-MM-DD",
    week: 'IYYY-"W"IW',
    month: "YYYY-MM",
    quarter: 'YYYY-"Q"Q',
    year: "YYYY",
  };
  return { sql: `to_char(${time}, '${formats[by.unit]}')`, name: by.unit, natural: true };
}

/** Groups: periods and bands in their own order, others largest first, ties by name; blanks form the last row. */
function grouped(by: GroupSql, measure: string, name: string, from: string, top: number | undefined): string {
  const order = by.natural ? "g" : `"${name}" desc nulls last, g`;
  const label = by.label ?? "g::text";
  return (
    `select coalesce(${label}, '(none)') as "${by.name}", "${name}" from (select ${by.sql} as g, ${measure} from ${from} group by 1) t` +
    `${top === undefined ? "" : " where g is not null"} order by (g is null), ${order}${top === undefined ? "" : ` limit ${top}`}`
  );
}
