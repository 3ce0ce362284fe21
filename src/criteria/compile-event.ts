import { AppError } from "../lib/errors.js";
import { type Catalogue, type Column, findColumn } from "./catalogue.js";
import { compileNumberTest, compileTest, identifier, parameter } from "./compile-test.js";
import { boundsOf, instant } from "./instant.js";
import { customerColumns, sameCustomer } from "./same-customer.js";
import { allowsNone, type EventCondition, isAtLeastOnce, isNever, whereTest } from "./schema.js";

/** What a compilation refers to; parameters are appended to `params`, so that several parts can share one statement. */
export interface CompileContext {
  catalogue: Catalogue;
  /** ISO 8601 UTC. */
  asOf: string;
  /** Whether as_of was given: later events are then left out. Else it is the newest event, and there are none. */
  asOfGiven: boolean;
  params: unknown[];
  /** Alias of audience.customers in the statement, default "c". */
  alias?: string;
  /** Whether the alias is of app.customers, which has keys: then events are found by them, in app.keyed_events. */
  keyed?: boolean;
  /** Weight of each event type for the engagement level; default purchase 3, add_to_cart 2, view 1. */
  weights?: Readonly<Record<string, number>>;
}

/** SQL of the customers (`alias`) that meet an event condition; never null. */
export function compileEvent(condition: EventCondition, alias: string, context: CompileContext): string {
  const filter = compileEventFilter(condition, context);
  if (isAtLeastOnce(condition) || isNever(condition)) {
    const exists = `exists (select 1 from ${eventsOf(context)} e where ${own("e", alias, context)} and ${filter})`;
    return isNever(condition) ? `not ${exists}` : exists;
  }
  // Nobody without events stands in a group: where none is enough, the groups that fail are excluded instead.
  const none = allowsNone(condition);
  const { key, having } = groupingOf(condition, context);
  const ids = context.keyed ? "e.customer_key" : customerColumns("e", context.catalogue);
  const somebodys = context.keyed ? "e.customer_key <> 0" : "e.customer_id is not null";
  const groups =
    `select ${ids} from ${eventsOf(context)} e where ${somebodys} and ${filter}${notBlank(key)} ` +
    `group by ${ids}${key === undefined ? "" : `, ${key}`} having ${none ? `not (${having})` : having}`;
  return `${none ? "not " : ""}exists (select 1 from (${groups}) g where ${own("g", alias, context)})`;
}

function eventsOf({ keyed }: CompileContext): string {
  return keyed ? "app.keyed_events" : "audience.events";
}

function own(a: string, b: string, { keyed, catalogue }: CompileContext): string {
  return keyed ? `${a}.customer_key = ${b}.customer_key` : sameCustomer(a, b, catalogue);
}

/**
 * SQL of the evidence of those of `ids` who meet an event condition: customer_id, the number of events that met it (of
 * distinct values where the condition counts those; of `same`, in all groups that are enough) and the time of the last.
 */
export function compileEvidence(condition: EventCondition, ids: readonly string[], context: CompileContext): string {
  const filter = `e.customer_id = any(${parameter(context.params, ids, "text[]")}) and ${compileEventFilter(condition, context)}`;
  const { key, counted, having } = groupingOf(condition, context);
  const groups =
    `select e.customer_id, count(${counted}) as n, max(e.event_time) as last from audience.events e ` +
    `where ${filter}${notBlank(key)} group by e.customer_id${key === undefined ? "" : `, ${key}`} having ${having}`;
  return `select customer_id, sum(n)::bigint, max(last) from (${groups}) g group by customer_id`;
}

function groupingOf(condition: EventCondition, context: CompileContext) {
  const { same, count } = condition;
  return {
    key: same === undefined ? undefined : keyOf(same, "e", context.catalogue),
    counted: count?.distinct === undefined ? "*" : `distinct ${keyOf(count.distinct, "e", context.catalogue)}`,
    having: compileHaving(condition, context),
  };
}

