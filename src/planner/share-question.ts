import type { Within } from "../criteria/schema.js";
import { readAudience, readClauses } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { Cursor } from "./cursor.js";
import { isCustomerDimension, readGroupings } from "./dimensions.js";
import { readCustomersByGroup, readEventShare } from "./event-share-question.js";
import type { Query } from "./query.js";
import { problem, type Reading } from "./reading.js";

/** "What share of women viewed jewelry in the last 30 days?" */
export function readShare(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take("what is", "what was", "what", "which", "show me", "calculate", "how much");
  cursor.take("the");
  if (
    !cursor.take("percentage of", "percent of", "share of", "proportion of", "fraction of") &&
    !(cursor.mark("%") && cursor.take("of"))
  )
    return undefined;
  const events = cursor.attempt(() => {
    const query = readEventShare(reading, period);
    return query && cursor.done ? query : undefined;
  });
  if (events) return events;
  return (
    cursor.attempt(() => {
      const query = readShareOfGroup(reading, period);
      return query && cursor.done ? query : undefined;
    }) ?? readCustomersByGroup(reading)
  );
}

/** "(share of) women viewed jewelry", "customers who bought shoes", "women among customers in Ohio" */
function readShareOfGroup(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const group = new AudienceDraft();
  const part = new AudienceDraft();
  part.period = period;
  if (readGroupOf(reading, group)) {
    const since = group.groups.some(({ conditions }) => conditions.some((condition) => condition.timed));
    if (since && /\bwithin (an?|one|\d+) /i.test(cursor.textOf(cursor.pos, cursor.tokens.length))) {
      return problem(reading, 'How long after something else it was done is not read: "in the last 7 days" is.');
    }
    if (!readClauses(reading, part) || part.groups.length === 0) return undefined;
  } else if (!cursor.attempt(() => readRelativeShare(reading, group, part)) && !readPartOfAll(reading, group, part)) {
    return undefined;
  }
  const by = part.groups.length > 0 ? readGroupings(reading) : undefined;
  if (period && group.groups.some(({ conditions }) => conditions.some((c) => c.timed))) group.period ??= period;
  const of = finishAudience(reading, group);
  const share = finishAudience(reading, part);
  if (!of || !share || of.intents.length + share.intents.length > 0) return undefined;
  if (!by) return { kind: "share", of: of.criteria, part: share.criteria };
  if (!by.every(isCustomerDimension)) return undefined;
  return {
    kind: "groups",
    statistic: "count",
    column: undefined,
    groups: { by },
    customers: of.criteria,
    part: share.criteria,
  };
}

/**
 * A share without a main verb: "customers who bought shoes" are a part of all customers, "women among customers in Ohio"
 * of those named; "German customers who bought shoes" might be either, and is not read.
 */
function readPartOfAll(reading: Reading, group: AudienceDraft, part: AudienceDraft): boolean {
  const { cursor } = reading;
  const audience = new AudienceDraft();
  // "customers who viewed jewelry who also bought shoes" are a part of those who viewed it
  if (cursor.tokens.some(({ lower }) => lower === "also")) return false;
  if (!readAudience(reading, audience) || audience.groups.length !== 1) return false;
  part.groups.push(...audience.groups);
  part.period ??= audience.period;
  return cursor.done || (cursor.take("among", "in", "of") && readAudience(reading, group));
}

/** The group of a share: all up to the main verb. */
function readGroupOf(reading: Reading, group: AudienceDraft): boolean {
  const { cursor, vocabulary } = reading;
  const main = () => {
    const token = cursor.peek();
    if (!token) return true;
    if (
      cursor.sees(
        "also",
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
    const head = { ...reading, cursor: new Cursor(cursor.tokens.slice(start, end)) };
    if (readAudience(head, inner) && head.cursor.done) {
      group.groups.push(...inner.groups);
      group.intents.push(...inner.intents);
      group.period = inner.period;
      // "bought it"; of "viewed jewelry but not shoes" it is not said which
      const negated = inner.groups.some(({ conditions }) => conditions.some((condition) => condition.negated));
      reading.said = negated ? undefined : head.said;
      cursor.pos = end;
      return true;
    }
  }
  cursor.pos = start;
  return false;
}

/** "(percentage of) women over 60 | who bought shoes": of those before the relative clause. */
function readRelativeShare(reading: Reading, group: AudienceDraft, part: AudienceDraft): boolean {
  const { cursor } = reading;
  const start = cursor.pos;
  const at = cursor.tokens.findIndex(({ lower }, i) => i > start && /^(who|that)$/.test(lower));
  // "women among customers who bought shoes" are a part of those customers
  if (at < 0 || cursor.tokens.slice(start, at).some(({ lower }) => /^(among|amongst|out)$/.test(lower))) return false;
  // "customers who viewed jewelry who (also) bought shoes": of all, or of those who viewed it?
  const again = cursor.tokens.findIndex(({ lower }, i) => i > at && /^(who|that|also)$/.test(lower));
  if (again >= 0 && !/^(and|or|but|,)$/.test(cursor.tokens[again - 1]?.lower ?? "")) return false;
  const head = { ...reading, cursor: new Cursor(cursor.tokens.slice(start, at)) };
  if (!readAudience(head, group) || !head.cursor.done) return false;
  cursor.pos = at;
  if (!readClauses(reading, part) || part.groups.length === 0) return false;
  // "women who bought socks in Poland": a place may be of all of them
  return part.groups.every(({ conditions }) => conditions.every((condition) => condition.timed));
}
