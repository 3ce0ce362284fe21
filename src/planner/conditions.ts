import type { Criteria, NumberTest as CriteriaTest, EventCondition, Within } from "../criteria/schema.js";
import { atLeast, type NumberTest, readNumberTest, readTimes } from "./numbers.js";
import { readObject } from "./objects.js";
import { readPeriod } from "./periods.js";
import { type EventObject, problem, type Reading } from "./reading.js";

/** One condition of a question; the period it is over may still come from another part of the sentence. */
export interface Condition {
  /** Its own period. */
  period: Within | undefined;
  /** Whether a period can apply to it at all. */
  timed: boolean;
  negated: boolean;
  /** Several things at once: what "not" would mean of them is not clear. */
  conjunctive?: true;
  /** It means nothing without a period. */
  needsPeriod?: true;
  /** The same deed with another object: "bought bags but not shoes". */
  again?: (object: EventObject) => Condition | undefined;
  make(within: Within | undefined): Criteria;
}

/** A condition that no period applies to. */
export function plain(criteria: Criteria): Condition {
  return { period: undefined, timed: false, negated: false, make: () => criteria };
}

export function negate(condition: Condition): Condition {
  return { ...condition, negated: !condition.negated, make: (within) => ({ not: condition.make(within) }) };
}

export function criteriaTest(test: NumberTest): CriteriaTest {
  return { op: test.op, value: test.value };
}

interface EventParts {
  event: string;
  object?: EventObject | undefined;
  count?: NumberTest | undefined;
  distinct?: string;
  rest?: Partial<EventCondition>;
}

/** A condition on events; undefined where the parts do not go together. */
export function eventCondition(reading: Reading, parts: EventParts): Condition | undefined {
  const { event, object, count, distinct, rest } = parts;
  if (!hasEvent(reading, event)) return undefined;
  let wheres = object?.wheres ?? [{}];
  const join = object?.join ?? "or";
  if (wheres.length > 1 && join === "or") wheres = merged(wheres);
  // "socks and shoes at least 3 times": three of each, or of both together?
  if (wheres.length > 1 && count) return problem(reading, "It is not clear what is to be counted.");
  if (object?.same && !count) return undefined;
  const make = (within: Within | undefined): Criteria => {
    const each = wheres.map(
      (where): Criteria => ({
        event,
        ...(Object.keys(where).length > 0 && { where }),
        ...(within && { within }),
        ...(count && { count: { ...criteriaTest(count), ...(distinct && { distinct }) } }),
        ...(object?.same && { same: "product" }),
        ...rest,
      }),
    );
    if (each.length === 1) return each[0] as Criteria;
    return join === "or" ? { any: each } : { all: each };
  };
  if (object) reading.said = object;
  return {
    period: undefined,
    timed: true,
    negated: false,
    ...(wheres.length > 1 && join === "and" && { conjunctive: true as const }),
    again: (other) => eventCondition(reading, { event, object: other }),
    make,
  };
}

/** Whether the data has events of the type; "views in a file of purchases" is refused, not answered with 0. */
export function hasEvent(reading: Reading, event: string): boolean {
  if (event === "any" || reading.catalogue.eventTypes.some((type) => type.value === event)) return true;
  const known = reading.catalogue.eventTypes.map((type) => type.value).join(", ");
  problem(reading, `This data has no ${event} events; it has ${known || "no events at all"}.`);
  return false;
}

/** Alternatives that differ in the values of one column alone become one list. */
function merged(wheres: EventObject["wheres"]): EventObject["wheres"] {
  const [first] = wheres;
  const names = Object.keys(first ?? {});
  const alike = wheres.every((w) => Object.keys(w).length === names.length && names.every((name) => isText(w[name])));
  if (!first || !alike) return wheres;
  const differing = names.filter((name) => wheres.some((w) => String(w[name]) !== String(first[name])));
  const [column] = differing;
  if (column === undefined || differing.length > 1) return wheres;
  return [{ ...first, [column]: wheres.flatMap((w) => w[column] as string | string[]) }];
}

function isText(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.every((v) => typeof v === "string"));
}

/** "bought red socks twice in May", "added something gold to their cart", "spent more than $500 on shoes". */
export function readEventClause(reading: Reading): Condition | undefined {
  return (
    readSpending(reading) ??
    readAbandoned(reading) ??
    readCartAddition(reading) ??
    readVerb(reading) ??
    readNoun(reading)
  );
}

function readVerb(reading: Reading): Condition | undefined {
  const { cursor, vocabulary } = reading;
  return cursor.attempt(() => {
    const verb = cursor.phrase(vocabulary.verbs);
    if (!verb) return undefined;
    const before = readTail(reading);
    const none = cursor.take("nothing", "no");
    const nothing = none && cursor.tokens[cursor.pos - 1]?.lower === "nothing";
    const object = nothing ? undefined : readObject(reading);
    if (none && !nothing && !object) return undefined;
    const { count, period } = readTail(reading, before);
    const condition = eventCondition(reading, { event: verb.meaning, object, count });
    return condition && { ...(none ? negate(condition) : condition), period };
  });
}

interface Tail {
  count?: NumberTest | undefined;
  period?: Within | undefined;
}

/** How often and when, in either order. */
function readTail(reading: Reading, known: Tail = {}): Tail {
  let { count, period } = known;
  for (let i = 0; i < 2; i++) {
    count ??= readTimes(reading.cursor);
    period ??= readPeriod(reading.cursor, reading.asOf);
  }
  return { count, period };
}

