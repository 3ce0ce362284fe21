import type { Criteria, NumberTest as CriteriaTest, EventCondition, Within } from "../criteria/schema.js";
import type { NumberTest } from "./numbers.js";
import { type EventObject, problem, type Reading } from "./reading.js";

/** One condition of a question; the period it is over may still come from another part of the sentence. */
export interface Condition {
  /** Its own period. */
  period: Within | undefined;
  /** Whether a period can apply to it at all. */
  timed: boolean;
  /** Its period is of this deed alone: "only in May", "in both May and June". */
  ownPeriod?: true;
  negated: boolean;
  /** Several things at once: what "not" would mean of them is not clear. */
  conjunctive?: true;
  /** Only a period that is over the whole sentence applies to it, not that of another deed. */
  loose?: true;
  /** A deed without an object: "viewed" in "viewed or bought jewelry", where the object follows. */
  bare?: true;
  object?: EventObject | undefined;
  /** What was done. */
  event?: string;
  /** How many somebody has of something: "no kids". */
  counted?: true;
  /** Of age, which a further bare number may be about as well. */
  age?: true;
  /** Of where somebody lives. */
  place?: true;
  /** The number that `retest` replaces. */
  test?: NumberTest | undefined;
  /** The same with another number: "spent more than 100 but less than 200". */
  retest?: (test: NumberTest) => Condition | undefined;
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
  const { again } = condition;
  return {
    ...condition,
    ...(again && { again: (object: EventObject) => negated(again(object)) }),
    negated: !condition.negated,
    make: (within) => ({ not: condition.make(within) }),
  };
}

function negated(condition: Condition | undefined): Condition | undefined {
  return condition && negate(condition);
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
  if (count && [count.value].flat().some((value) => !Number.isInteger(value))) {
    return problem(reading, "What is counted has to be a whole number.");
  }
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
    event,
    again: (other) => eventCondition(reading, { event, object: other }),
    ...(count && { test: count, retest: (test: NumberTest) => eventCondition(reading, { ...parts, count: test }) }),
    ...(!object && !count && !rest && { bare: true as const }),
    object,
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
export function merged(wheres: EventObject["wheres"]): EventObject["wheres"] {
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

export function hasOrders(reading: Reading): boolean {
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
