import { sayCriteria } from "../criteria/say.js";
import type { Criteria } from "../criteria/schema.js";
import { composeComparison } from "./compose-comparison.js";
import { composeEventShare, composeEvents, composeMoment } from "./compose-events.js";
import { composeList } from "./compose-list.js";
import {
  countSql,
  distinctSql,
  groupsAsLargeSql,
  groupsSql,
  groupsTotalSql,
  mostSql,
  type SqlContext,
  shareSql,
  statisticOfSql,
  topInEachSql,
} from "./customers-sql.js";
import { composeLike } from "./like-question.js";
import { cell, customersWord, cutOf, figure, type Plan, STATISTICS, sayGrouping, sqlCall, tellTable } from "./plan.js";
import type { GroupsQuery, Query } from "./query.js";

/** The tool call that answers a query, and the words around it. */
export function compose(query: Query, context: SqlContext): Plan {
  const say = (criteria: Criteria) => sayCriteria(criteria, context.catalogue);
  switch (query.kind) {
    case "count": {
      const reading = say(query.customers);
      return {
        call: sqlCall(countSql(query.customers, context)),
        reading: `number of customers: ${reading}`,
        criteria: query.customers,
        customers: query.customers,
        tell: (outcome) => {
          const value = cell(outcome, 0);
          return { kind: "count", value, answer: `${figure(value)} ${customersWord(value)}: ${reading}.` };
        },
      };
    }
    case "share":
      return composeShare(query, context);
    case "statistic":
      return composeStatistic(query, context);
    case "groups":
      return composeGroups(query, context);
    case "events":
      return composeEvents(query, context);
    case "event share":
      return composeEventShare(query, context);
    case "comparison":
      return composeComparison(query, (part) => compose(part, context));
    case "moment":
      return composeMoment(query, context);
    case "list":
      return composeList(query, say);
    case "look-alikes":
      return composeLike(query);
    case "details":
      return {
        call: { tool: "sql_data_retriever", args: { customer_ids: query.ids } },
        reading: `the records of ${query.ids.length === 1 ? "customer" : "customers"} ${query.ids.join(", ")}`,
        criteria: { attribute: "customer_id", op: "in", value: query.ids },
        tell: ({ total }) => ({
          kind: "table",
          value: null,
          answer:
            total === 0
              ? `No customer has the id ${query.ids.join(" or ")}.`
              : `${figure(total)} ${customersWord(total)}.`,
        }),
      };
    case "most": {
      const extreme = `the ${query.least ? "smallest" : "largest"} ${query.column}`;
      return {
        call: sqlCall(mostSql(query, context)),
        reading: `everyone with ${extreme}`,
        criteria: {},
        tell: ({ total }) => ({
          kind: "customers",
          value: null,
          answer: `${figure(total)} ${customersWord(total)} with ${extreme}.`,
        }),
      };
    }
    case "top in each": {
      const by = sayGrouping({ by: [query.by] });
      return {
        call: sqlCall(topInEachSql(query, context)),
        reading: `customers with the highest ${query.column}, top ${query.top} each ${by}: ${say(query.customers)}`,
        criteria: query.customers,
        tell: ({ total }) => ({
          kind: "table",
          value: null,
          answer: `${figure(total)} ${customersWord(total)}: the top ${query.top} by ${query.column}, ${by}.`,
        }),
      };
    }
    case "distinct":
      return {
        call: sqlCall(distinctSql(query.column, query.customers, context)),
        reading: `number of different values of ${query.column} of customers: ${say(query.customers)}`,
        criteria: query.customers,
        tell: (outcome) => {
          const value = cell(outcome, 0);
          return { kind: "count", value, answer: `${figure(value)} different values of ${query.column}.` };
        },
      };
    case "describe": {
      const { view, column } = query;
      return {
        call: { tool: "describe_data", args: { ...(view && { view }), ...(column && { column }) } },
        reading: column ? `the values of ${column} in ${view}` : "the columns of the data",
        criteria: null,
        tell: ({ total }) => ({
          kind: "table",
          value: null,
          answer: `${figure(total)} ${column ? `values of ${column}` : "columns"}.`,
        }),
      };
    }
  }
}

function composeShare(query: Extract<Query, { kind: "share" }>, context: SqlContext): Plan {
  const part = sayCriteria(query.part, context.catalogue);
  const of = sayCriteria(query.of, context.catalogue);
  return {
    call: sqlCall(shareSql(query.of, query.part, context)),
    reading: `share of customers (${of}) for whom: ${part}`,
    criteria: { of: query.of, part: query.part },
    tell: (outcome) => {
      const whole = cell(outcome, 1);
      const value = whole === 0 ? null : cell(outcome, 2);
      const answer =
        value === null
          ? `Nobody is in the group (${of}), so there is no share.`
          : `${value.toFixed(1)}% (${figure(cell(outcome, 0))} of ${figure(whole)} customers).`;
      return { kind: "number", value, answer };
    },
  };
}

function composeStatistic(query: Extract<Query, { kind: "statistic" }>, context: SqlContext): Plan {
  const what = `${STATISTICS[query.statistic]} ${query.column}`;
  const of = sayCriteria(query.customers, context.catalogue);
  return {
    call: sqlCall(statisticOfSql(query.statistic, query.column, query.customers, context)),
    reading: `${what} of customers: ${of}`,
    criteria: query.customers,
    tell: (outcome) => {
      const known = cell(outcome, 1);
      const value = known === 0 ? null : cell(outcome, 0);
      const answer =
        value === null
          ? `No customer (${of}) has a ${query.column}.`
          : `The ${what} is ${figure(value)}, over ${figure(known)} ${customersWord(known)}.`;
      return { kind: "number", value, answer };
    },
  };
}

function composeGroups(query: GroupsQuery, context: SqlContext): Plan {
  const { statistic, column, groups, customers, part } = query;
  const measure = part
    ? `percent for whom: ${sayCriteria(part, context.catalogue)},`
    : statistic === "count"
      ? "number of customers"
      : `${STATISTICS[statistic]} ${column}`;
  // A group without such customers is no row, and so not the lowest.
  const any = groups.ascending && Object.keys(customers).length > 0 ? ", of those with any" : "";
  return {
    call: sqlCall(groupsSql(query, context)),
    reading: `${measure} ${sayGrouping(groups)}${any}: ${sayCriteria(customers, context.catalogue)}`,
    criteria: part ? { of: customers, part } : customers,
    ...(groups.top === undefined && !groups.having && { total: sqlCall(groupsTotalSql(query, context)) }),
    ...cutOf(groups, (last) => sqlCall(groupsAsLargeSql(query, last, context))),
    tell: tellTable(measure, groups),
  };
}
