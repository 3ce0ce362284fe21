import type { Criteria } from "../../criteria/schema.js";
import { readGender, readValueList } from "../attributes.js";
import { readAudience, readClauses } from "../audience.js";
import { AudienceDraft, finishAudience } from "../audience-draft.js";
import { type Condition, merged, negate } from "../conditions.js";
import { readObject } from "../objects.js";
import { readPeriod, readTogether } from "../periods.js";
import type { Query } from "../query.js";
import { problem, type Reading } from "../reading.js";
import { isOfEvents } from "../values.js";
import type { Change, Mode } from "./change.js";
import { readGroupsOf, readMeasureOf, readShape } from "./read-shape.js";
import { attributesIn, conjuncts, eventPlaces, eventsOf, slotsOf } from "./slots.js";

type Who = Extract<Change, { kind: "who" }>;

/** All that a follow-up says of the query before, in its order; undefined where a word is left over. */
export function readChanges(reading: Reading, query: Query, mode: Mode): Change[] | undefined {
  const { cursor } = reading;
  const changes: Change[] = [];
  while (!cursor.done) {
    if (changes.length > 0) {
      cursor.mark(",");
      cursor.take("and", "but");
    }
    const next = readChange(reading, query, mode);
    if (!next || changes.some(({ kind }) => next.some((change) => change.kind === kind))) return undefined;
    changes.push(...next);
  }
  return changes.length > 0 ? changes : undefined;
}

function readChange(reading: Reading, query: Query, mode: Mode): Change[] | undefined {
  const { cursor, asOf } = reading;
  const one = (read: () => Change | undefined) => {
    const change = cursor.attempt(read);
    return change && [change];
  };
  const period = (): Change | undefined => {
    const within = eventsOf(query).length > 0 ? readTogether(cursor, asOf) : readPeriod(cursor, asOf);
    return within && { kind: "period", within };
  };
  return (
    one(() => readShape(reading, query)) ??
    one(() => readGroupsOf(reading)) ??
    one(period) ??
    (mode === "and" || mode === "instead" ? one(() => readMeasureOf(reading)) : undefined) ??
    cursor.attempt(() => readWho(reading)) ??
    one(() => readExcluded(reading)) ??
    one(() => readSpokenOf(reading, query)) ??
    one(() => readThing(reading, query))
  );
}

/** "women in Texas", "those over 40", "who bought shoes in May", "Germany" */
function readWho(reading: Reading): Change[] | undefined {
  const { cursor } = reading;
  return (
    cursor.attempt(() => {
      const draft = new AudienceDraft();
      cursor.take("for", "of", "among", "by", "from");
      const noun = readAudience(reading, draft);
      return noun && settled(reading, draft, true);
    }) ??
    cursor.attempt(() => {
      const draft = new AudienceDraft();
      const those = cursor.take(
        "those customers",
        "those people",
        "those",
        "the ones",
        "ones",
        "the customers who",
        "people who",
      );
      const asked = cursor.tokens[cursor.pos - 1]?.lower === "who";
      if (asked) cursor.pos--;
      return readClauses(reading, draft) && settled(reading, draft, those || asked);
    }) ??
    cursor.attempt(() => {
      const draft = new AudienceDraft();
      cursor.take("for", "of", "among", "from", "the");
      const value = readGender(reading) ?? readValueList(reading, (_, key) => !isOfEvents(reading, key));
      return value && draft.add(value, undefined) && settled(reading, draft, false);
    })
  );
}

/** The conditions as they stand; a period that nothing in them needs is that of the question before. */
function settled(reading: Reading, draft: AudienceDraft, noun: boolean): Change[] | undefined {
  const conditions = draft.groups.flatMap((group) => group.conditions);
  if (conditions.length + draft.intents.length === 0) return undefined;
  const timed = conditions.filter((condition) => condition.timed);
  const apart = timed.length === 0 ? draft.period : undefined;
  if (apart) draft.period = undefined;
  const open = timed.some((condition) => !condition.period) && !draft.period;
  const audience = finishAudience(reading, draft);
  if (!audience) return undefined;
  const who: Who = { kind: "who", parts: conjuncts(audience.criteria), intents: audience.intents, open, noun };
  return apart ? [who, { kind: "period", within: apart }] : [who];
}

/** "without women", "except Germany" */
function readExcluded(reading: Reading): Change | undefined {
  const { cursor } = reading;
  if (
    !cursor.take(
      "without the",
      "without",
      "except for",
      "except",
      "excluding",
      "exclude the",
      "exclude",
      "leaving out",
      "leave out",
      "not the",
      "not",
      "minus",
      "no",
    )
  )
    return undefined;
  const value = readGender(reading) ?? readValueList(reading, (_, key) => !isOfEvents(reading, key));
  return value && ofCondition(negate(value));
}

function ofCondition(condition: Condition): Change {
  const parts: Criteria[] = [condition.make(undefined)];
  return { kind: "who", parts, intents: [], open: false, noun: false };
}

/** "and blue?" where a color of customers was spoken of: a value that products have as well. */
function readSpokenOf(reading: Reading, query: Query): Change | undefined {
  const names = spokenOf(query);
  const value = readValueList(reading, ({ column }) => names.includes(column));
  if (!value) return undefined;
  const deeds = eventsOf(query).length > 0 || (slotsOf(query) ?? []).some((slot) => eventPlaces(slot).length > 0);
  return deeds ? undefined : ofCondition(value);
}

function spokenOf(query: Query): readonly string[] {
  return (slotsOf(query) ?? []).flatMap((slot) => attributesIn(slot));
}

/** "for shoes", "red ones", "shoes or socks" */
function readThing(reading: Reading, query: Query): Change | undefined {
  const { cursor } = reading;
  cursor.take("for", "of", "from", "about", "with", "on");
  const names = spokenOf(query);
  const start = cursor.pos;
  const twofold = readValueList(reading, ({ column }) => names.includes(column));
  const words = cursor.textOf(start, cursor.pos);
  cursor.pos = start;
  if (twofold) return problem(reading, `It is not clear whether "${words}" is said of customers or of products.`);
  const object = readObject(reading);
  if (!object || object.same) return undefined;
  cursor.take("ones", "one");
  const wheres = object.join === "or" ? merged(object.wheres) : object.wheres;
  const [where] = wheres;
  if (!where || Object.keys(where).length === 0) return undefined;
  if (wheres.length > 1) return problem(reading, "It is not clear whether either is meant or both: ask for each.");
  return { kind: "object", where };
}
