import { compileEventFilter } from "../criteria/compile-event.js";
import { sameCustomer } from "../criteria/same-customer.js";
import type { EventCondition } from "../criteria/schema.js";
import { aggregate, conditionOf, idOrder, inline, isEveryone, namesOf, type SqlContext } from "./customers-sql.js";
import { isCustomerDimension } from "./dimensions.js";
import { asLargeSql, groupedSql, type MeasureSql } from "./grouping-sql.js";
import type { EventMeasure, EventsQuery } from "./query.js";
import { literal } from "./sql-literal.js";

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

/** `filter`: of part of the rows, as " filter (where ...)". */
function measureSql({ of, statistic, column, event }: EventMeasure, filter = ""): MeasureSql {
  if (of === "customers") return { sql: `count(distinct e.customer_id)${filter}`, name: "customers" };
  if (of === "orders") return { sql: `count(distinct e.order_id)${filter}`, name: "orders" };
  if (of === "distinct") {
    const key = column === "product" ? "coalesce(e.product_id, e.product_name)" : `e."${column}"`;
    return { sql: `count(distinct ${key})${filter}`, name: `${column}s` };
  }
  // Of what came back files hold the quantity with either sign.
  if (of === "units" && event !== "purchase") {
    return { sql: `coalesce(sum(abs(coalesce(e.quantity, 1)))${filter}, 0)`, name: "units" };
  }
  if (of === "units") return { sql: `coalesce(sum(coalesce(e.quantity, 1))${filter}, 0)`, name: "units" };
  if (of === "order value") {
    return { sql: `sum(e.amount)${filter} / nullif(count(distinct e.order_id)${filter}, 0)`, name: "order_value" };
  }
  if (of === "events" || statistic === "count") {
    return { sql: `count(*)${filter}`, name: event === "any" ? "events" : `${event}s` };
  }
  if (of === "amount" && statistic === "sum") return { sql: `coalesce(sum(e.amount)${filter}, 0)`, name: "revenue" };
  return { sql: `${aggregate(statistic, `e.${of}`)}${filter}`, name: `${statistic}_${of}` };
}

/** The rows that an events query is about; joined with their customers where it groups by them. */
function eventsFrom(query: EventsQuery, context: SqlContext): string {
  const condition = eventsWhere(query, context);
  const of = conditionOf(query.customers, context);
  if (query.groups?.by.some(isCustomerDimension)) {
    return `audience.events e join audience.customers c on ${sameCustomer("c", "e", context.catalogue)} where ${condition}${isEveryone(query.customers) ? "" : ` and ${of}`}`;
  }
  // Ids that the CRM does not know are no customers.
  const all = isEveryone(query.customers) && query.measure.of !== "customers";
  return `audience.events e where ${condition}${all ? "" : ` and ${ofThese(of)}`}`;
}

function ofThese(condition: string): string {
  return `e.customer_id in (select c.customer_id from audience.customers c where ${condition})`;
}

export function eventsSql(query: EventsQuery, context: SqlContext): string {
  const measure = measureSql(query.measure);
  const from = eventsFrom(query, context);
  if (!query.groups) return `select ${measure.sql} as "${measure.name}" from ${from}`;
  if (isByCustomer(query)) return byCustomerSql(query, measure, from, context);
  return groupedSql(query.groups, measure, from);
}

/** How many groups are at least as large as the last one shown. */
export function eventsAsLargeSql(query: EventsQuery, last: unknown, context: SqlContext): string {
  return asLargeSql(query.groups ?? { by: [] }, measureSql(query.measure), eventsFrom(query, context), last);
}

/** The same over all groups together. */
export function eventsTotalSql(query: EventsQuery, context: SqlContext): string {
  const { sql, name } = measureSql(query.measure);
  return `select ${sql} as "${name}" from ${eventsFrom(query, context)}`;
}

/** The measure over all the events, and over those whose customer is known. */
export function eventsLeftOutSql(query: EventsQuery, context: SqlContext): string {
  const { sql } = measureSql(query.measure);
  const alone = eventsFrom({ ...query, groups: undefined }, context);
  return `select (select ${sql} from ${alone}) as whole, (select ${sql} from ${eventsFrom(query, context)}) as grouped`;
}

/** Whether the groups are customers: a list of them. */
export function isByCustomer({ groups }: EventsQuery): boolean {
  const [by] = groups?.by ?? [];
  return by?.kind === "column" && by.column === "customer_id";
}

function byCustomerSql({ groups }: EventsQuery, measure: MeasureSql, from: string, context: SqlContext): string {
  const names = namesOf(context).map((name) => `c."${name}"`);
  return (
    `select c.customer_id, ${[...names, `${measure.sql} as "${measure.name}"`].join(", ")} from ${from} ` +
    `group by ${["c.customer_id", ...names].join(", ")} order by "${measure.name}" desc nulls last, ${idOrder("c", context)} ` +
    `limit ${groups?.top ?? 1}`
  );
}

/** How many customers have this much or more of the measure: whether others share the last place of a list. */
export function asManySql(query: EventsQuery, least: unknown, context: SqlContext): string {
  const { sql } = measureSql(query.measure);
  return `select count(*) as n from (select 1 from ${eventsFrom(query, context)} group by c.customer_id having ${sql} >= ${literal(least)}) t`;
}

/** Percent of the measure that falls to a part of the events. */
export function eventShareSql(of: EventsQuery, part: EventsQuery, context: SqlContext): string {
  const { sql } = measureSql(of.measure);
  const conditions = [eventsWhere(part, context)];
  if (!isEveryone(part.customers)) conditions.push(ofThese(conditionOf(part.customers, context)));
  const filtered = measureSql(of.measure, ` filter (where ${conditions.join(" and ")})`).sql;
  return `select ${filtered} as part, ${sql} as whole, 100.0 * ${filtered} / nullif(${sql}, 0) as percent from ${eventsFrom(of, context)}`;
}

/** When something happened first or last. */
export function momentSql(which: "first" | "last", events: EventsQuery, context: SqlContext): string {
  return `select ${which === "first" ? "min" : "max"}(e.event_time) as ${which}_at from ${eventsFrom(events, context)}`;
}
