import type { Criteria, Within } from "../criteria/schema.js";
import {
  readAge,
  readColumnTest,
  readDateTest,
  readGender,
  readMissing,
  readPlace,
  readValueList,
} from "./attributes.js";
import { type Condition, eventCondition, negate, readEventClause } from "./conditions.js";
import { readFlag } from "./flags.js";
import { readCampaign, readSoft, wishesOf } from "./intents.js";
import { type EventObject, readObject } from "./objects.js";
import { readPeriod } from "./periods.js";
import { problem, type Reading } from "./reading.js";

/** Who is meant: hard conditions and soft wishes. */
export interface Audience {
  criteria: Criteria;
  intents: string[];
}

/** Conditions said together: "from Ohio" is one group, "who bought socks or viewed shoes" another; groups all hold. */
interface Group {
  join: "and" | "or" | undefined;
  conditions: Condition[];
}

/** What has been read of an audience. */
export class AudienceDraft {
  readonly groups: Group[] = [];
  readonly intents: string[] = [];
  /** A period that stands apart from any verb and is over the whole sentence. */
  period: Within | undefined;

  add(condition: Condition, join: "and" | "or" | undefined): boolean {
    const last = this.groups.at(-1);
    if (join === undefined || !last) {
      this.groups.push({ join: undefined, conditions: [condition] });
      return true;
    }
    if (last.join !== undefined && last.join !== join) return false; // and/or mixed: which binds closer is not said
    last.join = join;
    last.conditions.push(condition);
    return true;
  }
}

const DETERMINERS = [
  "all of the",
  "all of our",
  "all the",
  "all our",
  "all",
  "the",
  "our",
  "any",
  "those",
  "each",
  "every",
  "a",
  "an",
  "only",
  "unique",
  "distinct",
  "different",
];

/** "women from Ohio over 40 who bought jewelry in May and are into luxury". */
export function readAudience(reading: Reading, draft: AudienceDraft): boolean {
  return (
    reading.cursor.attempt(() => {
      reading.cursor.take(...DETERMINERS);
      return readNounPhrase(reading, draft) && readClauses(reading, draft);
    }) ?? false
  );
}

/** "male customers", "women", "gold tier customers", "jewelry lovers", "bookworms". */
function readNounPhrase(reading: Reading, draft: AudienceDraft): boolean {
  const { cursor, vocabulary } = reading;
  let noun = false;
  for (;;) {
    const gender = readGender(reading);
    if (gender) {
      draft.add(gender, undefined);
      noun = true;
      continue;
    }
    const adjective = cursor.attempt(() => {
      const condition = readActivity(reading) ?? readFlag(reading) ?? readValueList(reading);
      return condition && (isNoun(reading) ? condition : undefined);
    });
    if (adjective) {
      draft.add(adjective, undefined);
      continue;
    }
    break;
  }
  if (cursor.phrase(vocabulary.customers)) {
    cursor.phrase(vocabulary.customers); // "customer accounts", "individual customers"
    return true;
  }
  if (cursor.phrase(vocabulary.people)) {
    draft.intents.push(cursor.tokens[cursor.pos - 1]!.lower);
    return true;
  }
  return noun || readFans(reading, draft);
}

