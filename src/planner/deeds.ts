import type { Within } from "../criteria/schema.js";
import { type Condition, eventCondition, hasEvent, hasOrders, negate } from "./conditions.js";
import { atLeast, type NumberTest, readNumberTest, readTimes } from "./numbers.js";
import { ANYTHING, readObject } from "./objects.js";
import { readBoth, readPeriod } from "./periods.js";
import { type EventObject, problem, type Reading, rephrased } from "./reading.js";
import { readSpending } from "./spending.js";
import { readColumn } from "./values.js";
import type { Token } from "./words.js";

/** "bought red socks twice in May", "added something gold to their cart", "spent more than $500 on shoes". */
export function readEventClause(reading: Reading, stated: boolean): Condition | undefined {
  return (
    readSpending(reading) ??
    readAbandoned(reading) ??
    readCartAddition(reading) ??
    readVerb(reading) ??
    readNoun(reading, stated)
  );
}

function readVerb(reading: Reading): Condition | undefined {
  const { cursor, vocabulary } = reading;
  return cursor.attempt(() => {
    const passive = /^(am|are|is|was|were|be|been|being)$/.test(cursor.tokens[cursor.pos - 1]?.lower ?? "");
    const verbStart = cursor.pos;
    const verb = cursor.phrase(vocabulary.verbs);
    // "women's purchases" are no deed of women's; "everyone who views" is one.
    const verbAt = cursor.tokens[cursor.pos - 1]?.lower ?? "";
    const subject = cursor.tokens[cursor.pos - 2]?.lower ?? "";
    if (
      /^(purchases|views|orders|returns|refunds|visits)$/.test(verbAt) &&
      !/^(who|that|which|everyone|anyone|everybody|never)$/.test(subject)
    ) {
      return undefined;
    }
    // "have not been viewed" is what was done to them.
    if (!verb || (passive && !/ing$/.test(cursor.tokens[cursor.pos - 1]?.lower ?? ""))) return undefined;
    const several = readDifferent(reading);
    if (several) {
      const condition = eventCondition(reading, {
        event: verb.meaning,
        count: several.test,
        distinct: several.distinct,
      });
      return condition && { ...condition, period: readPeriod(cursor, reading.asOf) };
    }
    // "bought again in May": the period says when; "again" alone would say how often
    const again = cursor.take("again");
    const twice = again ? undefined : cursor.attempt(() => readBoth(cursor, reading.asOf));
    if (twice) return inBoth(eventCondition(reading, { event: verb.meaning, count: readTimes(cursor) }), twice);
    const only =
      cursor.attempt(() => readOnly(reading, verb.meaning)) ??
      cursor.attempt(() => readOnlyThen(reading, verb.meaning));
    if (only) return only;
    const before = readTail(reading);
    if (again && (!before.period || !saidBefore(reading, verb.meaning, verbStart))) return undefined;
    const nothing = cursor.take("nothing");
    const none = nothing || cursor.take("no", "neither");
    const objectStart = cursor.pos;
    const object = nothing ? undefined : readObject(reading);
    const objectEnd = cursor.pos;
    if (none && !nothing && !object) return undefined;
    const both = before.period ? undefined : cursor.attempt(() => readBoth(cursor, reading.asOf));
    if (both) {
      const count = before.count ?? readTimes(cursor);
      return none ? undefined : inBoth(eventCondition(reading, { event: verb.meaning, object, count }), both);
    }
    const either = none || before.count ? undefined : cursor.attempt(() => readNotBoth(reading, verb.meaning, object));
    if (either) return { ...either, period: before.period ?? readPeriod(cursor, reading.asOf) };
    const { count, period } = readTail(reading, before);
    if (count && isVisit(cursor.tokens[verbStart])) return problem(reading, NO_VISITS);
    // "a product twice": one and the same, or any two?
    const single =
      count && count.op !== "=" && /^(a|an|one) (product|item|thing)$/i.test(cursor.textOf(objectStart, objectEnd));
    if (single && !before.count) {
      return problem(reading, "It is not clear whether it is one and the same product each time.", [
        rephrased(reading, objectStart, objectEnd, "the same product"),
        rephrased(reading, objectStart, objectEnd, "something"),
      ]);
    }
    // "purchases over 5" is a number of purchases, not a deed and an age.
    if (!object && !count && cursor.attempt(() => readNumberTest(cursor, false))) return undefined;
    const condition = eventCondition(reading, {
      event: verb.meaning,
      object: object ?? (nothing ? ANYTHING : undefined),
      count,
    });
    return condition && { ...(none ? negate(condition) : condition), period };
  });
}

