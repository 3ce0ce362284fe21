import type { Catalogue } from "../criteria/catalogue.js";
import { sayCriteria } from "../criteria/say.js";
import { sayEventCondition } from "../criteria/say-event.js";
import type { Criteria } from "../criteria/schema.js";
import type { FinalAnswer, ToolCall, ToolOutcome } from "../model/model.js";
import {
  countSql,
  distinctSql,
  eventsSql,
  groupsSql,
  mostSql,
  type SqlContext,
  shareSql,
  statisticOfSql,
} from "./compose-sql.js";
import type { Dimension, EventsQuery, Query, Statistic } from "./query.js";

/** A typed query as a tool call, what it means in words, and how its result is told. */
export interface Plan {
  call: ToolCall;
  reading: string;
  criteria: unknown;
  /** The audience, where the answer counts or lists customers: what is then worth a note. */
  customers?: Criteria;
  /** The order of a list that is cut after `top`. */
  cut?: { column: string; top: number };
  tell(outcome: ToolOutcome): Pick<FinalAnswer, "kind" | "answer" | "value"> & { warnings?: string[] };
}

const n = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
const customersWord = (count: number): string => (count === 1 ? "customer" : "customers");
const STATISTICS: Record<Statistic, string> = {
  avg: "average",
  sum: "total",
  median: "median",
  min: "lowest",
  max: "highest",
};

export function compose(query: Query, context: SqlContext): Plan {
  const { catalogue } = context;
  const say = (criteria: Criteria) => sayCriteria(criteria, catalogue);
  const sql = (statement: string): ToolCall => ({ tool: "sql_analytics", args: { sql: statement } });
  switch (query.kind) {
    case "count": {
      const reading = say(query.customers);
      return {
        call: sql(countSql(query.customers, context)),
        reading: `number of customers: ${reading}`,
        criteria: query.customers,
        customers: query.customers,
        tell: (outcome) => {
          const value = cell(outcome, 0);
          return { kind: "count", value, answer: `${n(value)} ${customersWord(value)}: ${reading}.` };
        },
      };
    }
    case "share": {
      const part = say(query.part);
      const of = say(query.of);
      return {
        call: sql(shareSql(query.of, query.part, context)),
        reading: `share of customers (${of}) for whom: ${part}`,
        criteria: { of: query.of, part: query.part },
        tell: (outcome) => {
          const whole = cell(outcome, 1);
          const value = whole === 0 ? null : cell(outcome, 2);
          const answer =
            value === null
              ? `Nobody is in the group (${of}), so there is no share.`
              : `${value.toFixed(1)}% (${n(cell(outcome, 0))} of ${n(whole)} customers).`;
          return { kind: "number", value, answer };
        },
      };
    }
    case "statistic": {
      const what = `${STATISTICS[query.statistic]} ${query.column}`;
      const of = say(query.customers);
      return {
        call: sql(statisticOfSql(query.statistic, query.column, query.customers, context)),
        reading: `${what} of customers: ${of}`,
        criteria: query.customers,
        tell: (outcome) => {
          const known = cell(outcome, 1);
          const value = known === 0 ? null : cell(outcome, 0);
          return {
            kind: "number",
            value,
            answer:
              value === null
                ? `No customer (${of}) has a ${query.column}.`
                : `The ${what} is ${n(value)}, over ${n(known)} ${customersWord(known)}.`,
          };
        },
      };
    }
    case "groups": {
      const measure =
        query.statistic === "count" ? "number of customers" : `${STATISTICS[query.statistic]} ${query.column}`;
      const reading = `${measure} by ${dimensionName(query.by)}${topped(query.top)}: ${say(query.customers)}`;
      return {
        call: sql(groupsSql(query, context)),
        reading,
        criteria: query.customers,
        tell: tellTable(measure, query.by),
      };
    }
    case "events":
      return composeEvents(query, context, sql);
    case "list":
      return composeList(query, say);
    case "details":
      return {
        call: { tool: "sql_data_retriever", args: { customer_ids: query.ids } },
        reading: `the records of ${query.ids.length === 1 ? "customer" : "customers"} ${query.ids.join(", ")}`,
        criteria: { attribute: "customer_id", op: "in", value: query.ids },
        tell: ({ total }) => ({
          kind: "table",
          value: null,
          answer:
            total === 0 ? `No customer has the id ${query.ids.join(" or ")}.` : `${n(total)} ${customersWord(total)}.`,
        }),
      };
    case "most":
      return {
        call: sql(mostSql(query.column, context)),
        reading: `everyone with the largest ${query.column}`,
        criteria: {},
        tell: ({ total }) => ({
          kind: "customers",
          value: null,
          answer: `${n(total)} ${customersWord(total)} with the largest ${query.column}.`,
        }),
      };
    case "distinct": {
      const reading = `number of different values of ${query.column} of customers: ${say(query.customers)}`;
      return {
        call: sql(distinctSql(query.column, query.customers, context)),
        reading,
        criteria: query.customers,
        tell: (outcome) => {
          const value = cell(outcome, 0);
          return { kind: "count", value, answer: `${n(value)} different values of ${query.column}.` };
        },
      };
    }
    case "describe": {
      const { view, column } = query;
      return {
        call: { tool: "describe_data", args: { ...(view && { view }), ...(column && { column }) } },
        reading: column ? `the values of ${column} in ${view}` : "the columns of the data",
        criteria: null,
        tell: ({ total }) => ({
          kind: "table",
          value: null,
          answer: `${n(total)} ${column ? `values of ${column}` : "columns"}.`,
        }),
      };
    }
  }
}

