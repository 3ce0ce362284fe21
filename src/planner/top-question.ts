import type { Criteria, Within } from "../criteria/schema.js";
import { readAudience } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { hasEvent } from "./conditions.js";
import { Cursor } from "./cursor.js";
import { isCustomerDimension, readDimension, readNumericColumn, readStatistic } from "./dimensions.js";
import { readEventsTail } from "./events-question.js";
import { readEventMeasure } from "./measures.js";
import { readNumber, readNumberTest } from "./numbers.js";
import type { Dimension, EventsQuery, Grouping, GroupsQuery, Query } from "./query.js";
import { problem, type Reading } from "./reading.js";

const BY = ["by", "with the most", "with most", "ranked by", "in terms of", "with the highest", "with the largest"];
const EACH = ["for each", "in each", "of each", "within each", "by each", "per", "in every"];

/** "top 5 countries by number of customers", "top 3 products per category by revenue in May" */
export function readTop(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take("what are", "which are", "show me", "show", "list", "give me", "find");
  cursor.take("the", "our");
  const ascending = cursor.take("bottom", "lowest");
  if (!ascending && !cursor.take("top", "highest")) return undefined;
  const number = readNumber(cursor);
  if (number && (!Number.isInteger(number.value) || number.value < 1 || number.money || number.percent))
    return undefined;
  const top = number?.value ?? 1;
  const buyers = number && !ascending ? cursor.attempt(() => readTopCustomers(reading, top, period)) : undefined;
  if (buyers) return buyers;
  const by = readDimension(reading);
  const each = by && cursor.attempt(() => (cursor.take(...EACH) ? readDimension(reading) : undefined));
  if (!by || (by.kind === "time" && !each)) return undefined;
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
    [" by revenue", " by number of purchases"],
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
function readRanked(
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
  const { cursor } = reading;
  const draft = new AudienceDraft();
  const buyers = cursor.take("buyer", "purchaser");
  if (!buyers && !readAudience(reading, draft)) return undefined;
  const measure = buyers && hasEvent(reading, "purchase") ? BOUGHT : undefined;
  if (!measure && !cursor.take(...BY)) return undefined;
  if (!measure) cursor.take("the", "number of", "count of", "their");
  const ranked = measure ?? readEventMeasure(reading);
  return ranked && ofCustomers(readEventsTail(reading, ranked, period), draft, reading, top);
}

const BOUGHT = { of: "events", statistic: "count", event: "purchase" } as const;

/** The customers of an events query, those with the most first; undefined where nothing restricts it: the columns of customers say it then. */
function ofCustomers(
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

/** "which category has the most purchases", "most viewed product", "most popular color per country", "busiest day" */
export function readMost(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const asked = cursor.take(
    "which",
    "what",
    "what is",
    "what are",
    "what was",
    "on which",
    "on what",
    "in which",
    "show me",
    "show",
  );
  cursor.take("the", "our");
  const spender = cursor.attempt(() => readMostOfCustomers(reading, period));
  if (spender) return spender;
  const superlative = cursor.attempt(() => readSuperlative(reading, period));
  if (superlative) return superlative;
  const several = asked ? readNumber(cursor) : undefined;
  const top = several ? several.value : 1;
  const by = asked && Number.isInteger(top) && top > 0 ? readDimension(reading) : undefined;
  if (!by) return undefined;
  const at = cursor.pos;
  const most = cursor.take(
    "has the most",
    "have the most",
    "had the most",
    "with the most",
    "saw the most",
    "generated the most",
    "brought in the most",
    "bring in the most",
    "bring the most",
    "brings in the most",
    "brings the most",
    "make the most",
    "makes the most",
    "made the most",
    "generate the most",
    "generates the most",
    "has the highest number of",
    "had the highest number of",
    "has the highest",
    "have the highest",
    "had the highest",
    "with the highest",
    "has the largest number of",
    "has the biggest",
    "had the biggest",
  );
  // "which categories have the most": all of them, largest first
  const last = cursor.tokens[at - 1];
  const all = !several && last !== undefined && last.lower !== last.stem && /s$/.test(last.lower);
  if (most) return readRanked(reading, all ? { by: [by], ranked: true } : { by: [by], top }, period);
  const did = cursor.attempt(() => readDidMost(reading, by, top, period));
  if (did) return did;
  // "which categories have more than 1000 purchases"
  if (several) return undefined;
  if (!cursor.take("have", "has", "had", "with", "that have", "that had", "generated", "made", "got", "saw"))
    return undefined;
  return readHaving(reading, by, period);
}

/** "which gender spends the most", "which state bought the most jewelry" */
function readDidMost(reading: Reading, by: Dimension, top: number, period: Within | undefined): Query | undefined {
  const { cursor, vocabulary } = reading;
  if (cursor.take("spend the most", "spend more", "spent most", "spent the most money")) {
    const query = readEventsTail(reading, { of: "amount", statistic: "sum", event: "purchase" }, period);
    if (!query || query.groups || !isCustomerDimension(by) || !hasEvent(reading, "purchase")) return undefined;
    return { ...query, groups: { by: [by], top } };
  }
  const verb = cursor.phrase(vocabulary.verbs)?.meaning;
  if (!verb || !cursor.take("the most", "most") || !hasEvent(reading, verb)) return undefined;
  const query = readEventsTail(reading, { of: "events", statistic: "count", event: verb }, period);
  return query && !query.groups ? { ...query, groups: { by: [by], top } } : undefined;
}

/** "most viewed product in each category", "the 5 best selling products", "busiest weekday" */
function readSuperlative(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor, vocabulary } = reading;
  const top = cursor.attempt(() => readNumber(cursor))?.value ?? 1;
  if (!Number.isInteger(top) || top < 1) return undefined;
  const busy = cursor.take("busiest");
  const least = cursor.sees("least", "worst selling", "slowest selling");
  const sold =
    !busy &&
    cursor.take(
      "most popular",
      "best selling",
      "bestselling",
      "top selling",
      "least popular",
      "worst selling",
      "slowest selling",
    );
  const deed = () => (cursor.take("most", "least") ? cursor.phrase(vocabulary.verbs)?.meaning : undefined);
  const verb = busy ? "any" : sold ? "purchase" : deed();
  const by = verb && hasEvent(reading, verb) ? readDimension(reading) : undefined;
  if (!verb || !by || (busy && by.kind !== "time")) return undefined;
  const each = cursor.attempt(() => (cursor.take(...EACH) ? readDimension(reading) : undefined));
  const groups: Grouping = {
    ...(each ? { by: [each, by], each: true } : { by: [by] }),
    top,
    ...(least && { ascending: true }),
  };
  const ranked = sold && cursor.attempt(() => cursor.take(...BY) && readRanked(reading, groups, period));
  if (ranked) return ranked;
  const query = readEventsTail(reading, { of: "events", statistic: "count", event: verb }, period);
  return query && !query.groups ? { ...query, groups } : undefined;
}

/** "customers who spent the most in May", "who bought the most jewelry" */
function readMostOfCustomers(reading: Reading, period: Within | undefined): EventsQuery | undefined {
  const { cursor, vocabulary } = reading;
  const draft = new AudienceDraft();
  if (!cursor.take("who") && !readAudience(reading, draft)) return undefined;
  cursor.take("who", "that");
  cursor.take("have", "has");
  if (cursor.take("spend the most money", "spend the most")) {
    if (!hasEvent(reading, "purchase")) return undefined;
    const tail = readEventsTail(reading, { of: "amount", statistic: "sum", event: "purchase" }, period);
    return ofCustomers(tail, draft, reading, 1);
  }
  const verb = cursor.phrase(vocabulary.verbs)?.meaning;
  if (!verb || !cursor.take("the most") || !hasEvent(reading, verb)) return undefined;
  return ofCustomers(
    readEventsTail(reading, { of: "events", statistic: "count", event: verb }, period),
    draft,
    reading,
    1,
  );
}

/** "countries with at least 100 customers", "products that have more than 50 views": groups by their measure. */
function readHaving(reading: Reading, by: Dimension, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const before = readNumberTest(cursor, false);
  if (!before || before.percent) return undefined;
  if (before.money) cursor.take("in", "of");
  return readRanked(reading, { by: [by], having: before }, period);
}

/** "countries with at least 100 customers", without a word that asks. */
export function readGroupsHaving(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take("list", "show me", "show", "find", "give me");
  cursor.take("the", "all");
  const by = readDimension(reading);
  if (!by || !cursor.take("with", "that have", "that had", "having", "which have")) return undefined;
  return readHaving(reading, by, period);
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
