import type { Criteria, Where, Within } from "../criteria/schema.js";
import { readPlace } from "./attributes.js";
import { readAudience } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { Cursor } from "./cursor.js";
import { readDimension, readGroupCut, readGroupings } from "./dimensions.js";
import { readNumberTest } from "./numbers.js";
import { readObject } from "./objects.js";
import { readLastYear, readTogether } from "./periods.js";
import type { Dimension, EventMeasure, EventsQuery, Grouping } from "./query.js";
import { problem, type Reading } from "./reading.js";

const FILLERS = [
  "were there",
  "was there",
  "are there",
  "there were",
  "were made",
  "was made",
  "have been made",
  "have been",
  "has been",
  "were placed",
  "were recorded",
  "happened",
  "occurred",
  "did we have",
  "did we make",
  "do we have",
  "were",
  "was",
  "there",
  "generated",
  "earned",
  "came",
  "were sold",
  "was sold",
  "did we sell",
  "have been sold",
  "have we sold",
  "sold",
];

const OF = [
  "from",
  "of",
  "for",
  "in",
  "on",
  "with",
  "contained",
  "containing",
  "that contain",
  "that contained",
  "included",
  "that included",
  "including",
  "at",
  "via",
  "through",
];

interface Tail {
  wheres: Record<string, Where[string]>[];
  period: Within | undefined;
  draft: AudienceDraft;
  by: readonly Dimension[] | undefined;
  cut: Pick<Grouping, "top" | "ranked"> | undefined;
}

/** What restricts and groups the events: "from footwear", "in May", "by women", "per month". */
export function readEventsTail(
  reading: Reading,
  measure: EventMeasure,
  period: Within | undefined,
): EventsQuery | undefined {
  const { cursor, asOf } = reading;
  const tail: Tail = { wheres: [], period, draft: new AudienceDraft(), by: undefined, cut: undefined };
  // "excluding jewelry except rings": an exception to the exception?
  const exceptions = cursor.tokens.slice(cursor.pos).filter(({ lower }) => /^(excluding|except|apart)$/.test(lower));
  if (exceptions.length > 1) return problem(reading, "Only one thing can be left out here.");
  while (!cursor.done) {
    if (cursor.take(...FILLERS)) continue;
    // The deed of "how many products were bought", which the measure has taken already.
    if (
      (measure.of === "distinct" || measure.of === "units") &&
      cursor.phrase(reading.vocabulary.verbs)?.meaning === measure.event
    )
      continue;
    if (!tail.by) {
      tail.by = readGroupings(reading);
      if (tail.by) continue;
    }
    if (!tail.by) {
      // "(how many views) did each category get"
      const each = cursor.attempt(() => {
        const dimension = cursor.take("did each", "did every", "does each", "do each")
          ? readDimension(reading)
          : undefined;
        return dimension && cursor.take("get", "have", "receive", "make", "place", "generate") ? dimension : undefined;
      });
      if (each) tail.by = [each];
      if (each) continue;
    }
    if (tail.by && !tail.cut) {
      tail.cut = readGroupCut(reading);
      if (tail.cut) continue;
    }
    if (!tail.period) {
      tail.period = readTogether(cursor, asOf) ?? readLastYear(cursor);
      if (tail.period) continue;
    }
    if (readSubject(reading, tail, measure)) continue;
    if (!readRestriction(reading, tail, measure)) return undefined;
  }
  const customers = finishAudience(reading, tail.draft);
  if (!customers || customers.intents.length > 0) return undefined;
  const counted = measure.of === "events" && tail.wheres.length > 1;
  if (counted && measure.event === "any") return undefined;
  return {
    kind: "events",
    measure,
    where: tail.wheres,
    within: tail.period,
    customers: customers.criteria as Criteria,
    groups: tail.by && { by: tail.by, ...tail.cut },
  };
}

function readRestriction(reading: Reading, tail: Tail, measure: EventMeasure): boolean {
  const { cursor } = reading;
  const anonymous =
    tail.wheres.length === 0 &&
    cursor.take(
      "without a customer id",
      "without customer id",
      "without a customer",
      "with no customer id",
      "with no customer",
      "by anonymous visitor",
      "from anonymous visitor",
    );
  if (anonymous) {
    tail.wheres = [{ customer_id: { op: "is_null", value: true } }];
    return true;
  }
  if (cursor.attempt(() => readExcluded(reading, tail, measure))) return true;
  const events = cursor.attempt(() => {
    if (tail.wheres.length > 0) return undefined;
    // "how many bananas were sold"
    if (!cursor.take(...OF) && measure.of !== "units") return undefined;
    const object = readObject(reading);
    // Orders that hold two things are not those of the one and those of the other.
    if (measure.of === "orders" && object && object.wheres.length > 1 && object.join === "and") {
      return problem(reading, "Orders that hold several things at once cannot be counted here; ask for each.");
    }
    // "revenue from footwear and apparel": of both together
    return object && !object.same ? object : undefined;
  });
  if (events) {
    tail.wheres = events.wheres;
    return true;
  }
  if (measure.of === "events" && measure.event !== "any" && readAmount(reading, tail)) return true;
  if (tail.draft.groups.length > 0) return false;
  return (
    cursor.attempt(() => {
      const draft = new AudienceDraft();
      const by = cursor.take("made by", "by", "from", "of", "among", "for");
      const start = cursor.pos;
      if (!by || !readAudience(reading, draft)) return false;
      // "revenue from jewelry buyers in May": of what they bought then, or of those who bought it then?
      const buyers = cursor.tokens.slice(start, cursor.pos).some(({ stem }) => reading.vocabulary.doers.has(stem));
      if (buyers && !tail.period && draft.groups.some(({ conditions }) => conditions.some(({ period }) => period))) {
        return problem(reading, 'It is not clear what the period is of: say "customers who bought ... in May".');
      }
      return settle(tail, draft);
    }) ??
    cursor.attempt(() => {
      const draft = new AudienceDraft();
      const place = readPlaceOnly(reading, draft);
      if (place) tail.draft = draft;
      return place;
    }) ??
    false
  );
}

