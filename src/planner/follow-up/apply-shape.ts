import type { Criteria } from "../../criteria/schema.js";
import { STATISTICS } from "../plan.js";
import { audienceOf } from "../previous.js";
import type { Query } from "../query.js";
import { type Change, type Changed, type Changing, type Unclear, unclear } from "./change.js";
import { allOf, conjuncts, eventPlaces, same } from "./slots.js";

const NOBODY = "It is not clear which customers are meant: name them.";

/** "how many is that": the number of those who were listed, averaged, or are the part of a share. */
export function applyCount(query: Query): Changed | Unclear {
  if (query.kind === "count") return { query, changed: "nothing, as their number was asked for already" };
  if (query.kind === "share") {
    const customers = allOf([...conjuncts(query.of), ...conjuncts(query.part)]);
    return { query: { kind: "count", customers }, changed: "their number instead of their share" };
  }
  const customers = audienceOf(query);
  if (!customers) return unclear(NOBODY);
  return { query: { kind: "count", customers }, changed: `their number instead of ${nameOf(query)}` };
}

/** "list them", "who are they" */
export function applyNames(query: Query): Changed | Unclear {
  if (query.kind === "list") return { query, changed: "nothing, as they were listed already" };
  const customers = audienceOf(query);
  if (!customers) return unclear(NOBODY);
  const list = { kind: "list", customers, intents: [], columns: undefined, order: undefined, top: undefined } as const;
  return { query: { ...list, intents: [] }, changed: `a list instead of ${nameOf(query)}` };
}

/** "show their emails": a list of them, with these columns. */
export function applyColumns(
  query: Query,
  { columns }: Extract<Change, { kind: "columns" }>,
  { mode }: Changing,
): Changed | Unclear {
  const list = applyNames(query);
  if ("unclear" in list || list.query.kind !== "list") return list;
  const { order, columns: before = [] } = list.query;
  const kept = mode === "and" || mode === "also" ? before : [];
  const shown = [...new Set([...kept, ...columns, ...(order ? [order.column] : [])])];
  const listed = query.kind === "list" ? [] : [list.changed];
  return {
    query: { ...list.query, columns: shown },
    changed: [...listed, `with ${shown.join(", ")}`].join("; "),
  };
}

/** "sorted by total spent" */
export function applyOrder(
  query: Query,
  { column, descending }: Extract<Change, { kind: "order" }>,
): Changed | Unclear {
  if (query.kind !== "list") return unclear("Only a list of customers can be sorted by a column.");
  if (query.intents.length > 0)
    return unclear("The list is ranked by interest: it cannot be sorted by a column as well.");
  if (query.top !== undefined && query.order?.column !== column) {
    return unclear(
      `It is not clear whether the same ${query.top} are to be sorted, or the first ${query.top} by ${column}.`,
    );
  }
  const { columns } = query;
  const said = (order: typeof query.order) =>
    order ? `${order.descending ? "highest" : "lowest"} ${order.column} first` : "no order";
  const order = { column, descending };
  if (query.top !== undefined && query.order?.descending !== descending) {
    return unclear(`It is not clear whether the same ${query.top} are to be turned round.`);
  }
  return {
    query: { ...query, order, ...(columns && { columns: [...new Set([...columns, column])] }) },
    changed: `${said(order)} instead of ${said(query.order)}`,
  };
}

/** "as a share", "as a share of women" */
export function applyShare(query: Query, { of }: Extract<Change, { kind: "share" }>): Changed | Unclear {
  if (query.kind === "groups" || query.kind === "events") return withPercent(query, of);
  if (query.kind !== "count") return unclear("It is not clear what the share would be of.");
  const part = query.customers;
  if (conjuncts(part).length === 0) return unclear("All customers are no share of anything.");
  if (of === undefined && conjuncts(part).length > 1) {
    return unclear('It is not said what the share is of: name the group, as in "as a share of women".', [
      "as a share of all customers",
    ]);
  }
  return { query: { kind: "share", of: of ?? {}, part }, changed: "their share instead of their number" };
}

function withPercent(
  query: Extract<Query, { kind: "groups" | "events" }>,
  of: Criteria | undefined,
): Changed | Unclear {
  const { groups } = query;
  const cut = groups && (groups.top !== undefined || groups.having || groups.each || groups.pair);
  const additive =
    query.kind === "groups"
      ? query.statistic === "count" && !query.part
      : /^(events|amount|units)$/.test(query.measure.of) && /^(count|sum)$/.test(query.measure.statistic);
  if (!groups || cut || !additive || of) return unclear("It is not clear what the share would be of.");
  if (groups.share) return { query, changed: "nothing, as the percent was asked for already" };
  const shared = { ...groups, share: true as const };
  return {
    query: query.kind === "groups" ? { ...query, groups: shared } : { ...query, groups: shared },
    changed: "the percent of all was added",
  };
}

/** "the average age", "what did they spend on average" */
export function applyStatistic(
  query: Query,
  { statistic, column, spending }: Extract<Change, { kind: "statistic" }>,
): Changed | Unclear {
  const name = `${STATISTICS[statistic]} ${column}`;
  if (query.kind === "groups") {
    const { groups, customers, part } = query;
    if (part || groups.top !== undefined || groups.having || groups.share) return unclear(NOBODY);
    const next = { ...query, statistic, column, groups, customers };
    return { query: next, changed: `${name} instead of ${nameOf(query)}` };
  }
  const customers = audienceOf(query);
  if (!customers) return unclear(NOBODY);
  if (spending && eventPlaces(customers).length > 0) {
    return unclear("It is not clear whether all that they ever spent is meant, or only on what was named.", [
      "their average total spent",
    ]);
  }
  if (query.kind === "statistic" && query.statistic === statistic && query.column === column) {
    return { query, changed: `nothing, as the ${name} was asked for already` };
  }
  return { query: { kind: "statistic", statistic, column, customers }, changed: `${name} instead of ${nameOf(query)}` };
}

/** "and the number of orders?": another measure of the same events. */
export function applyMeasure(query: Query, { measure }: Extract<Change, { kind: "measure" }>): Changed | Unclear {
  if (query.kind !== "events")
    return unclear("It is not clear which events are meant: ask for them in a whole question.");
  const { groups } = query;
  if (groups?.having || groups?.share || groups?.top !== undefined) {
    return unclear("It is not clear whether the same groups are meant: ask for them anew.");
  }
  if (same(measure, query.measure))
    return { query, changed: `nothing, as ${sayMeasure(measure)} was asked for already` };
  const changed = `${sayMeasure(measure)} instead of ${sayMeasure(query.measure)}`;
  return { query: { ...query, measure }, changed };
}

function sayMeasure({ of, statistic, event, column }: Extract<Change, { kind: "measure" }>["measure"]): string {
  if (of === "amount" && statistic === "sum") return event === "purchase" ? "revenue" : `amount of ${event} events`;
  if (of === "order value") return "average order value";
  if (of === "distinct") return `different values of ${column}`;
  if (statistic === "count") return `number of ${of === "events" ? `${event} events` : of}`;
  return of === "units" ? "number of units" : `${STATISTICS[statistic]} ${of}`;
}

function nameOf(query: Query): string {
  switch (query.kind) {
    case "count":
      return "their number";
    case "list":
      return "a list";
    case "statistic":
      return `${STATISTICS[query.statistic]} ${query.column}`;
    case "groups":
      return query.statistic === "count"
        ? "a table of their numbers"
        : `a table of ${STATISTICS[query.statistic]} ${query.column}`;
    case "distinct":
      return `the different values of ${query.column}`;
    default:
      return "what was asked before";
  }
}
