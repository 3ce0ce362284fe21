import type { Criteria, Within } from "../criteria/schema.js";
import { readAudience } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { hasEvent } from "./conditions.js";
import { Cursor } from "./cursor.js";
import { isCustomerDimension, readDimension, readStatistic } from "./dimensions.js";
import { readEventsTail } from "./events-question.js";
import { readEventMeasure } from "./measures.js";
import { readNumber } from "./numbers.js";
import { readObject } from "./objects.js";
import type { Dimension, EventsQuery, Grouping, GroupsQuery, Query } from "./query.js";
import { problem, type Reading, rephrased } from "./reading.js";
import { readNumericColumn } from "./values.js";

export const BY = [
  "by",
  "with the most",
  "with most",
  "ranked by",
  "in terms of",
  "with the highest",
  "with the largest",
];
export const EACH = ["for each", "in each", "of each", "within each", "by each", "per", "in every"];

/** "top 5 countries by number of customers", "top 3 products per category by revenue in May" */
export function readTop(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take("what are", "which are", "show me", "show", "list", "give me", "find");
  cursor.take("the", "our");
  const before = cursor.attempt(() => {
    const found = readNumber(cursor);
    return found && cursor.sees("worst", "best", "lowest", "highest", "top", "bottom") ? found : undefined;
  });
  const ascending = cursor.take("bottom", "lowest", "worst");
  if (!ascending && !cursor.take("top", "highest", "best")) return undefined;
  const at = cursor.pos;
  const number = before ?? readNumber(cursor);
  if (number && (!Number.isInteger(number.value) || number.value < 1 || number.money || number.percent))
    return undefined;
  const top = number?.value ?? 1;
  const buyers = number && !ascending ? cursor.attempt(() => readTopCustomers(reading, top, period)) : undefined;
  if (buyers) return buyers;
  const local = ascending ? undefined : cursor.attempt(() => readTopInEach(reading, top));
  if (local) return local;
  const by = readDimension(reading);
  const each = by && cursor.attempt(() => (cursor.take(...EACH) ? readDimension(reading) : undefined));
  if (!by || (by.kind === "time" && !each)) return undefined;
  // "top states": how many?
  const last = cursor.tokens[cursor.pos - 1];
  if (!number && last && last.lower !== last.stem && /s$/.test(last.lower) && !each) {
    return problem(reading, "It is not said how many, and by what they are ranked.", [
      rephrased(reading, at, cursor.tokens.length, `10 ${cursor.textOf(at, cursor.pos)} by revenue`),
      rephrased(reading, at, cursor.tokens.length, `10 ${cursor.textOf(at, cursor.pos)} by number of purchases`),
    ]);
  }
  const grouping: Grouping = {
    ...(each ? { by: [each, by], each: true } : { by: [by] }),
    top,
    ...(ascending && { ascending: true }),
  };
  if (cursor.take(...BY)) return readRanked(reading, grouping, period);
  const described = cursor.attempt(() => readDescribedThenRanked(reading, grouping, period));
  if (described) return described;
  return problem(
    reading,
    `It is not said by what the ${ascending ? "bottom" : "top"} ${top} are ranked: by revenue, or by number of purchases?`,
    ["by revenue", "by number of purchases"].map((end) =>
      rephrased(reading, cursor.tokens.length, cursor.tokens.length, end),
    ),
  );
}

/** "(top 3 products) bought by women in May, by revenue": what is ranked is described first. */
function readDescribedThenRanked(reading: Reading, groups: Grouping, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const start = cursor.pos;
  for (let at = start + 1; at < cursor.tokens.length; at++) {
    cursor.pos = at;
    if (!cursor.take(...BY)) continue;
    cursor.take("the number of", "number of", "count of", "total");
    const measure = readEventMeasure(reading);
    if (!measure || !cursor.done) continue;
    const comma = cursor.tokens[at - 1]?.text === ",";
    const head = new Cursor(cursor.tokens.slice(start, comma ? at - 1 : at));
    const done = head.phrase(reading.vocabulary.verbs);
    if (done && done.meaning !== measure.event) return undefined;
    const query = readEventsTail({ ...reading, cursor: head }, measure, period);
    return query && !query.groups ? { ...query, groups } : undefined;
  }
  return undefined;
}

