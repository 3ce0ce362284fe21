import type { Criteria, Within } from "../criteria/schema.js";
import { readGender, readValueList } from "./attributes.js";
import { AudienceDraft, finishAudience, readAudience, readClauses } from "./audience.js";
import type { Condition } from "./conditions.js";
import { readDimension, readGrouping, readNumericColumn, readStatistic } from "./dimensions.js";
import { readCounted, readEventsTail, readRevenue } from "./events-question.js";
import { readList } from "./list-question.js";
import { readNumber } from "./numbers.js";
import { readPeriod } from "./periods.js";
import type { Query } from "./query.js";
import type { Reading } from "./reading.js";

const LEADS = [
  "what is",
  "what are",
  "what was",
  "what were",
  "show me",
  "give me",
  "show",
  "list",
  "calculate",
  "compute",
  "get",
  "display",
  "report",
  "find",
];

/** Reads a whole question; undefined where any word is left over. */
export function readQuestion(reading: Reading): Query | undefined {
  const { cursor } = reading;
  for (const read of [
    readDetails,
    readCount,
    readShare,
    readCompare,
    readTop,
    readDistribution,
    readMeasure,
    readList,
  ]) {
    const query = cursor.attempt(() => {
      const period = readPeriod(cursor, reading.asOf);
      cursor.mark(",");
      const found = read(reading, period);
      return found && cursor.done ? found : undefined;
    });
    if (query) return query;
  }
  return undefined;
}

/** "details of customer 1234" */
function readDetails({ cursor }: Reading): Query | undefined {
  const said =
    cursor.take(...LEADS) &&
    cursor.attempt(() => {
      cursor.take("all the", "all", "the", "full");
      return (
        cursor.take("detail", "record", "profile", "information", "info", "data", "everything") &&
        cursor.take("of", "for", "about", "on")
      );
    });
  if (!said && !cursor.take("who is", "look up")) {
    if (!cursor.sees("customer") || cursor.tokens.length > 3) return undefined;
  }
  cursor.take("the");
  if (!cursor.take("customer", "user", "client")) return undefined;
  cursor.take("with id", "id", "number", "no");
  cursor.mark("#");
  const ids: string[] = [];
  for (;;) {
    const token = cursor.peek();
    if (!token || token.kind === "mark" || !/\d/.test(token.text)) break;
    ids.push(token.text);
    cursor.advance();
    if (!cursor.mark(",")) cursor.take("and");
  }
  return ids.length > 0 ? { kind: "details", ids } : undefined;
}

const COUNTS = [
  "how many",
  "the total number of",
  "total number of",
  "the number of",
  "number of",
  "a count of",
  "the count of",
  "count of",
  "count the number of",
  "count",
  "no of",
];

/** "How many customers ...", "number of purchases per month", "customers with no activity - how many?" */
function readCount(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const start = cursor.pos;
  cursor.take(...LEADS);
  const front = cursor.mark("#") || cursor.take(...COUNTS);
  if (!front) cursor.pos = start;
  cursor.take("of the", "of our");
  if (front) {
    const events = cursor.attempt(() => {
      const measure = readCounted(reading);
      return measure && readEventsTail(reading, measure, period);
    });
    if (events && cursor.done) return events;
  }
  const draft = new AudienceDraft();
  draft.period = period;
  cursor.pos = front ? cursor.pos : start;
  cursor.take("do we have");
  if (!readAudience(reading, draft)) return undefined;
  const by = front ? readGrouping(reading) : undefined;
  if (!front && !cursor.take("how many are there", "how many", "count", "number")) return undefined;
  cursor.take("are there", "do we have", "there are", "were there");
  readClauses(reading, draft);
  const audience = finishAudience(reading, draft);
  if (!audience) return undefined;
  if (audience.intents.length > 0) {
    reading.problems.push({
      at: cursor.pos,
      message: "Interest is a matter of degree: such customers can be listed, best first, but not counted.",
    });
    return undefined;
  }
  const customers = audience.criteria;
  if (by) {
    if (by.kind === "time" || (by.kind === "column" && by.view === "events")) return undefined;
    return { kind: "groups", statistic: "count", column: undefined, by, customers, top: undefined };
  }
  return { kind: "count", customers };
}

/** "What share of women viewed jewelry in the last 30 days?" */
function readShare(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take("what is", "what", "which", "show me", "calculate");
  cursor.take("the");
  if (
    !cursor.take("percentage of", "percent of", "share of", "proportion of", "fraction of") &&
    !(cursor.mark("%") && cursor.take("of"))
  )
    return undefined;
  const group = new AudienceDraft();
  if (!readGroupOf(reading, group)) return undefined;
  const part = new AudienceDraft();
  part.period = period;
  if (!readClauses(reading, part) || part.groups.length === 0) return undefined;
  const of = finishAudience(reading, group);
  const share = finishAudience(reading, part);
  if (!of || !share || of.intents.length + share.intents.length > 0) return undefined;
  return { kind: "share", of: of.criteria, part: share.criteria };
}