function isNoun({ cursor, vocabulary }: Reading): boolean {
  const { stem = "" } = cursor.peek() ?? {};
  return vocabulary.customers.has(stem) || vocabulary.genders.has(stem);
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

const RELATIVES = ["who", "that", "which", "they", "whose", "where"];
const AUXILIARIES = [
  "have",
  "had",
  "having",
  "do",
  "did",
  "are",
  "is",
  "were",
  "was",
  "been",
  "be",
  "being",
  "ever",
  "also",
  "already",
  "made",
  "make",
  "making",
  "placed",
  "place",
  "then",
  "got",
];

/** Reads conditions until none stands here; true unless something was read that does not go together. */
export function readClauses(reading: Reading, draft: AudienceDraft): boolean {
  for (;;) {
    const join = reading.cursor.attempt(() => readClause(reading, draft));
    if (!join) return true;
    if (join === "broken") return false;
  }
}

function readClause(reading: Reading, draft: AudienceDraft): "read" | "broken" | undefined {
  const { cursor, asOf } = reading;
  const first = draft.groups.length === 0 && draft.intents.length === 0;
  const comma = cursor.mark(",");
  const join = cursor.take("or", "or else")
    ? "or"
    : cursor.take("and", "but", "yet") || cursor.mark("&")
      ? "and"
      : undefined;
  if (join && first) return undefined;
  cursor.take("who", "that", "which", "they", "where");
  const whose = cursor.take("whose");
  let negated = false;
  for (;;) {
    if (cursor.take("not", "never")) negated = !negated;
    else if (!whose && cursor.take(...AUXILIARIES)) continue;
    else break;
  }
  const withWord = cursor.take("with");
  if (cursor.take(...RELATIVES)) return undefined;

  if (!join && !negated && !withWord) {
    const period = readPeriod(cursor, asOf);
    if (period) {
      if (draft.period) return undefined;
      draft.period = period;
      return "read";
    }
  }
  const before = draft.intents.length;
  if (!whose && readSoft(reading, draft.intents)) {
    if (negated || join === "or") {
      draft.intents.length = before;
      return problem(reading, "Interests rank customers; they can be neither excluded nor made an alternative.");
    }
    return "read";
  }
  if (!join && !negated && readCampaign(reading, draft.intents)) return "read";
  const condition = whose
    ? readColumnTest(reading)
    : (readCondition(reading) ?? readAgain(reading, draft, join, negated));
  if (!condition) return undefined;
  const added = draft.add(negated ? negate(condition) : condition, join ?? (comma && !first ? "and" : undefined));
  if (!added) {
    problem(reading, '"and" and "or" are mixed, and which belongs together is not said.');
    return "broken";
  }
  return "read";
}

function readCondition(reading: Reading): Condition | undefined {
  return (
    readEventClause(reading) ??
    readActive(reading) ??
    readDateTest(reading) ??
    readColumnTest(reading) ??
    readFlag(reading) ??
    readMissing(reading) ??
    readAge(reading) ??
    readPlace(reading) ??
    reading.cursor.attempt(() => {
      // "who are women", "are German"
      reading.cursor.take("a", "an");
      return readGender(reading) ?? readValueList(reading);
    })
  );
}

/** "(bought bags) but not shoes", "(bought bags) and also shoes" */
function readAgain(
  reading: Reading,
  draft: AudienceDraft,
  join: "and" | "or" | undefined,
  negated: boolean,
): Condition | undefined {
  const { cursor } = reading;
  const last = draft.groups.at(-1)?.conditions.at(-1);
  const also = cursor.tokens[cursor.pos - 1]?.lower === "also";
  if (join !== "and" || !last?.again || last.negated || (!negated && !also)) return undefined;
  return cursor.attempt(() => {
    const object = readObject(reading);
    const named = object?.wheres.every((where) => Object.keys(where).length > 0);
    const condition = named ? last.again?.(object as EventObject) : undefined;
    return condition && { ...condition, period: readPeriod(cursor, reading.asOf) };
  });
}

/** "active in the last 30 days", "inactive since May" */
function readActive(reading: Reading): Condition | undefined {
  const condition = readActivity(reading);
  return condition && { ...condition, period: readPeriod(reading.cursor, reading.asOf) };
}

/** Any event in a period that stands elsewhere in the sentence. */
function readActivity(reading: Reading): Condition | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const active = cursor.take("active", "engaged");
    if (!active && !cursor.take("inactive")) return undefined;
    const condition = eventCondition(reading, { event: "any" });
    return condition && { ...(active ? condition : negate(condition)), needsPeriod: true as const };
  });
}

/** The audience as criteria, each condition over the period that a reader takes it to be over; undefined where that is unclear. */
export function finishAudience(reading: Reading, draft: AudienceDraft): Audience | undefined {
  const timed = draft.groups.flatMap((group) => group.conditions).filter((condition) => condition.timed);
  const own = timed.filter((condition) => condition.period);
  if (draft.period && timed.length === 0) {
    return problem(reading, "A period is named, but nothing that happened in it.");
  }
  const periods = new Map<Condition, Within | undefined>();
  timed.forEach((condition, i) => {
    const near = timed
      .slice(0, i)
      .reverse()
      .concat(timed.slice(i + 1))
      .find((other) => other.period);
    periods.set(condition, condition.period ?? draft.period ?? near?.period);
  });
  for (const condition of timed) {
    if (condition.needsPeriod && !periods.get(condition)) {
      return problem(reading, 'Being active needs a period, such as "in the last 30 days".');
    }
  }
  const open = timed.filter((condition) => !condition.period);
  if (!draft.period && own.length > 0 && open.length > 0) {
    // "viewed X but did not buy it in May": the same period. Two things that were done: the second may be meant for ever.
    const clear = open.every((c) => c.negated) || own.every((c) => c.negated);
    if (!clear)
      return problem(reading, "It is not clear whether the period holds for all that was done: name it for each.");
  }
  const groups = draft.groups.map((group): Criteria => {
    const made = group.conditions.map((condition) => condition.make(periods.get(condition)));
    return made.length === 1 ? (made[0] as Criteria) : group.join === "or" ? { any: made } : { all: made };
  });
  const flat = groups.flatMap((criteria) => ("all" in criteria ? (criteria.all as Criteria[]) : [criteria]));
  const criteria: Criteria = flat.length === 0 ? {} : flat.length === 1 ? (flat[0] as Criteria) : { all: flat };
  return { criteria, intents: draft.intents };
}