const EXCEPT = [
  "excluding",
  "except for",
  "except",
  "not including",
  "without",
  "other than",
  "apart from",
  "not from",
];

/** "(revenue) excluding jewelry": of all else, and of what is of no such kind. */
function readExcluded(reading: Reading, tail: Tail, { of }: EventMeasure): boolean {
  const { cursor, catalogue } = reading;
  const object = cursor.take(...EXCEPT) ? readObject(reading) : undefined;
  const [where, ...others] = object?.wheres ?? [];
  const [entry, ...further] = Object.entries(where ?? {});
  // Of "red shoes" it is not said whether blue shoes are left out too.
  if (!object || object.same || others.length > 0 || !entry || further.length > 0) return false;
  const [name, value] = entry;
  const column = catalogue.views.events.columns.find((c) => c.name === name);
  if (of === "orders" || of === "order value") {
    problem(reading, "It is not clear whether orders that hold it are left out, or only what they hold of it.");
    return false;
  }
  const wheres = tail.wheres.length > 0 ? tail.wheres : [{}];
  if (typeof value !== "string" || !column || wheres.some((w) => w[name] !== undefined)) return false;
  const tests: Where[string][] = [
    { op: "!=", value },
    ...(column.filled < catalogue.views.events.rows ? [{ op: "is_null" as const, value: true }] : []),
  ];
  tail.wheres = wheres.flatMap((w) => tests.map((test) => ({ ...w, [name]: test })));
  return true;
}

/** "(purchases) over 500", "worth more than $50": by their amount, right after the noun or with a currency. */
function readAmount(reading: Reading, tail: Tail): boolean {
  const { cursor, catalogue } = reading;
  const noun = reading.lexicon.eventNouns.has(cursor.tokens[cursor.pos - 1]?.stem ?? "");
  return (
    cursor.attempt(() => {
      const worth = cursor.take("worth", "of", "for", "with an amount");
      const test = readNumberTest(cursor, false);
      const amount = catalogue.views.events.columns.find((c) => c.name === "amount" && c.filled > 0);
      if (!test || test.percent || !amount || !(noun || worth || test.money)) return false;
      const wheres = tail.wheres.length > 0 ? tail.wheres : [{}];
      if (wheres.some((where) => where["amount"] !== undefined)) return false;
      tail.wheres = wheres.map((where) => ({ ...where, amount: { op: test.op, value: test.value } }));
      return true;
    }) ?? false
  );
}

const GENERAL_DEEDS = ["make", "made", "place", "placed", "generate", "generated", "bring in", "bring", "have", "had"];

/** "did German customers place", "did women buy": who did it, up to the deed; the deed is the one that is measured. */
function readSubject(reading: Reading, tail: Tail, measure: EventMeasure): boolean {
  const { cursor, vocabulary } = reading;
  if (tail.draft.groups.length > 0) return false;
  return (
    cursor.attempt(() => {
      const asked = cursor.take("did", "do", "have");
      // "did only women buy": what nobody else did
      if (cursor.sees("only", "just")) return false;
      const start = cursor.pos;
      const deed = () => {
        if (cursor.take(...GENERAL_DEEDS)) return true;
        return asked && cursor.phrase(vocabulary.verbs)?.meaning === measure.event;
      };
      for (let end = start + 1; end < cursor.tokens.length; end++) {
        cursor.pos = end;
        if (!deed()) continue;
        const after = cursor.pos;
        const draft = new AudienceDraft();
        const subject = { ...reading, cursor: new Cursor(cursor.tokens.slice(start, end)) };
        if (!readAudience(subject, draft) || !subject.cursor.done) return false;
        cursor.pos = after;
        return settle(tail, draft);
      }
      return false;
    }) ?? false
  );
}

/** The object of a measure without a preposition ("the most | jewelry in May"), and what else restricts it. */
export function readObjectAndTail(
  reading: Reading,
  measure: EventMeasure,
  period: Within | undefined,
): EventsQuery | undefined {
  const { cursor } = reading;
  const described = cursor.attempt(() => {
    const object = readObject(reading);
    const named = object && !object.same && object.wheres.every((where) => Object.keys(where).length > 0);
    const query = named ? readEventsTail(reading, measure, period) : undefined;
    return query && object && query.where.length === 0 ? { ...query, where: object.wheres } : undefined;
  });
  return described ?? readEventsTail(reading, measure, period);
}

/** A period that the customers' own words took, but that nothing in them needs, is that of the events. */
function settle(tail: Tail, draft: AudienceDraft): boolean {
  const timed = draft.groups.some(({ conditions }) => conditions.some((condition) => condition.timed));
  if (draft.period && !timed && !tail.period) {
    tail.period = draft.period;
    draft.period = undefined;
  }
  tail.draft = draft;
  return true;
}

/** "from Germany", "in Ohio": the customers there. */
function readPlaceOnly(reading: Reading, draft: AudienceDraft): boolean {
  const place = readPlace(reading);
  return place ? draft.add(place, undefined) : false;
}