function notBlank(key: string | undefined): string {
  return key === undefined ? "" : ` and ${key} is not null`;
}

/**
 * SQL of the events, alias e of audience.events, that an event condition speaks of: type, where, period and what did
 * not follow; without its counts.
 */
export function compileEventFilter(condition: EventCondition, context: CompileContext): string {
  const { catalogue, params, asOf, asOfGiven } = context;
  const parts: string[] = [];
  const types = typeof condition.event === "string" ? [condition.event] : condition.event;
  if (!types.includes("any")) {
    const [only] = types;
    parts.push(
      types.length === 1
        ? `e.event_type = ${parameter(params, only, "text")}`
        : `e.event_type = any(${parameter(params, types, "text[]")})`,
    );
  }
  for (const [name, entry] of Object.entries(condition.where ?? {})) {
    const column = eventColumn(name, catalogue);
    parts.push(compileTest(`e.${identifier(column.name)}`, column, whereTest(entry), params));
  }
  const { after, from, to } = condition.within === undefined ? {} : boundsOf(condition.within, asOf);
  if (after !== undefined) parts.push(`e.event_time > ${parameter(params, after, "timestamptz")}`);
  if (from !== undefined) parts.push(`e.event_time >= ${parameter(params, from, "timestamptz")}`);
  if (to !== undefined) parts.push(`e.event_time < ${parameter(params, to, "timestamptz")}`);
  const known = (alias: string): string =>
    asOfGiven ? ` and ${alias}.event_time <= ${parameter(params, instant(asOf), "timestamptz")}` : "";
  if (asOfGiven) parts.push(known("e").slice(" and ".length));
  if (condition.not_followed_by !== undefined) {
    const type = parameter(params, condition.not_followed_by, "text");
    // Events that name no product are of the same, unknown one: else a file without products had no purchases after.
    const product = (alias: string): string => `coalesce(${keyOf("product", alias, catalogue)}, '')`;
    parts.push(
      `not exists (select 1 from ${eventsOf(context)} f where ${own("f", "e", context)} and f.event_type = ${type} ` +
        `and f.event_time > e.event_time and ${product("f")} = ${product("e")}${known("f")})`,
    );
  }
  return parts.length === 0 ? "true" : parts.join(" and ");
}

function compileHaving({ count, sum, avg }: EventCondition, { catalogue, params }: CompileContext): string {
  const parts: string[] = [];
  if (count !== undefined) {
    const counted = count.distinct === undefined ? "*" : `distinct ${keyOf(count.distinct, "e", catalogue)}`;
    parts.push(compileNumberTest(`count(${counted})`, count, params));
  }
  if (sum !== undefined) {
    const field = identifier(eventColumn(sum.field, catalogue).name);
    parts.push(compileNumberTest(`coalesce(sum(e.${field}), 0)`, sum, params));
  }
  if (avg !== undefined) {
    const average = `avg(e.${identifier(eventColumn(avg.field, catalogue).name)})`;
    // The average of blanks is none, and meets no test.
    parts.push(`(${average} is not null and ${compileNumberTest(average, avg, params)})`);
  }
  return parts.length === 0 ? "true" : parts.join(" and ");
}

/** What tells one "product" (its id, else its name), "order" or value of a column from another. */
function keyOf(key: string, alias: string, catalogue: Catalogue): string {
  if (key !== "product")
    return `${alias}.${identifier(eventColumn(key === "order" ? "order_id" : key, catalogue).name)}`;
  const names = ["product_id", "product_name"].filter((name) => findColumn(catalogue, "events", name));
  if (names.length === 0) throw new AppError("usage", "The events name no product.");
  return `coalesce(${names.map((name) => `${alias}.${identifier(name)}::text`).join(", ")})`;
}

function eventColumn(name: string, catalogue: Catalogue): Column {
  const column = findColumn(catalogue, "events", name);
  if (column === undefined) throw new AppError("usage", `Unknown column of events ${JSON.stringify(name)}.`);
  return column;
}