const NO_VISITS = "How many visits there were is not stored, only what was done.";

/** "visited": whoever did anything was there, but one visit may leave many events. */
export function isVisit(token: Token | undefined): boolean {
  return token?.lower.startsWith("visit") ?? false;
}

/** "(bought) only shoes", "nothing but shoes in May": such things, and nothing else in the same time. */
function readOnly(reading: Reading, event: string): Condition | undefined {
  const { cursor } = reading;
  if (!cursor.take("only", "exclusively", "nothing but", "nothing other than", "solely")) return undefined;
  const object = readObject(reading);
  const [where, ...others] = object?.wheres ?? [];
  const [entry, ...further] = Object.entries(where ?? {});
  // Of "red shoes" it is not said whether blue shoes, or red bags, are something else.
  if (!object || object.same || others.length > 0 || !entry || further.length > 0) return undefined;
  const [column, value] = entry;
  if (typeof value !== "string") return undefined;
  const own = eventCondition(reading, { event, object });
  return (
    own && {
      period: readPeriod(cursor, reading.asOf),
      timed: true,
      negated: false,
      conjunctive: true,
      make: (within) => ({
        all: [
          own.make(within),
          { not: { event, where: { [column]: { op: "!=", value } }, ...(within && { within }) } },
        ],
      }),
    }
  );
}

/** "(bought) only in May": then, and neither before nor after. */
function readOnlyThen(reading: Reading, event: string): Condition | undefined {
  const { cursor } = reading;
  const object = readObject(reading);
  const period = cursor.take("only", "exclusively", "solely") ? readPeriod(cursor, reading.asOf) : undefined;
  if (!period || !("from" in period) || !period.from || !period.to || object?.same) return undefined;
  const { from, to } = period;
  const own = eventCondition(reading, { event, object });
  return (
    own && {
      ...own,
      period,
      ownPeriod: true,
      conjunctive: true,
      make: () => ({
        all: [own.make(period), { not: { any: [own.make({ to: from }), own.make({ from: to })] } }],
      }),
    }
  );
}

/** "(bought) shoes or bags but not both": one of them, and not all. */
function readNotBoth(reading: Reading, event: string, object: EventObject | undefined): Condition | undefined {
  const { cursor } = reading;
  if (object?.wheres.length !== 2 || object.join !== "or") return undefined;
  cursor.mark(",");
  if (!cursor.take("but not both of them", "but not both", "and not both", "not both")) return undefined;
  const [one, both] = (["or", "and"] as const).map((join) =>
    eventCondition(reading, { event, object: { ...object, join } }),
  );
  return (
    one &&
    both && {
      period: undefined,
      timed: true,
      negated: false,
      conjunctive: true,
      make: (within) => ({ all: [one.make(within), { not: both.make(within) }] }),
    }
  );
}

/** Whether the same was done earlier in the sentence. */
function saidBefore({ cursor, vocabulary }: Reading, event: string, before: number): boolean {
  return cursor.tokens.slice(0, before).some(({ stem }) => vocabulary.verbs.get(stem) === event);
}

/** Done in each of two periods. */
function inBoth(condition: Condition | undefined, periods: readonly [Within, Within]): Condition | undefined {
  return (
    condition && {
      period: periods[0],
      timed: true,
      ownPeriod: true,
      negated: false,
      conjunctive: true,
      make: () => ({ all: periods.map((within) => condition.make(within)) }),
    }
  );
}