/** The group of a share: all up to the main verb. */
function readGroupOf(reading: Reading, group: AudienceDraft): boolean {
  const { cursor, vocabulary } = reading;
  const main = () => {
    const token = cursor.peek();
    if (!token) return true;
    if (
      cursor.sees(
        "have",
        "had",
        "did",
        "do",
        "are",
        "is",
        "were",
        "was",
        "made",
        "added",
        "put",
        "spend",
        "abandoned",
        "never",
        "not",
        "placed",
      )
    )
      return true;
    const at = cursor.pos;
    const verb = cursor.phrase(vocabulary.verbs) ?? cursor.phrase(vocabulary.soft);
    cursor.pos = at;
    return verb !== undefined;
  };
  // The longest group for which the rest still begins with the main verb.
  const start = cursor.pos;
  for (let end = start + 1; end < cursor.tokens.length; end++) {
    cursor.pos = end;
    const relative = /^(who|that|which)$/.test(cursor.tokens[end - 1]?.lower ?? "");
    if (relative || !main()) continue;
    const inner = new AudienceDraft();
    const head = { ...reading, cursor: sliced(reading, start, end) };
    if (readAudience(head, inner) && head.cursor.done) {
      group.groups.push(...inner.groups);
      group.intents.push(...inner.intents);
      group.period = inner.period;
      cursor.pos = end;
      return true;
    }
  }
  cursor.pos = start;
  return false;
}

function sliced({ cursor }: Reading, from: number, to: number): Reading["cursor"] {
  return new (cursor.constructor as new (tokens: Reading["cursor"]["tokens"]) => Reading["cursor"])(
    cursor.tokens.slice(from, to),
  );
}

/** "Compare the average total spend of men and women", "compare average age by country" */
function readCompare(reading: Reading): Query | undefined {
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
  cursor.take("customers from", "customers in", "customers who are", "the");
  const first = readOne(reading);
  cursor.take("customer");
  if (!first || !cursor.take("and", "versus", "vs", "with", "to")) return undefined;
  cursor.take("customers from", "customers in", "the");
  const second = readOne(reading);
  cursor.take("customer");
  if (!second || first.attribute !== second.attribute) return undefined;
  return {
    ...base,
    by: { kind: "column", view: "customers", column: first.attribute },
    customers: { attribute: first.attribute, op: "in", value: [first.value, second.value] },
  };
}

function readOne(reading: Reading): { attribute: string; value: string } | undefined {
  const condition: Condition | undefined = readGender(reading) ?? reading.cursor.attempt(() => readValueList(reading));
  const criteria = condition?.make(undefined) as { attribute?: string; value?: unknown } | undefined;
  return criteria?.attribute !== undefined && typeof criteria.value === "string"
    ? { attribute: criteria.attribute, value: criteria.value }
    : undefined;
}

/** "top 5 countries by number of customers", "top 3 product categories by revenue in May" */
function readTop(reading: Reading, period: Within | undefined): Query | undefined {
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
  const number = cursor.take("the number of", "number of", "count of", "total number of");
  const customers = cursor.attempt(() => {
    const draft = new AudienceDraft();
    if (!readAudience(reading, draft)) return undefined;
    const audience = finishAudience(reading, draft);
    return audience && audience.intents.length === 0 && cursor.done ? audience.criteria : undefined;
  });
  if (customers) {
    if (by.kind === "column" && by.view === "events") return undefined;
    return { kind: "groups", statistic: "count", column: undefined, by, customers, top: top.value };
  }
  const measure = readCounted(reading) ?? (number ? undefined : readRevenue(reading));
  const query = measure && readEventsTail(reading, measure, period);
  return query && !query.by ? { ...query, by, top: top.value } : undefined;
}

/** "distribution of customers by favourite colour", "customers by country" */
function readDistribution(reading: Reading): Query | undefined {
  const { cursor } = reading;
  cursor.take(...LEADS);
  cursor.take("the", "a");
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

/** "total revenue from footwear", "average age of customers who bought housewares", "purchases by month" */
function readMeasure(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take(...LEADS, "how much", "how high is");
  cursor.take("the", "our");
  const events = cursor.attempt(() => {
    const measure = readRevenue(reading);
    return measure && readEventsTail(reading, measure, period);
  });
  if (events) return events;
  const counted = cursor.attempt(() => {
    const measure = readCounted(reading);
    const query = measure && readEventsTail(reading, measure, period);
    return query?.by ? query : undefined;
  });
  if (counted) return counted;
  const statistic = readStatistic(reading);
  const column = statistic && readNumericColumn(reading);
  if (!statistic || !column) return undefined;
  const draft = new AudienceDraft();
  draft.period = period;
  let by = readGrouping(reading);
  let customers: Criteria = {};
  if (!cursor.done) {
    if (cursor.take("of", "for", "among", "by", "across") && !readAudience(reading, draft)) return undefined;
    by ??= readGrouping(reading);
    readClauses(reading, draft);
    const audience = finishAudience(reading, draft);
    if (!audience || audience.intents.length > 0) return undefined;
    customers = audience.criteria;
  }
  if (!by) return { kind: "statistic", statistic, column, customers };
  if (by.kind === "time" || (by.kind === "column" && by.view === "events")) return undefined;
  return { kind: "groups", statistic, column, by, customers, top: undefined };
}
