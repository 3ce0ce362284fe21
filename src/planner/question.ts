import type { Criteria, Within } from "../criteria/schema.js";
import { readAudience, readClauses } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { readComparison } from "./comparison-question.js";
import { Cursor } from "./cursor.js";
import { customersByEvent } from "./customers-by-event.js";
import { readDescribe } from "./describe-question.js";
import { isCustomerDimension, readEvery, readGroupCut, readGroupings, readStatistic } from "./dimensions.js";
import { readEventsTail } from "./events-question.js";
import { readCompare, readDistribution } from "./groups-question.js";
import { readLike } from "./like-question.js";
import { DEED_COLUMNS, readList } from "./list-question.js";
import { readAverage, readCounted, readRevenue } from "./measures.js";
import { readGroupsHaving, readMost } from "./most-question.js";
import { readIds } from "./noun-phrase.js";
import { readCountOf, readShareOf } from "./of-these-question.js";
import { readPair } from "./pair.js";
import { readPeriod } from "./periods.js";
import type { Query } from "./query.js";
import { LEADS, problem, type Reading } from "./reading.js";
import { readShare } from "./share-question.js";
import { readTop } from "./top-question.js";
import { readNumericColumn } from "./values.js";
import { readWhat } from "./what-question.js";
import { readWhen } from "./when-question.js";
import { COUNTS, measureFirst, spenders, turnedRound } from "./word-orders.js";

/** Tried in this order; each has to take every word. */
const READERS = [
  readLike,
  readDetails,
  readDescribe,
  readCount,
  readCountOf,
  readShareOf,
  readShare,
  readCompare,
  readTop,
  readMost,
  readWhen,
  readWhat,
  readGroupsHaving,
  readDistribution,
  readMeasure,
  readList,
];

/** Reads a whole question; undefined where any word is left over. */
export function readQuestion(reading: Reading): Query | undefined {
  return readEitherWay(reading) ?? readComparison(reading, readEitherWay);
}

/** As it stands, or with a part of it put where it is looked for. */
function readEitherWay(reading: Reading): Query | undefined {
  const whole = readInOrder(reading);
  if (whole) return whole;
  for (const turned of [...turnedRound(reading), ...spenders(reading)]) {
    const query = readInOrder({ ...reading, cursor: new Cursor(turned) });
    if (query) return query;
  }
  for (const turned of measureFirst(reading)) {
    const query = readInOrder({ ...reading, cursor: new Cursor(turned) });
    if (query && query.kind !== "list") return query;
  }
  return undefined;
}

