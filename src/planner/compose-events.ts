import { sayCriteria } from "../criteria/say.js";
import { sayEventCondition } from "../criteria/say-event.js";
import type { SqlContext } from "./customers-sql.js";
import { isCustomerDimension } from "./dimensions.js";
import {
  asManySql,
  eventShareSql,
  eventsAsLargeSql,
  eventsLeftOutSql,
  eventsSql,
  eventsTotalSql,
  isByCustomer,
  momentSql,
} from "./events-sql.js";
import { cell, customersWord, cutOf, figure, type Plan, STATISTICS, sayGrouping, sqlCall, tellTable } from "./plan.js";
import type { EventsQuery, Query } from "./query.js";

export function composeEvents(query: EventsQuery, context: SqlContext): Plan {
  const measure = measureName(query);
  const of = sayEvents(query, context);
  const call = sqlCall(eventsSql(query, context));
  if (isByCustomer(query)) return composeBuyers(query, context);
  if (query.groups) {
    const { groups } = query;
    const whole = groups.top === undefined && !groups.having;
    return {
      call,
      // A group without such events is no row, and so not the lowest.
      reading: `${measure} ${sayGrouping(groups)}${groups.ascending ? ", of those with any" : ""}: ${of}`,
      criteria: query,
      ...(whole && { total: sqlCall(eventsTotalSql(query, context)) }),
      ...(whole && ofEveryone(query) && { leftOut: sqlCall(eventsLeftOutSql(query, context)) }),
      ...cutOf(groups, (last) => sqlCall(eventsAsLargeSql(query, last, context))),
      tell: tellTable(measure, groups),
    };
  }
  return {
    call,
    reading: `${measure}: ${of}`,
    criteria: query,
    tell: (outcome) => {
      const kind = query.measure.statistic === "count" ? "count" : "number";
      // An average of nothing is no number.
      const value = (outcome.rows[0]?.[0] ?? null) === null ? null : cell(outcome, 0);
      if (value === null) return { kind, value, answer: `There is no ${measure}: no such events (${of}).` };
      const told = figure(value);
      return {
        kind,
        value,
        answer: kind === "count" ? `${told} ${measure.replace(/^number of /, "")}.` : `The ${measure} is ${told}.`,
      };
    },
  };
}

/** Whether the groups are of customers, and all events are meant. */
function ofEveryone({ groups, customers }: EventsQuery): boolean {
  return groups?.by.some(isCustomerDimension) === true && Object.keys(customers).length === 0;
}

/** Customers with the most of something that they did. */
function composeBuyers(query: EventsQuery, context: SqlContext): Plan {
  const measure = measureName(query);
  const of = sayEvents(query, context);
  const top = query.groups?.top ?? 1;
  return {
    call: sqlCall(eventsSql(query, context)),
    reading: `the ${top === 1 ? "customer" : `${top} customers`} with the highest ${measure}: ${of}`,
    criteria: query,
    cut: { column: "", top, others: (last) => sqlCall(asManySql(query, last, context)) },
    tell: ({ total }) => ({
      kind: "customers",
      value: null,
      answer:
        total === 0
          ? `No customer: ${of}.`
          : `${figure(total)} ${customersWord(total)} with the highest ${measure}: ${of}.`,
    }),
  };
}

/** "share of revenue that comes from women" */
export function composeEventShare(query: Extract<Query, { kind: "event share" }>, context: SqlContext): Plan {
  const measure = measureName(query.of);
  const of = sayEvents(query.of, context);
  const part = sayEvents(query.part, context);
  return {
    call: sqlCall(eventShareSql(query.of, query.part, context)),
    reading: `share of the ${measure} (${of}) that falls to: ${part}`,
    criteria: { of: query.of, part: query.part },
    tell: (outcome) => {
      const value = (outcome.rows[0]?.[2] ?? null) === null ? null : cell(outcome, 2);
      const answer =
        value === null
          ? `There are no such events (${of}), so there is no share.`
          : `${value.toFixed(1)}% of the ${measure} (${figure(cell(outcome, 0))} of ${figure(cell(outcome, 1))}).`;
      return { kind: "number", value, answer };
    },
  };
}

/** "when was the last purchase" */
export function composeMoment(query: Extract<Query, { kind: "moment" }>, context: SqlContext): Plan {
  const of = sayEvents(query.events, context);
  return {
    call: sqlCall(momentSql(query.which, query.events, context)),
    reading: `when for the ${query.which} time: ${of}`,
    criteria: query.events,
    tell: ({ rows }) => {
      const at = rows[0]?.[0] ?? null;
      const told = at === null ? "" : new Date(String(at)).toISOString().slice(0, 19).replace("T", " ");
      const answer = at === null ? `Never: ${of}.` : `${told} UTC, for the ${query.which} time: ${of}.`;
      return { kind: "table", value: null, answer };
    },
  };
}

/** Which events, of whom. */
function sayEvents(query: EventsQuery, { catalogue }: SqlContext): string {
  const conditions = (query.where.length > 0 ? query.where : [{}]).map((where) =>
    sayEventCondition({
      event: query.measure.event,
      ...(Object.keys(where).length > 0 && { where }),
      ...(query.within && { within: query.within }),
    }),
  );
  const who =
    Object.keys(query.customers).length > 0 ? `, by customers: ${sayCriteria(query.customers, catalogue)}` : "";
  return `${conditions.join(" or ")}${who}`;
}

function measureName({ measure }: EventsQuery): string {
  const { of, statistic, event, column } = measure;
  if (of === "customers") return "number of customers";
  if (of === "orders") return "number of orders";
  if (of === "units") return event === "purchase" ? "number of units sold" : `number of units of ${event} events`;
  if (of === "order value") return "average order value";
  if (of === "distinct") return `number of different values of ${column}`;
  if (of === "events" || statistic === "count") return `number of ${event === "any" ? "events" : `${event} events`}`;
  if (of === "amount" && statistic === "sum") return "revenue";
  return `${STATISTICS[statistic]} ${of === "amount" ? "amount of a purchase" : of}`;
}
