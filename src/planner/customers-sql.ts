import type { Catalogue } from "../criteria/catalogue.js";
import { compileCriteria } from "../criteria/compile.js";
import type { Criteria } from "../criteria/schema.js";
import { asLargeSql, dimensionSql, groupedSql, type MeasureSql } from "./grouping-sql.js";
import type { GroupsQuery, Query, Statistic } from "./query.js";
import { literal } from "./sql-literal.js";

/** What a statement is composed for. */
export interface SqlContext {
  catalogue: Catalogue;
  asOf: string;
  asOfGiven: boolean;
}

export const isEveryone = (criteria: Criteria): boolean => Object.keys(criteria).length === 0;

/** A parameterised expression with its parameters written out, so that the statement can be read, shown and run as it is. */
export function inline(sql: string, params: readonly unknown[]): string {
  return sql.replace(/\$(\d+)/g, (_, n) => literal(params[Number(n) - 1]));
}

/** The criteria as a condition on audience.customers c. */
export function conditionOf(criteria: Criteria, context: SqlContext): string {
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

function statisticSql(statistic: Statistic | "count", column: string | undefined): MeasureSql {
  if (statistic === "count" || column === undefined) return { sql: "count(*)", name: "customers" };
  return { sql: aggregate(statistic, `c."${column}"`), name: `${statistic}_${column}` };
}

export function aggregate(statistic: Statistic, of: string): string {
  return statistic === "median" ? `percentile_cont(0.5) within group (order by ${of})` : `${statistic}(${of})`;
}

export function statisticOfSql(statistic: Statistic, column: string, customers: Criteria, context: SqlContext): string {
  const { sql, name } = statisticSql(statistic, column);
  return `select ${sql} as "${name}", count(c."${column}") as customers from audience.customers c where ${conditionOf(customers, context)}`;
}

/** Everyone who has the largest value of the column, or the smallest. */
export function mostSql({ column, least }: { column: string; least: boolean }, context: SqlContext): string {
  const shown = [...new Set([...namesOf(context), column])];
  return (
    `select c.customer_id, ${shown.map((name) => `c."${name}"`).join(", ")} from audience.customers c ` +
    `where c."${column}" = (select ${least ? "min" : "max"}("${column}") from audience.customers) ` +
    `order by ${idOrder("c", context)}`
  );
}

export function distinctSql(column: string, customers: Criteria, context: SqlContext): string {
  return `select count(distinct c."${column}") as "${column}" from audience.customers c where ${conditionOf(customers, context)}`;
}

export function groupsSql(query: GroupsQuery, context: SqlContext): string {
  return groupedSql(query.groups, groupsMeasure(query, context), customersFrom(query.customers, context));
}

function groupsMeasure({ statistic, column, part }: GroupsQuery, context: SqlContext): MeasureSql {
  if (!part) return statisticSql(statistic, column);
  return {
    sql: `100.0 * count(*) filter (where ${conditionOf(part, context)}) / nullif(count(*), 0)`,
    name: "percent_of_group",
  };
}

/** How many groups are at least as large as the last one shown. */
export function groupsAsLargeSql(query: GroupsQuery, last: unknown, context: SqlContext): string {
  return asLargeSql(query.groups, groupsMeasure(query, context), customersFrom(query.customers, context), last);
}

/** The same over all groups together. */
export function groupsTotalSql(query: GroupsQuery, context: SqlContext): string {
  const { sql, name } = groupsMeasure(query, context);
  return `select ${sql} as "${name}" from ${customersFrom(query.customers, context)}`;
}

function customersFrom(customers: Criteria, context: SqlContext): string {
  return `audience.customers c where ${conditionOf(customers, context)}`;
}

/** The largest of every group, equals sharing a place: "top 2 customers per country by total spent". */
export function topInEachSql(query: Extract<Query, { kind: "top in each" }>, context: SqlContext): string {
  const { sql, name, label } = dimensionSql(query.by);
  const shown = [...namesOf(context).filter((column) => column !== name && column !== query.column), query.column];
  const list = shown.map((column) => `c."${column}"`).join(", ");
  return (
    `select ${label("g")} as "${name}", customer_id, ${shown.map((column) => `"${column}"`).join(", ")} from (` +
    `select ${sql} as g, c.customer_id, ${list}, rank() over (partition by ${sql} order by c."${query.column}" desc nulls last) as place ` +
    `from audience.customers c where ${sql} is not null and ${conditionOf(query.customers, context)}) t ` +
    `where place <= ${query.top} order by g, place, ${idOrder("t", context)}`
  );
}

/** Columns that name a customer. */
export function namesOf({ catalogue }: SqlContext): string[] {
  return ["first_name", "last_name", "country"].filter((name) =>
    catalogue.views.customers.columns.some((c) => c.name === name && c.filled > 0),
  );
}

/** Order of customers: by number where all ids are numbers. */
export function idOrder(of: string, { catalogue }: SqlContext): string {
  return catalogue.numericIds ? `${of}.customer_id::bigint` : `${of}.customer_id collate "C"`;
}