function readInOrder(reading: Reading): Query | undefined {
  const { cursor } = reading;
  for (const read of READERS) {
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
function readDetails(reading: Reading): Query | undefined {
  const { cursor } = reading;
  cursor.take(...LEADS);
  const said = cursor.attempt(() => {
    cursor.take("all the", "all", "the", "full", "complete");
    return (
      cursor.take("detail", "record", "profile", "information", "info", "data", "everything") &&
      cursor.take("of", "for", "about", "on")
    );
  });
  if (!said && !cursor.take("who is", "look up", "about")) {
    if (!cursor.sees("customer") || cursor.tokens.length > 3) return undefined;
  }
  const ids = readIds(reading);
  return ids && { kind: "details", ids };
}

/** "How many customers ...", "number of purchases per month", "customers with no activity - how many?" */
function readCount(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const start = cursor.pos;
  cursor.take(...LEADS);
  const front = cursor.mark("#") || cursor.take(...COUNTS);
  if (!front) cursor.pos = start;
  cursor.take("of the", "of our", "of");
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
  // "how many signed up in May", "bought beef but not pork - how many customers?"
  const bare = () =>
    beginsWithDeed(reading) && cursor.attempt(() => readClauses(reading, draft) && draft.groups.length > 0);
  if (!readAudience(reading, draft) && !bare()) return undefined;
  let by = front ? readGroupings(reading) : undefined;
  cursor.mark(",");
  if (
    !front &&
    !cursor.take("how many are there", "how many customers", "how many people", "how many", "count", "number")
  )
    return undefined;
  cursor.take("are there", "do we have", "there are", "were there");
  readClauses(reading, draft);
  by ??= front ? readGroupings(reading) : undefined;
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
    const groups = { by, ...readGroupCut(reading) };
    if (!by.every(isCustomerDimension)) return customersByEvent(customers, groups);
    return { kind: "groups", statistic: "count", column: undefined, groups, customers };
  }
  return { kind: "count", customers };
}

/** "(how many) signed up", "(how many) bought"; not "purchases over 500", which are no customers. */
function beginsWithDeed({ cursor, vocabulary }: Reading): boolean {
  const { lower = "", stem = "" } = cursor.peek() ?? {};
  if (/^(purchases|views|orders|returns|refunds|events|visits)$/.test(lower)) return false;
  return (
    vocabulary.verbs.has(stem) ||
    /^(signed|joined|registered|spent|abandoned|added|put|never|were|are|live|lives)$/.test(lower)
  );
}

/** A distribution is over groups: "distribution of total spent" is no sum. */
function readsGroups({ cursor }: Reading): boolean {
  return cursor.tokens.slice(cursor.pos).some(({ lower }) => /^(by|per|across|over|each)$/.test(lower));
}

/** "how much did customers in Texas spend": their total_spent; of a period or product, what they bought. */
function readSpentBy(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  if (!cursor.take("money did", "did", "money have", "have")) return undefined;
  // "each customer", "a customer": no sum over all
  if (cursor.sees("a", "an", "any", "each", "every")) return undefined;
  const draft = new AudienceDraft();
  if (!readAudience(reading, draft) || !cursor.take("spend")) return undefined;
  cursor.take("on average");
  if (cursor.tokens[cursor.pos - 1]?.lower === "average") return undefined;
  const on = cursor.take("on");
  if (on) cursor.pos--;
  if (cursor.done && !period) {
    const audience = finishAudience(reading, draft);
    return audience?.intents.length === 0
      ? { kind: "statistic", statistic: "sum", column: "total_spent", customers: audience.criteria }
      : undefined;
  }
  const query = readEventsTail(reading, { of: "amount", statistic: "sum", event: "purchase" }, period);
  const audience = finishAudience(reading, draft);
  if (!query || !audience || audience.intents.length > 0 || Object.keys(query.customers).length > 0) return undefined;
  return { ...query, customers: audience.criteria };
}

/** "total revenue from footwear", "average age of customers who bought housewares", "purchases by month" */
function readMeasure(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take(...LEADS, "how much", "how high is", "what");
  const spread = cursor.take("breakdown of", "the breakdown of", "distribution of", "the distribution of");
  cursor.take("the", "our");
  if (spread && !readsGroups(reading)) return undefined;
  const spent = cursor.attempt(() => readSpentBy(reading, period));
  if (spent) return spent;
  const every = readEvery(reading);
  const events = cursor.attempt(() => {
    const measure = readRevenue(reading) ?? readAverage(reading);
    return measure && readEventsTail(reading, measure, period);
  });
  const counted =
    events ??
    cursor.attempt(() => {
      cursor.take("number of", "count of");
      const measure = readCounted(reading);
      const query = measure && readEventsTail(reading, measure, period);
      return query?.groups || every || measure?.of === "units" ? query : undefined;
    });
  if (counted) {
    if (every && counted.groups) return undefined;
    return every ? { ...counted, groups: { by: [{ kind: "time", unit: every }] } } : counted;
  }
  if (every || spread) return undefined;
  const statistic = readStatistic(reading);
  const column = statistic && readNumericColumn(reading);
  if (!statistic || !column) return undefined;
  const draft = new AudienceDraft();
  draft.period = period;
  cursor.take("per customer", "by customer", "of a customer", "a customer has");
  let by = readGroupings(reading);
  let customers: Criteria = {};
  if (!cursor.done) {
    const pair = cursor.attempt(() => {
      cursor.take("of", "for", "among", "between");
      const two = readPair(reading);
      return two && cursor.done ? two : undefined;
    });
    if (pair) return { kind: "groups", statistic, column, ...pair };
    if (cursor.take("of", "for", "among", "by", "across") && !readAudience(reading, draft)) return undefined;
    by ??= readGroupings(reading);
    readClauses(reading, draft);
    const audience = finishAudience(reading, draft);
    if (!audience || audience.intents.length > 0) return undefined;
    customers = audience.criteria;
  }
  // "total spent of jewelry buyers in May": what they spent then, or all that those spent who bought it then?
  const buyers = cursor.tokens.some(({ stem }) => reading.vocabulary.doers.has(stem));
  if (buyers && DEED_COLUMNS.test(column) && JSON.stringify(customers).includes('"within"')) {
    return problem(reading, 'It is not clear what the period is of: say "customers who bought ... in May".');
  }
  if (!by) return { kind: "statistic", statistic, column, customers };
  if (!by.every(isCustomerDimension)) return undefined;
  // "lowest revenue by country": the country's, not that of its least customer
  if (/^(min|max)$/.test(statistic) && /^(revenue|purchases|views|add_to_carts|events)$/.test(column)) {
    return problem(
      reading,
      `It is not clear whose ${column}: say "which country has the ${statistic === "min" ? "lowest" : "highest"} ${column}".`,
    );
  }
  return { kind: "groups", statistic, column, groups: { by, ...readGroupCut(reading) }, customers };
}
