import { customersByEvent } from "../customers-by-event.js";
import { isCustomerDimension } from "../dimensions.js";
import { isByCustomer } from "../events-sql.js";
import { sayGrouping } from "../plan.js";
import type { EventsQuery, Grouping, GroupsQuery, Query } from "../query.js";
import { type Change, type Changed, type Changing, type Unclear, unclear } from "./change.js";
import { same } from "./slots.js";

const NO_TABLE = "Such an answer cannot be split into groups: ask for it anew.";

/** "by country", "per month instead": the same figure by groups, or by other groups. */
export function applyGrouping(
  query: Query,
  { groups }: Extract<Change, { kind: "grouping" }>,
  { mode, text }: Changing,
): Changed | Unclear {
  if (query.kind === "list") {
    return unclear("A list is not split into groups; the number of customers can be.", [`how many ${text}`]);
  }
  const old = groupsOf(query);
  const by = sayGrouping(groups);
  if (old) {
    if (mode === "also" || mode === "only")
      return unclear("It is not clear whether these groups come besides the others.");
    if (old.each || old.pair || (query.kind === "events" && isByCustomer(query))) return unclear(NO_TABLE);
  }
  const ofCustomers = groups.by.every(isCustomerDimension);
  const next = { ...old, ...groups };
  if (old && same(old.by, groups.by) && groups.ranked === undefined && groups.top === undefined) {
    return { query, changed: `nothing, as ${by} was said already` };
  }
  const regrouped = withGroups(query, next, ofCustomers);
  if (!regrouped)
    return unclear(ofCustomers ? NO_TABLE : "What was done in these groups is not clear: ask for it anew.");
  return { query: regrouped, changed: old ? `${by} instead of ${sayGrouping({ by: old.by })}` : `${by} was added` };
}

function withGroups(query: Query, groups: Grouping, ofCustomers: boolean): Query | undefined {
  switch (query.kind) {
    case "count":
      return ofCustomers
        ? { kind: "groups", statistic: "count", column: undefined, groups, customers: query.customers }
        : customersByEvent(query.customers, groups);
    case "statistic": {
      const { statistic, column, customers } = query;
      return ofCustomers ? { kind: "groups", statistic, column, groups, customers } : undefined;
    }
    case "share":
      return ofCustomers
        ? { kind: "groups", statistic: "count", column: undefined, groups, customers: query.of, part: query.part }
        : undefined;
    case "groups":
      return ofCustomers ? { ...query, groups } : undefined;
    case "events":
      return { ...query, groups };
    default:
      return undefined;
  }
}

function groupsOf(query: Query): Grouping | undefined {
  return query.kind === "groups" || query.kind === "events" ? query.groups : undefined;
}

function isTable(query: Query): query is GroupsQuery | (EventsQuery & { groups: Grouping }) {
  return groupsOf(query) !== undefined;
}

/** "top 5", "top 5 by total spent": the largest groups, or the first of a list. */
export function applyTop(query: Query, { top, column }: Extract<Change, { kind: "top" }>): Changed | Unclear {
  if (isTable(query)) {
    const { groups } = query;
    if (column !== undefined) return unclear("It is not clear what the groups are ranked by: ask for them anew.");
    if (groups.pair || groups.share) return unclear(NO_TABLE);
    if (groups.ascending) return unclear(`It is not clear whether the highest or the lowest ${top} are meant.`);
    const before = groups.top === undefined ? "all groups" : `top ${groups.top}`;
    const next: Grouping = { ...groups, top };
    const cut = query.kind === "groups" ? { ...query, groups: next } : { ...query, groups: next };
    return { query: cut, changed: `top ${top} instead of ${before}` };
  }
  if (query.kind !== "list" && !(query.kind === "count" && column !== undefined)) {
    return unclear("There is nothing to take the first of.");
  }
  if (query.kind === "count") {
    const order = { column: column as string, descending: true };
    const list = { kind: "list", customers: query.customers, intents: [], columns: undefined, order, top } as const;
    return { query: { ...list, intents: [] }, changed: `the ${top} with the highest ${column} instead of the number` };
  }
  const ranked = query.intents.length > 0;
  if (column === undefined && !query.order && !ranked) {
    return unclear("It is not said by what they are ranked.", [`top ${top} by total spent`]);
  }
  if (column !== undefined && (ranked || (query.top !== undefined && query.order?.column !== column))) {
    return unclear("They are ranked by something else already: ask anew.");
  }
  const order = column === undefined ? query.order : { column, descending: true };
  const ordered = column !== undefined && query.order === undefined ? `highest ${column} first, ` : "";
  return {
    query: { ...query, order, top },
    changed: `${ordered}first ${top} instead of ${query.top === undefined ? "all" : `first ${query.top}`}`,
  };
}

/** "highest first", of a table in an order of its own. */
export function applyRanked(query: Query): Changed | Unclear {
  if (query.kind === "list" && query.order) {
    return { query: { ...query, order: { ...query.order, descending: true } }, changed: "highest first" };
  }
  if (!isTable(query) || query.groups.each || query.groups.ascending)
    return unclear("It is not clear what is to be ordered.");
  const groups: Grouping = { ...query.groups, ranked: true };
  return {
    query: query.kind === "groups" ? { ...query, groups } : { ...query, groups },
    changed: "highest first was added",
  };
}
