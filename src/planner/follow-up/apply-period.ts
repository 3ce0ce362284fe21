import { sayWithin } from "../../criteria/say-event.js";
import type { Criteria, Within } from "../../criteria/schema.js";
import type { Query } from "../query.js";
import { type Changed, type Changing, type Unclear, unclear } from "./change.js";
import {
  allOf,
  attributeOf,
  attributesIn,
  conjuncts,
  mapEvents,
  periodsOf,
  same,
  slotsOf,
  withEvents,
  withSlots,
} from "./slots.js";

/** Columns that sum up all that was ever done: no period is in them. */
const ALL_TIME = /^(total_spent|revenue|purchases|views|add_to_carts|events)$/;

/** "and last month?", "only in May": the one period of the question, or a first one. */
export function applyPeriod(query: Query, within: Within, changing: Changing): Changed | Unclear {
  const slots = slotsOf(query);
  if (!slots) return unclear("Such an answer has no period that could change: ask for it anew.");
  if (changing.fixed)
    return unclear("The question before says more than when something was done: ask anew for another time.");
  const names = slots.flatMap((slot) => attributesIn(slot));
  const dates = [...new Set(names.filter((name) => changing.isDate(name)))];
  const periods = periodsOf(query);
  if (dates.length > 0) {
    return periods.length > 0 || dates.length > 1
      ? unclear("More than one time was spoken of, and it is not clear which one is meant.")
      : applyDates(query, dates[0] as string, within, changing);
  }
  const [old] = periods;
  if (periods.length === 0) return unclear("A period is named, but nothing that happened in it.");
  if (!periods.every((period) => same(period, old))) {
    return unclear("More than one period was named before, and it is not clear which one is meant.");
  }
  if (old === undefined) {
    if (usesAllTime(query, names)) {
      return unclear("What is stored of a customer has no period: ask anew for what was spent or done in it.");
    }
    return { query: withPeriod(query, within), changed: `${sayWithin(within)} was added` };
  }
  if (same(old, within)) return { query, changed: `nothing, as ${sayWithin(within)} was said already` };
  if (changing.mode === "also") return unclear("It is not clear whether either period is meant or both.");
  if (changing.mode === "only" && !lies(within, old)) {
    return unclear(`${said(within)} does not lie ${sayWithin(old)}.`, [`what about ${changing.text}`]);
  }
  return { query: withPeriod(query, within), changed: `${sayWithin(within)} instead of ${sayWithin(old)}` };
}

function said(within: Within): string {
  const words = sayWithin(within);
  return `${words[0]?.toUpperCase()}${words.slice(1)}`;
}

/** Whether what is asked for is a figure of all time, or sorted by one. */
function usesAllTime(query: Query, names: readonly string[]): boolean {
  const column =
    query.kind === "statistic" || query.kind === "groups" || query.kind === "top in each"
      ? query.column
      : query.kind === "list"
        ? query.order?.column
        : undefined;
  return [...names, column ?? ""].some((name) => ALL_TIME.test(name));
}

function withPeriod(query: Query, within: Within): Query {
  const slots = slotsOf(query) ?? [];
  const next = slots.map((slot) => mapEvents(slot, (condition) => ({ ...condition, within })));
  return withEvents(withSlots(query, next), (events) => ({ ...events, within }));
}

/** Whether one fixed period lies within another. */
function lies(inner: Within, outer: Within): boolean {
  if (Object.values({ ...inner, ...outer }).some((end) => typeof end !== "string")) return false;
  const [a, b] = [inner, outer] as { from?: string; to?: string }[];
  const early = b?.from === undefined || (a?.from !== undefined && a.from >= b.from);
  const late = b?.to === undefined || (a?.to !== undefined && a.to <= b.to);
  return early && late;
}

/** "who signed up in May", then "and in June?": the date lies in the other period. */
function applyDates(query: Query, column: string, within: Within, changing: Changing): Changed | Unclear {
  const slots = slotsOf(query) ?? [];
  const [at = 0, ...others] = slots.flatMap((slot, i) => (attributesIn(slot).includes(column) ? [i] : []));
  const own = conjuncts(slots[at] as Criteria);
  const old = own.filter((part) => attributeOf(part)?.attribute === column);
  const all = attributesIn(slots[at] as Criteria).filter((name) => name === column).length;
  if (others.length > 0 || old.length !== all) {
    return unclear(`The ${column} was spoken of in more than one way, and it is not clear which one is meant.`);
  }
  if (changing.mode === "only" || changing.mode === "also") {
    return unclear(`The ${column} was limited before.`, [`what about ${changing.text}`]);
  }
  const now = changing.dates(column, within);
  const next = slots.map((slot, i) =>
    i === at ? allOf(own.flatMap((part) => (part === old[0] ? now : old.includes(part) ? [] : [part]))) : slot,
  );
  return {
    query: withSlots(query, next),
    changed: `${changing.say(allOf(now))} instead of ${changing.say(allOf(old))}`,
  };
}