/** What groups are ranked by: a statistic of customers, their number, or what they did. */
export function readRanked(
  reading: Reading,
  groups: Grouping,
  period: Within | undefined,
): GroupsQuery | EventsQuery | undefined {
  const { cursor } = reading;
  const ofCustomers = groups.by.every(isCustomerDimension);
  const averaged = cursor.attempt(() => {
    const statistic = ofCustomers ? readStatistic(reading) : undefined;
    const column = statistic && readNumericColumn(reading);
    if (!column) return undefined;
    cursor.take("per customer", "per household", "of customer");
    const customers = cursor.done ? {} : cursor.take("of", "for", "among") ? readCustomers(reading) : undefined;
    return customers && { kind: "groups" as const, statistic, column, groups, customers };
  });
  if (averaged) return averaged;
  const number = cursor.take("the number of", "number of", "count of", "total number of");
  const customers = readCustomers(reading);
  if (customers) {
    return ofCustomers ? { kind: "groups", statistic: "count", column: undefined, groups, customers } : undefined;
  }
  const measure = readEventMeasure(reading);
  if (number && measure && measure.statistic !== "count") return undefined;
  const query = measure && readEventsTail(reading, measure, period);
  return query && !query.groups ? { ...query, groups } : undefined;
}

/** "top 5 customers by revenue in May", "top 10 buyers of jewelry": by what they did then, not by a stored column. */
function readTopCustomers(reading: Reading, top: number, period: Within | undefined): EventsQuery | undefined {
  const draft = new AudienceDraft();
  const bought = reading.cursor.attempt(() => readTopBuyers(reading, period));
  if (bought) return ofCustomers(bought, draft, reading, top);
  const { cursor } = reading;
  if (!readAudience(reading, draft) || !cursor.take(...BY)) return undefined;
  cursor.take("the", "number of", "count of", "their");
  const measure = readEventMeasure(reading);
  return measure && ofCustomers(readEventsTail(reading, measure, period), draft, reading, top);
}

/** "buyers of jewelry in May", "jewelry buyers" */
function readTopBuyers(reading: Reading, period: Within | undefined): EventsQuery | undefined {
  const { cursor, vocabulary } = reading;
  const buyers = () => vocabulary.doers.get(cursor.peek()?.stem ?? "") === "purchase";
  const object = buyers() ? undefined : readObject(reading);
  if (!buyers() || object?.same || !hasEvent(reading, "purchase")) return undefined;
  cursor.advance();
  const query = readEventsTail(reading, { of: "events", statistic: "count", event: "purchase" }, period);
  if (!object || !query) return query;
  return query.where.length === 0 ? { ...query, where: object.wheres } : undefined;
}

/** "top 2 customers per country by total spent" */
function readTopInEach(reading: Reading, top: number): Query | undefined {
  const { cursor } = reading;
  const draft = new AudienceDraft();
  if (!readAudience(reading, draft)) return undefined;
  const by = cursor.take(...EACH) ? readDimension(reading) : undefined;
  if (!by || !isCustomerDimension(by) || !cursor.take(...BY)) return undefined;
  cursor.take("the", "their", "number of");
  const column = readNumericColumn(reading);
  const audience = finishAudience(reading, draft);
  if (!column || !audience || audience.intents.length > 0) return undefined;
  return { kind: "top in each", column, by, top, customers: audience.criteria };
}

/** The customers of an events query, those with the most first; undefined where nothing restricts it: the columns of customers say it then. */
export function ofCustomers(
  query: EventsQuery | undefined,
  draft: AudienceDraft,
  reading: Reading,
  top: number,
): EventsQuery | undefined {
  const audience = finishAudience(reading, draft);
  if (!query || query.groups || !audience || audience.intents.length > 0) return undefined;
  // Orders, units and the like are no columns of customers.
  const stored = query.measure.of === "events" || query.measure.of === "amount";
  if (stored && !query.within && query.where.length === 0) return undefined;
  const named = Object.keys(audience.criteria).length > 0;
  if (named && Object.keys(query.customers).length > 0) return undefined;
  const by: Dimension = { kind: "column", view: "customers", column: "customer_id" };
  return { ...query, ...(named && { customers: audience.criteria }), groups: { by: [by], top } };
}

/** All that is left as an audience without wishes. */
export function readCustomers(reading: Reading): Criteria | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const draft = new AudienceDraft();
    if (!readAudience(reading, draft)) return undefined;
    const audience = finishAudience(reading, draft);
    return audience && audience.intents.length === 0 && cursor.done ? audience.criteria : undefined;
  });
}