/** "(bought) from at least 3 categories", "(bought) more than 2 different products": how many values of a column. */
function readDifferent(reading: Reading): { test: NumberTest; distinct: string } | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take("from", "in");
    const test = readNumberTest(cursor, true);
    if (!test || test.money || test.percent) return undefined;
    const said = cursor.take("different", "distinct");
    if (said && cursor.take("product", "item")) return { test: atLeast(test), distinct: "product" };
    const link = readColumn(
      reading,
      "events",
      ({ column }) => /^(category|subcategory|color)$/.test(column.name) && column.filled > 0,
    );
    return link && { test: atLeast(test), distinct: link.column.name };
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
      // "abandoned a bag" where bags are sold
      const sold = reading.lexicon.values.get(cursor.keyAt(1))?.some((link) => link.view === "events");
      return sold ? undefined : cursor.phrase(vocabulary.cart);
    });
    if (cart && left) return undefined;
    const object = cart ? cursor.attempt(() => cursor.take("with") && readObject(reading)) : readObject(reading);
    if (!cart && !object) return undefined;
    if (!cart && !readCart(reading) && left) return undefined;
    const { period, count } = readTail(reading);
    if (!hasEvent(reading, "purchase")) return undefined;
    const rest = { not_followed_by: "purchase" };
    const condition = eventCondition(reading, { event: "add_to_cart", object, count, rest });
    return condition && { ...condition, period };
  });
}

/** "at least one refund", "exactly one purchase", "100 or more purchase events", "no activity", "any views of jewelry". */
function readNoun(reading: Reading, stated: boolean): Condition | undefined {
  const { cursor, lexicon, asOf } = reading;
  return cursor.attempt(() => {
    const made = cursor.take("made", "make", "making", "placed", "place", "placing");
    const none =
      !cursor.sees("no more than", "no less than", "no fewer than") &&
      cursor.take("no", "zero", "without any", "without");
    const some = !none && !cursor.sees("a single") && cursor.take("a", "an", "any", "some");
    // "with purchases in May": at least one; "women's purchases" are no condition on women
    const plural =
      (made || stated) && !none && !some && cursor.peek()?.kind === "word" && /s$/.test(cursor.peek()?.lower ?? "");
    const count = none || some || plural ? undefined : readNumberTest(cursor, true);
    if ((!none && !some && !plural && !count) || count?.money || count?.percent) return undefined;
    const orders = cursor.take("separate order", "different order", "distinct order", "order");
    // "5 sneaker views"
    const described = orders
      ? undefined
      : cursor.attempt(() => {
          const object = readObject(reading);
          const event = object && !object.same ? cursor.phrase(lexicon.eventNouns) : undefined;
          return event && object ? { event, object } : undefined;
        });
    const noun = orders ? undefined : (described?.event ?? cursor.phrase(lexicon.eventNouns));
    if ((!noun && !orders) || (orders && !hasOrders(reading))) return undefined;
    const object =
      described?.object ?? cursor.attempt(() => cursor.take("of", "from", "for", "in") && readObject(reading));
    const period = readPeriod(cursor, asOf);
    // "with purchases over 5": so many, or worth so much?
    const limit = plural ? readNumberTest(cursor, false) : undefined;
    if (limit && !limit.money) {
      return problem(reading, "It is not clear whether that is their number or their worth.");
    }
    const test = count ?? limit;
    if (test?.money || test?.percent)
      return problem(reading, "Purchases are counted here; for their amount ask who spent it.");
    const condition = eventCondition(reading, {
      event: noun?.meaning ?? "purchase",
      object,
      count: test && atLeast(test),
      ...(orders && test && { distinct: "order" }),
    });
    if (!condition) return undefined;
    // "without purchases but with views of tools": a noun says all of itself
    const { bare: _, ...whole } = condition;
    return { ...(none ? negate(whole) : whole), period };
  });
}
