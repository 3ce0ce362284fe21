import type { Criteria, Within } from "../criteria/schema.js";
import { readAudience, readClauses } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { hasEvent } from "./conditions.js";
import { readDimension, readGrouping, readNumericColumn, readStatistic } from "./dimensions.js";
import { readCounted, readEventsTail, readRevenue } from "./events-question.js";
import { readNumber } from "./numbers.js";
import { readPair } from "./pair.js";
import type { Query } from "./query.js";
import { LEADS, type Reading } from "./reading.js";

/** "Compare the average total spend of men and women", "compare average age by country" */
export function readCompare(reading: Reading): Query | undefined {
  const { cursor } = reading;
  if (!cursor.take("compare")) return undefined;
  cursor.take("the");
  const counted = cursor.take("number of", "count of");
  const statistic = counted ? undefined : readStatistic(reading);
  const column = statistic && readNumericColumn(reading);
  if (!counted && !column) return undefined;
  const base = {
    kind: "groups",
    statistic: statistic ?? "count",
    column: column || undefined,
    top: undefined,
  } as const;
  const by = readGrouping(reading);
  if (by)
    return by.kind === "time" || (by.kind === "column" && by.view === "events")
      ? undefined
      : { ...base, by, customers: {} };
  cursor.take("of", "between", "for", "among");
  const pair = readPair(reading);
  return pair && { ...base, ...pair };
}

/** "top 5 countries by number of customers", "top 3 product categories by revenue in May" */
export function readTop(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take("what are", "which are", "show me", "show", "list", "give me", "find");
  cursor.take("the", "our");
  if (!cursor.take("top")) return undefined;
  const top = readNumber(cursor);
  if (!top || !Number.isInteger(top.value) || top.value < 1 || top.money || top.percent) return undefined;
  const by = readDimension(reading);
  if (
    !by ||
    by.kind === "time" ||
    !cursor.take("by", "with the most", "with most", "ranked by", "in terms of", "with the highest")
  )
    return undefined;
  const averaged = cursor.attempt(() => {
    const statistic = readStatistic(reading);
    const column = statistic && readNumericColumn(reading);
    if (!column || (by.kind === "column" && by.view === "events")) return undefined;
    const customers = cursor.done ? {} : cursor.take("of", "for", "among") ? readCustomers(reading) : undefined;
    return customers && { kind: "groups" as const, statistic, column, by, customers, top: top.value };
  });
  if (averaged) return averaged;
  const number = cursor.take("the number of", "number of", "count of", "total number of");
  const customers = readCustomers(reading);
  if (customers) {
    if (by.kind === "column" && by.view === "events") return undefined;
    return { kind: "groups", statistic: "count", column: undefined, by, customers, top: top.value };
  }
  const measure = readCounted(reading) ?? (number ? undefined : readRevenue(reading));
  const query = measure && readEventsTail(reading, measure, period);
  return query && !query.by ? { ...query, by, top: top.value } : undefined;
}

/** "which category has the most purchases", "most viewed product", "most popular color" */
export function readMost(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor, vocabulary } = reading;
  const asked = cursor.take("which", "what", "what is", "what are", "show me", "show");
  cursor.take("the", "our");
  if (cursor.take("most popular", "best selling", "bestselling", "most")) {
    const word = cursor.tokens[cursor.pos - 1]?.lower;
    const verb = word === "most" ? cursor.phrase(vocabulary.verbs)?.meaning : "purchase";
    const by = verb && hasEvent(reading, verb) ? readDimension(reading) : undefined;
    if (!verb || !by || by.kind === "time") return undefined;
    const query = readEventsTail(reading, { of: "events", statistic: "count", event: verb }, period);
    return query && !query.by ? { ...query, by, top: 1 } : undefined;
  }
  const several = asked ? readNumber(cursor) : undefined;
  const top = several ? several.value : 1;
  if (!Number.isInteger(top) || top < 1) return undefined;
  const by = asked ? readDimension(reading) : undefined;
  if (
    !by ||
    !cursor.take(
      "has the most",
      "have the most",
      "had the most",
      "with the most",
      "has the highest number of",
      "has the highest",
      "had the highest",
      "has the largest number of",
    )
  )
    return undefined;
  const customers = by.kind === "time" ? undefined : readCustomers(reading);
  if (customers) {
    if (by.kind === "column" && by.view === "events") return undefined;
    return { kind: "groups", statistic: "count", column: undefined, by, customers, top };
  }
  const measure = readCounted(reading) ?? readRevenue(reading);
  const query = measure && readEventsTail(reading, measure, period);
  return query && !query.by ? { ...query, by, top } : undefined;
}

/** "distribution of customers by favourite colour", "customers by country" */
export function readDistribution(reading: Reading): Query | undefined {
  const { cursor } = reading;
  cursor.take(...LEADS);
  cursor.take("the", "a");
  const split = cursor.attempt(() => {
    const by = readDimension(reading);
    if (!by || by.kind === "time" || !cursor.take("split", "distribution", "breakdown", "mix")) return undefined;
    const customers = cursor.done ? {} : cursor.take("of", "for", "among") ? readCustomers(reading) : undefined;
    return customers && (by.kind === "band" || by.view === "customers") ? { by, customers } : undefined;
  });
  if (split) {
    const numeric = split.by.kind === "column" && split.by.column === "age";
    const by = numeric ? ({ kind: "band", column: "age", width: 10 } as const) : split.by;
    return { kind: "groups", statistic: "count", column: undefined, by, customers: split.customers, top: undefined };
  }
  const said = cursor.take("distribution of", "breakdown of", "split of");
  const draft = new AudienceDraft();
  if (!readAudience(reading, draft)) return undefined;
  if (said) cursor.take("over", "across");
  const by = readGrouping(reading) ?? (said ? readDimension(reading) : undefined);
  if (!by || by.kind === "time" || (by.kind === "column" && by.view === "events")) return undefined;
  readClauses(reading, draft);
  const audience = finishAudience(reading, draft);
  if (!audience || audience.intents.length > 0) return undefined;
  return { kind: "groups", statistic: "count", column: undefined, by, customers: audience.criteria, top: undefined };
}

/** All that is left as an audience without wishes. */
function readCustomers(reading: Reading): Criteria | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const draft = new AudienceDraft();
    if (!readAudience(reading, draft)) return undefined;
    const audience = finishAudience(reading, draft);
    return audience && audience.intents.length === 0 && cursor.done ? audience.criteria : undefined;
  });
}
