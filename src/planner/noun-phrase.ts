import { readAge, readGender, readValueList } from "./attributes.js";
import type { AudienceDraft } from "./audience-draft.js";
import { type Condition, eventCondition, plain, readActivity, readDefined } from "./conditions.js";
import { readFlag } from "./flags.js";
import { wishesOf } from "./intents.js";
import { readNumberTest } from "./numbers.js";
import { readObject } from "./objects.js";
import { readPeriod } from "./periods.js";
import { problem, type Reading } from "./reading.js";
import { isOfEvents } from "./values.js";

/** "male customers", "women", "gold tier customers", "jewelry lovers", "bookworms". */
export function readNounPhrase(reading: Reading, draft: AudienceDraft): boolean {
  const { cursor, vocabulary } = reading;
  const those = cursor.take(
    "those customers",
    "these customers",
    "those people",
    "these people",
    "those",
    "these",
    "them",
  );
  if (those) {
    const previous = reading.previous?.criteria;
    return previous ? draft.add(plain(previous), undefined) : problemThose(reading);
  }
  const ids = readIds(reading);
  if (ids) return draft.add(plain({ attribute: "customer_id", op: "in", value: ids }), undefined);
  let noun = false;
  let either = false;
  for (;;) {
    const gender = readGender(reading);
    const condition =
      gender ??
      readAge(reading, false) ??
      readDefined(reading) ??
      readActivity(reading) ??
      readFlag(reading) ??
      readValueList(reading, (_, key) => !isOfEvents(reading, key)) ??
      cursor.attempt(() => readAdjective(reading));
    const wish = condition ? undefined : cursor.phrase(vocabulary.wishes);
    if (wish) draft.intents.push(wish.meaning);
    if (wish) continue;
    if (!condition) break;
    if (condition.timed && !condition.needsPeriod) return false;
    draft.add(condition, undefined);
    either ||= gender !== undefined && cursor.tokens[cursor.pos - 2]?.lower === "or";
    // "women", "VIPs", "homeowners" and "renters" need no further noun.
    const last = cursor.tokens[cursor.pos - 1];
    noun ||= gender !== undefined || (last?.kind === "word" && /^s$|[^s]s$/.test(last.lower));
  }
  if (draft.groups.length > 0 && cursor.phrase(vocabulary.describedCustomers)) return true;
  if (cursor.phrase(vocabulary.customers)) {
    cursor.phrase(vocabulary.customers); // "individual customers"
    return true;
  }
  // "women or men over 60": of both, or of the men?
  if (noun && either && readsLimit(reading)) {
    problem(reading, 'It is not clear whether the limit is meant of both: ask for each, or say "customers over ...".');
    return false;
  }
  const buyers = readBuyers(reading);
  if (buyers) return draft.add(buyers, undefined);
  if (noun) return true;
  if (cursor.phrase(vocabulary.people)) {
    draft.intents.push(cursor.tokens[cursor.pos - 1]?.lower ?? "");
    return true;
  }
  return readFans(reading, draft);
}

function readsLimit({ cursor }: Reading): boolean {
  const start = cursor.pos;
  const found = readNumberTest(cursor, false) !== undefined;
  cursor.pos = start;
  return found || cursor.sees("aged", "in their");
}

/** "gold customers": right before the customers a value is theirs, though products may have it too; a color is not said of people. */
function readAdjective(reading: Reading): Condition | undefined {
  const condition = readValueList(reading, ({ column }) => !/colou?r/.test(column));
  const { cursor, vocabulary } = reading;
  const next = cursor.peek()?.stem ?? "";
  return vocabulary.customers.has(next) || vocabulary.describedCustomers.has(next) ? condition : undefined;
}

/** "customer 1234", "customers 12 and 15" */
export function readIds({ cursor }: Reading): string[] | undefined {
  return cursor.attempt(() => {
    cursor.take("the");
    if (!cursor.take("customer", "user", "client", "household")) return undefined;
    cursor.take("with the id", "with id", "id", "number", "no");
    cursor.mark("#");
    const isId = () => /^\w*\d\w*$/.test(cursor.peek()?.text ?? "");
    const ids: string[] = [];
    while (isId()) {
      ids.push(cursor.peek()?.text ?? "");
      cursor.advance();
      if (!cursor.attempt(() => (cursor.mark(",") || cursor.take("and")) && isId())) break;
    }
    return ids.length > 0 ? ids : undefined;
  });
}

function problemThose(reading: Reading): boolean {
  problem(
    reading,
    reading.previous
      ? 'No conditions say who "those" of the question before are: name them.'
      : '"Those" needs an earlier question in the same session.',
  );
  return false;
}

/** "jewelry buyers", "buyers of red shoes in May", "viewers of jewelry": who did so. */
function readBuyers(reading: Reading): Condition | undefined {
  const { cursor, vocabulary, asOf } = reading;
  return cursor.attempt(() => {
    const before = cursor.attempt(() => {
      if (vocabulary.doers.has(cursor.peek(1)?.stem ?? "") && isOfBoth(reading)) return problem(reading, OF_BOTH);
      const object = readObject(reading);
      return object && vocabulary.doers.has(cursor.peek()?.stem ?? "") ? object : undefined;
    });
    const event = cursor.phrase(vocabulary.doers)?.meaning;
    if (!event || (before && cursor.sees("of"))) return undefined;
    const object = before ?? (cursor.take("of") ? readObject(reading) : undefined);
    if (object?.same || (cursor.tokens[cursor.pos - 1]?.lower === "of" && !object)) return undefined;
    if (object && object.wheres.length > 1 && object.join === "and") {
      return problem(
        reading,
        'It is not clear whether buyers of each or of both are meant: say "or", or "who bought both".',
      );
    }
    const condition = eventCondition(reading, { event, object });
    return condition && { ...condition, period: readPeriod(cursor, asOf) };
  });
}

export const OF_BOTH = "It is not clear whether the customers or the products are meant.";

/** A word such as "gold" in "gold buyers", a tier and a color; a favorite color is not said of people. */
export function isOfBoth({ cursor, lexicon }: Reading): boolean {
  const links = lexicon.values.get(cursor.keyAt(1)) ?? [];
  const views = new Set(
    links.filter(({ view, column }) => view === "events" || !/colou?r/.test(column)).map(({ view }) => view),
  );
  return views.size > 1;
}

/** "jewelry lovers", "luxury fans" */
function readFans(reading: Reading, draft: AudienceDraft): boolean {
  const { cursor, vocabulary } = reading;
  for (let length = 1; length <= 3; length++) {
    const token = cursor.peek(length);
    const words = Array.from({ length }, (_, i) => cursor.peek(i)?.kind);
    if (!token || words.some((kind) => kind !== "word") || !vocabulary.fans.has(token.stem)) continue;
    if (cursor.peek(length + 1)?.lower === "of") continue;
    const wishes = wishesOf(reading, cursor.pos, cursor.pos + length);
    if (!wishes) continue;
    cursor.advance(length + 1);
    draft.intents.push(...wishes);
    return true;
  }
  return false;
}