function composeEvents(query: EventsQuery, context: SqlContext, sql: (statement: string) => ToolCall): Plan {
  const measure = measureName(query);
  const conditions = (query.where.length > 0 ? query.where : [{}]).map((where) =>
    sayEventCondition({
      event: query.measure.event,
      ...(Object.keys(where).length > 0 && { where }),
      ...(query.within && { within: query.within }),
    }),
  );
  const who =
    Object.keys(query.customers).length > 0 ? `, by customers: ${sayCriteria(query.customers, context.catalogue)}` : "";
  const of = `${conditions.join(" or ")}${who}`;
  const reading = `${measure}${query.by ? ` by ${dimensionName(query.by)}${topped(query.top)}` : ""} of events: ${of}`;
  const call = sql(eventsSql(query, context));
  if (query.by) return { call, reading, criteria: query, tell: tellTable(measure, query.by) };
  return {
    call,
    reading,
    criteria: query,
    tell: (outcome) => {
      const value = cell(outcome, 0);
      const kind = query.measure.statistic === "count" ? "count" : "number";
      return {
        kind,
        value,
        answer:
          kind === "count" ? `${n(value)} ${measure.replace(/^number of /, "")}.` : `The ${measure} is ${n(value)}.`,
      };
    },
  };
}

function measureName({ measure }: EventsQuery): string {
  if (measure.of === "orders") return "number of orders";
  if (measure.of === "amount") return measure.statistic === "avg" ? "average amount of a purchase" : "revenue";
  if (measure.of === "units") return "number of units sold";
  if (measure.of === "price") return "average price";
  if (measure.of === "order value") return "average order value";
  if (measure.of === "distinct") return `number of different values of ${measure.column}`;
  return `number of ${measure.event === "any" ? "events" : `${measure.event} events`}`;
}

function composeList(query: Extract<Query, { kind: "list" }>, say: (criteria: Criteria) => string): Plan {
  const { customers, intents, columns, order, top } = query;
  const everyone = Object.keys(customers).length === 0;
  const gate = say(customers);
  const ranked = intents.length > 0 ? `ranked by interest in ${intents.map((i) => `"${i}"`).join(" and ")}` : "";
  const ordered = order ? `${order.descending ? "highest" : "lowest"} ${order.column} first` : "";
  const reading = [gate, ranked, ordered, top ? `first ${top}` : ""].filter((part) => part).join("; ");
  const limit = top === undefined ? {} : { limit: top };
  const call: ToolCall =
    everyone && intents.length > 0
      ? { tool: "semantic_search", args: { intents, ...limit } }
      : {
          tool: "hybrid_discovery",
          args: { criteria: customers, intents, ...limit, ...(columns && { columns }), ...(order && { order }) },
        };
  return {
    call,
    reading,
    criteria: customers,
    ...(intents.length === 0 && { customers }),
    ...(order && top && { cut: { column: order.column, top } }),
    tell: (outcome) => {
      const gateRows = outcome.stages.find((stage) => stage.stage === "gate")?.rows ?? 0;
      const { total } = outcome;
      if (intents.length > 0) {
        const wishes = intents.join(" and ");
        const inside = everyone ? "" : ` inside the gate of ${n(gateRows)}`;
        return {
          kind: "customers",
          value: null,
          answer:
            total === 0
              ? `Nobody${inside} has an interest close to ${wishes}.`
              : `${n(total)} ${customersWord(total)}${inside} ${total === 1 ? "has" : "have"} an interest close to ${wishes}, best first.`,
        };
      }
      if (top !== undefined && outcome.rows.length > 0) {
        return {
          kind: "customers",
          value: null,
          answer: `The first ${n(outcome.rows.length)} of ${n(total)} ${customersWord(total)}${ordered ? `, ${ordered}` : ""}.`,
        };
      }
      return { kind: "customers", value: null, answer: `${n(total)} ${customersWord(total)}: ${gate}.` };
    },
  };
}

function tellTable(measure: string, by: Dimension): Plan["tell"] {
  return ({ total }) => ({
    kind: "table",
    value: null,
    answer: `${measure[0]?.toUpperCase()}${measure.slice(1)} by ${dimensionName(by)}: ${n(total)} ${total === 1 ? "group" : "groups"}.`,
  });
}

function topped(top: number | undefined): string {
  return top === undefined ? "" : `, top ${top}`;
}

function dimensionName(by: Dimension): string {
  if (by.kind === "time") return by.unit;
  return by.kind === "band" ? `${by.column} in bands of ${by.width}` : by.column;
}

function cell({ rows }: ToolOutcome, index: number): number {
  return Number(rows[0]?.[index] ?? 0);
}

/** Periods that the data does not cover: a 0 is then no news. */
export function periodWarnings(criteria: unknown, catalogue: Catalogue): string[] {
  const { firstEventAt, lastEventAt } = catalogue;
  if (firstEventAt === null || lastEventAt === null) return [];
  const warnings = new Set<string>();
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== "object") return;
    const within = (node as { within?: { from?: string; to?: string } }).within;
    if (within) {
      const outside =
        (within.to !== undefined && Date.parse(within.to) <= Date.parse(firstEventAt)) ||
        (within.from !== undefined && Date.parse(within.from) > Date.parse(lastEventAt));
      if (outside) {
        warnings.add(
          `The period lies outside the data, which begins ${firstEventAt.slice(0, 10)} and ends ${lastEventAt.slice(0, 10)}.`,
        );
      }
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(criteria);
  return [...warnings];
}
