import {
  readAge,
  readColumnTest,
  readDateTest,
  readGender,
  readMissing,
  readPlace,
  readValueList,
} from "./attributes.js";
import type { AudienceDraft } from "./audience-draft.js";
import { type Condition, negate, readActivity, readDefined, readEventClause } from "./conditions.js";
import { readFlag, readFlagValue } from "./flags.js";
import { readCampaign, readSoft } from "./intents.js";
import { readNounPhrase } from "./noun-phrase.js";
import { readObject } from "./objects.js";
import { readPeriod, readPlainSpan } from "./periods.js";
import { type EventObject, problem, type Reading } from "./reading.js";

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
  const opening = readOpening(reading, draft);
  if (!opening) return undefined;
  const { join, negated, whose, free } = opening;
  if (free) {
    const period = readPeriod(cursor, asOf);
    if (period) {
      if (draft.period) return undefined;
      draft.period = period;
      return "read";
    }
  }
  const flag = whose ? undefined : readFlagValue(reading);
  if (!flag && !whose) {
    const wishes: string[] = [];
    if (readSoft(reading, wishes) || (free && readCampaign(reading, wishes))) {
      if (negated || join === "or") {
        return problem(reading, "Interests rank customers; they can be neither excluded nor made an alternative.");
      }
      draft.intents.push(...wishes);
      return "read";
    }
  }
  // "purchases over 5", "bought socks over 40": right after a deed a bare number is not the customer's age.
  const bareAge = join !== undefined || draft.groups.at(-1)?.conditions.at(-1)?.timed !== true;
  const said = whose
    ? readColumnTest(reading)
    : (flag ?? readCondition(reading, bareAge) ?? readAgain(reading, draft, join, negated));
  if (!said) return undefined;
  if (negated && said.conjunctive) {
    return problem(
      reading,
      'It is not clear whether "not" is meant of each or of all together: say "or", or ask for each.',
    );
  }
  // "have not bought anything in 90 days" means the last 90.
  const period = negated && said.timed && !said.period ? readPlainSpan(cursor) : undefined;
  const condition = period ? { ...said, period } : said;
  if (draft.add(negated ? negate(condition) : condition, join)) return "read";
  problem(reading, '"and" and "or" are mixed, and which belongs together is not said.');
  return "broken";
}

interface Opening {
  join: "and" | "or" | undefined;
  negated: boolean;
  whose: boolean;
  /** Nothing joins or negates the clause: a period or a campaign may stand here. */
  free: boolean;
}

/** ", and who have never", "but did not", "whose", "with" */
function readOpening({ cursor }: Reading, draft: AudienceDraft): Opening | undefined {
  const first = draft.groups.length === 0 && draft.intents.length === 0;
  const comma = cursor.mark(",");
  const word = cursor.take("or", "or else")
    ? "or"
    : cursor.take("and", "but", "yet") || cursor.mark("&")
      ? "and"
      : undefined;
  if (word && first) return undefined;
  cursor.take("who", "that", "which", "they", "where");
  const whose = cursor.take("whose");
  let negated = false;
  for (;;) {
    if (cursor.take("not", "never")) negated = !negated;
    else if (whose || !cursor.take(...AUXILIARIES)) break;
  }
  const withWord = cursor.take("with");
  if (cursor.take(...RELATIVES)) return undefined;
  return {
    join: word ?? (comma && !first ? "and" : undefined),
    negated,
    whose,
    free: !word && !negated && !withWord,
  };
}

function readCondition(reading: Reading, bareAge: boolean): Condition | undefined {
  return (
    readEventClause(reading) ??
    readActive(reading) ??
    readDateTest(reading) ??
    readColumnTest(reading) ??
    readFlag(reading) ??
    readMissing(reading) ??
    readAge(reading, bareAge) ??
    readPlace(reading) ??
    reading.cursor.attempt(() => {
      // "who are women", "are German", "are VIPs"
      reading.cursor.take("a", "an");
      return readDefined(reading) ?? readGender(reading) ?? readValueList(reading);
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
