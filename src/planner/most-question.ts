import type { Within } from "../criteria/schema.js";
import { readAudience } from "./audience.js";
import { AudienceDraft } from "./audience-draft.js";
import { hasEvent } from "./conditions.js";
import { isVisit } from "./deeds.js";
import { isCustomerDimension, readDimension } from "./dimensions.js";
import { readEventsTail, readObjectAndTail } from "./events-question.js";
import { readEventMeasure } from "./measures.js";
import { readNumber, readNumberTest } from "./numbers.js";
import type { Dimension, EventsQuery, Grouping, Query } from "./query.js";
import { filledColumn, problem, type Reading } from "./reading.js";
import { BY, EACH, ofCustomers, readRanked } from "./top-question.js";

/** "which category has the most purchases", "most viewed product", "most popular color per country", "busiest day" */
export function readMost(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const asked = cursor.take(
    "what is",
    "what are",
    "what was",
    "what were",
    "which",
    "what",
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
  const by = Number.isInteger(top) && top > 0 ? readDimension(reading) : undefined;
  // "the category with the highest revenue" asks by itself
  if (!by || (!asked && !cursor.sees("with the", "with most", "with least"))) return undefined;
  const at = cursor.pos;
  const most = cursor.attempt(() => readExtreme(reading));
  // "which categories have the most": all of them, largest first
  const last = cursor.tokens[at - 1];
  const all = !several && last !== undefined && last.lower !== last.stem && /s$/.test(last.lower);
  if (most === "least" && all) {
    return problem(reading, `It is not said how many: "which 3 ${cursor.textOf(at - 1, at)} have the lowest ...".`);
  }
  if (most) {
    const cut = all ? { ranked: true as const } : { top, ...(most === "least" && ({ ascending: true } as const)) };
    return readRanked(reading, { by: [by], ...cut }, period);
  }
  const did = cursor.attempt(() => readDidMost(reading, by, top, period));
  if (did) return did;
  // "which categories have more than 1000 purchases"
  if (several) return undefined;
  if (!cursor.take("have", "has", "had", "with", "that have", "that had", "generated", "made", "got", "saw"))
    return undefined;
  return readHaving(reading, by, period);
}

const HAVING = [
  ...["has", "had", "with", "saw", "generate", "generated", "brought in", "bring in", "bring", "make", "made"],
  ...["is responsible for", "account for", "accounted for"],
];
const MOST = ["most", "highest", "largest", "biggest", "greatest"];
const LEAST = ["least", "fewest", "lowest", "smallest"];

/** The deed that is counted; visits are not. */
function readCountedVerb({ cursor, vocabulary }: Reading): string | undefined {
  return isVisit(cursor.peek()) ? undefined : cursor.phrase(vocabulary.verbs)?.meaning;
}

/** "has the most", "with the lowest" */
function readExtreme({ cursor }: Reading): "most" | "least" | undefined {
  if (!cursor.take(...HAVING) || !cursor.take("the")) return undefined;
  return cursor.take(...MOST) ? "most" : cursor.take(...LEAST) ? "least" : undefined;
}

/** "which gender spends the most", "which state bought the most jewelry" */
function readDidMost(reading: Reading, by: Dimension, top: number, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const little = cursor.take("spend the least money", "spend the least", "spend least");
  const ascending = little && { ascending: true as const };
  if (little || cursor.take("spend the most money", "spend the most", "spend more", "spend most")) {
    const query = readEventsTail(reading, { of: "amount", statistic: "sum", event: "purchase" }, period);
    if (!query || query.groups || !isCustomerDimension(by) || !hasEvent(reading, "purchase")) return undefined;
    const groups: Grouping = { by: [by], top, ...ascending };
    // Spending without a product or period is total_spent, as everywhere.
    if (!query.within && query.where.length === 0 && filledColumn(reading, "total_spent")) {
      return { kind: "groups", statistic: "sum", column: "total_spent", groups, customers: query.customers };
    }
    return { ...query, groups };
  }
  // Products are sold when they are bought.
  const verb = cursor.take("sold", "sell") ? "purchase" : readCountedVerb(reading);
  const least = cursor.take("the least", "least");
  if (!verb || (!least && !cursor.take("the most", "most")) || !hasEvent(reading, verb)) return undefined;
  const query = readObjectAndTail(reading, { of: "events", statistic: "count", event: verb }, period);
  return query && !query.groups
    ? { ...query, groups: { by: [by], top, ...(least && { ascending: true }) } }
    : undefined;
}

/** "most viewed product in each category", "the 5 best selling products", "busiest weekday" */
function readSuperlative(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const said = cursor.take("top");
  const number = cursor.attempt(() => readNumber(cursor));
  const top = number?.value ?? 1;
  if (!Number.isInteger(top) || top < 1 || (said && !number)) return undefined;
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
  const deed = () => (cursor.take("most", "least") ? readCountedVerb(reading) : undefined);
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

/** "customers who spent the most in May", "who bought the most jewelry", "10 customers with the most views of shoes" */
function readMostOfCustomers(reading: Reading, period: Within | undefined): EventsQuery | undefined {
  const { cursor } = reading;
  const draft = new AudienceDraft();
  const several = cursor.attempt(() => readNumber(cursor));
  const top = several?.value ?? 1;
  if (!Number.isInteger(top) || top < 1 || several?.money || several?.percent) return undefined;
  if (!cursor.take("who") && !readAudience(reading, draft)) return undefined;
  cursor.take("who", "that");
  cursor.take("have", "has", "had");
  if (cursor.take("spend the most money", "spend the most")) {
    if (!hasEvent(reading, "purchase")) return undefined;
    const tail = readEventsTail(reading, { of: "amount", statistic: "sum", event: "purchase" }, period);
    return ofCustomers(tail, draft, reading, top);
  }
  if (cursor.take("with the most", "with the highest number of", "with the highest", "the most")) {
    const measure = readEventMeasure(reading);
    return measure && ofCustomers(readEventsTail(reading, measure, period), draft, reading, top);
  }
  const verb = readCountedVerb(reading);
  if (!verb || !cursor.take("the most") || !hasEvent(reading, verb)) return undefined;
  const counted = { of: "events", statistic: "count", event: verb } as const;
  return ofCustomers(readObjectAndTail(reading, counted, period), draft, reading, top);
}

/** "countries with at least 100 customers", "products that have more than 50 views": groups by their measure. */
function readHaving(reading: Reading, by: Dimension, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const before = readNumberTest(cursor, false);
  if (!before || before.percent) return undefined;
  cursor.take("in", "of");
  const query = readRanked(reading, { by: [by], having: before }, period);
  const counts = query?.kind === "events" ? query.measure.statistic === "count" : query?.statistic === "count";
  if (query && before.money && counts) {
    return problem(reading, "An amount of money is no number of them: say revenue, or leave the currency out.");
  }
  return query;
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