/** "added X to their cart", "put X in the basket". */
function readCartAddition(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (!cursor.take("added", "add", "adding", "put", "putting", "placed")) return undefined;
    const object = readObject(reading);
    const before = readTail(reading);
    if (!readCart(reading)) return undefined;
    const { count, period } = readTail(reading, before);
    const condition = eventCondition(reading, { event: "add_to_cart", object, count });
    return condition && { ...condition, period };
  });
}

/** "to their cart", "in the basket", "to it" */
function readCart({ cursor, vocabulary }: Reading): boolean {
  return (
    cursor.attempt(() => {
      if (!cursor.take("to", "in", "into", "from")) return false;
      cursor.take("their", "the", "a", "his", "her", "shopping");
      return cursor.phrase(vocabulary.cart) !== undefined || cursor.take("it", "them");
    }) ?? false
  );
}

/** "abandoned a cart", "abandoned an electronics item in their cart", "left a watch in the basket". */
function readAbandoned(reading: Reading): Condition | undefined {
  const { cursor, vocabulary } = reading;
  return cursor.attempt(() => {
    const left = cursor.take("left", "leave");
    if (!left && !cursor.take("abandoned", "abandon", "abandoning")) return undefined;
    const cart = cursor.attempt(() => {
      cursor.take("their shopping", "a shopping", "their", "a", "the", "any", "shopping");
      return cursor.phrase(vocabulary.cart);
    });
    if (cart && left) return undefined;
    const object = cart ? cursor.attempt(() => cursor.take("with") && readObject(reading)) : readObject(reading);
    if (!cart && !object) return undefined;
    if (!cart && !readCart(reading) && left) return undefined;
    const { period } = readTail(reading);
    if (!hasEvent(reading, "purchase")) return undefined;
    const condition = eventCondition(reading, { event: "add_to_cart", object, rest: { not_followed_by: "purchase" } });
    return condition && { ...condition, period };
  });
}

/** "spent more than $1k": total_spent, or the sum of purchases where a product or a period is named. */
function readSpending(reading: Reading): Condition | undefined {
  const { cursor, asOf } = reading;
  return cursor.attempt(() => {
    if (!cursor.take("spend", "spending")) return undefined;
    const test = readNumberTest(cursor, false);
    if (!test || test.percent) return undefined;
    const object = cursor.attempt(() => cursor.take("on", "for") && readObject(reading));
    const period = readPeriod(cursor, asOf);
    if (object && (object.wheres.length > 1 || object.same)) return undefined;
    const where = object?.wheres[0] ?? {};
    const make = (within: Within | undefined): Criteria =>
      !object && !within
        ? { attribute: "total_spent", op: test.op, value: test.value }
        : {
            event: "purchase",
            ...(Object.keys(where).length > 0 && { where }),
            ...(within && { within }),
            sum: { field: "amount", ...criteriaTest(test) },
          };
    // Below a limit, those who bought nothing may be meant or not.
    if ((object || period) && !test.op.startsWith(">"))
      return problem(reading, "It is not clear whether customers who bought nothing count.");
    if ((object || period) && !hasEvent(reading, "purchase")) return undefined;
    return { period, timed: object !== undefined || period !== undefined, negated: false, make };
  });
}

/** "at least one refund", "exactly one purchase", "100 or more purchase events", "no activity", "any views of jewelry". */
function readNoun(reading: Reading): Condition | undefined {
  const { cursor, vocabulary, asOf } = reading;
  return cursor.attempt(() => {
    const none =
      !cursor.sees("no more than", "no less than", "no fewer than") &&
      cursor.take("no", "zero", "without any", "without");
    const some = !none && cursor.take("a", "an", "any", "some");
    // "with purchases in May": at least one
    const plural = !none && !some && cursor.peek()?.kind === "word" && /s$/.test(cursor.peek()?.lower ?? "");
    const count = none || some || plural ? undefined : readNumberTest(cursor, true);
    if ((!none && !some && !plural && !count) || count?.money || count?.percent) return undefined;
    const orders = cursor.take("separate order", "different order", "distinct order", "order");
    const noun = orders ? undefined : cursor.phrase(vocabulary.eventNouns);
    if ((!noun && !orders) || (orders && !hasOrders(reading))) return undefined;
    const object = cursor.attempt(() => cursor.take("of", "from", "for", "in") && readObject(reading));
    const period = readPeriod(cursor, asOf);
    // "with purchases over 5" is about their number.
    if (plural && cursor.attempt(() => readNumberTest(cursor, true))) return undefined;
    const condition = eventCondition(reading, {
      event: noun?.meaning ?? "purchase",
      object,
      count: count && atLeast(count),
      ...(orders && count && { distinct: "order" }),
    });
    return condition && { ...(none ? negate(condition) : condition), period };
  });
}

function hasOrders(reading: Reading): boolean {
  const column = reading.catalogue.views.events.columns.find((c) => c.name === "order_id");
  if (column && column.filled > 0) return true;
  problem(reading, "This data has no order ids: purchases can be counted, orders cannot.");
  return false;
}

/** An audience that the user has defined, by its name. */
export function readDefined(reading: Reading): Condition | undefined {
  const found = reading.cursor.phrase(reading.lexicon.definitions);
  return found && plain(found.meaning.criteria(reading));
}

/** Any event in a period that stands elsewhere in the sentence. */
export function readActivity(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const active = cursor.take("active", "engaged");
    if (!active && !cursor.take("inactive")) return undefined;
    const condition = eventCondition(reading, { event: "any" });
    return condition && { ...(active ? condition : negate(condition)), needsPeriod: true as const };
  });
}
