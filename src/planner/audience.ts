import { readAge, readGender, readPlace, readValueList } from "./attributes.js";
import type { AudienceDraft } from "./audience-draft.js";
import { readColumnTest, readMissing } from "./column-tests.js";
import { type Condition, negate, readActivity, readDefined } from "./conditions.js";
import { readDateTest, readFirstOrLast } from "./date-tests.js";
import { readEventClause } from "./deeds.js";
import { readAgain } from "./ellipsis.js";
import { readFlag, readFlagValue } from "./flags.js";
import { readCampaign, readSoft } from "./intents.js";
import { readNounPhrase } from "./noun-phrase.js";
import { type NumberTest, readNumberTest } from "./numbers.js";
import { SAME_PRODUCT } from "./objects.js";
import { readPeriod, readPlainSpan } from "./periods.js";
import { problem, type Reading } from "./reading.js";
import { isOfEvents } from "./values.js";

const DETERMINERS = [
  "all of the",
  "all of our",
  "all the",
  "all our",
  "all",
  "the",
  "our",
  "any",
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
const WITHOUT_DEEDS = [
  "buying",
  "purchasing",
  "ordering",
  "viewing",
  "browsing",
  "adding",
  "putting",
  "returning",
].flatMap((verb) => [`without ${verb}`, `without ever ${verb}`]);
const AUXILIARIES = [
  "own",
  "owns",
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
  "ever",
  "also",
  "already",
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
  // "luxury lovers among women over 30"
  if (cursor.take("among", "amongst") && draft.intents.length > 0)
    return readAudience(reading, draft) ? "read" : undefined;
  if (cursor.take("are there", "there are", "do we have", "do you have", "exist", "are in the data")) return "read";
  const opening = readOpening(reading, draft);
  const clauseStart = cursor.pos;
  if (!opening) return undefined;
  const { join, negated, whose, free, stated, withWord, relative } = opening;
  if (free) {
    const period = readPeriod(cursor, asOf);
    if (period) {
      if (draft.period) return undefined;
      const { last } = draft;
      if (last?.retest && !last.timed && !last.age && !opening.comma) {
        return problem(reading, "What is stored of a customer has no period: ask for what was spent or done in it.");
      }
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
      draft.afterWish = true;
      return "read";
    }
  }
  // "purchases over 5", "bought socks over 40": right after a deed a bare number is not the customer's age.
  const { last } = draft;
  const bareAge = join || !draft.afterWish ? !last || last.age === true || (!last.timed && !last.retest) : false;
  const said = whose
    ? (readFirstOrLast(reading) ?? readDateTest(reading) ?? readColumnTest(reading))
    : (flag ??
      readRetest(reading, draft, join, negated) ??
      readCondition(reading, bareAge, stated || withWord) ??
      readAgain(reading, draft, join, negated));
  if (!said) return undefined;
  if (negated && said.conjunctive) {
    return problem(
      reading,
      'It is not clear whether "not" is meant of each or of all together: say "or", or ask for each.',
    );
  }
  const unsaid = said.timed && !stated && !relative;
  if (join && last?.negated && !negated && (join === "or" || unsaid || isBaseForm(reading, clauseStart))) {
    return problem(reading, "It is not clear how far the negation reaches: say it for each.");
  }
  // "not women from Texas": is it the women who are not, or those from Texas?
  if (last?.negated && !last.timed && !last.place && !join && !relative) {
    return problem(reading, "It is not clear how far the negation reaches: say it for each.");
  }
  // "no kids or cars", "2 kids or cars": how far does the number reach?
  if (
    join &&
    last?.counted &&
    said.counted &&
    !opening.withWord &&
    !/^\d|^(no|without|zero|one|two|three|four|at|more|fewer|less)$/.test(cursor.tokens[clauseStart]?.lower ?? "")
  ) {
    return problem(reading, "It is not clear how far the number reaches: say it for each.");
  }
  if (join && last?.bare && said.object && said.test) return problem(reading, "It is not clear what is to be counted.");
  // "have not bought anything in 90 days" means the last 90.
  const period = negated && said.timed && !said.period ? readPlainSpan(cursor) : undefined;
  const condition = period ? { ...said, period } : said;
  if (join) draft.shareObject(condition);
  if (draft.add(negated ? negate(condition) : condition, join)) return "read";
  problem(reading, '"and" and "or" are mixed, and which belongs together is not said.');
  return "broken";
}

interface Opening {
  join: "and" | "or" | undefined;
  negated: boolean;
  whose: boolean;
  /** "who", "that" */
  relative: boolean;
  withWord: boolean;
  /** After "are", "not" or a comma a bare "women" or "German" is a condition. */
  stated: boolean;
  comma: boolean;
  /** Nothing joins or negates the clause: a period or a campaign may stand here. */
  free: boolean;
}

/** ", and who have never", "but did not", "whose", "with" */
function readOpening(reading: Reading, draft: AudienceDraft): Opening | undefined {
  const { cursor } = reading;
  const first = draft.groups.length === 0 && draft.intents.length === 0;
  const comma = cursor.mark(",");
  const nor = !first && cursor.take("nor");
  const word = nor
    ? "and"
    : cursor.take("or", "or else")
      ? "or"
      : cursor.take("and", "but", "yet") || cursor.mark("&")
        ? "and"
        : undefined;
  if (word && first) return undefined;
  // "a product they never bought" speaks of that product
  if (!comma && !word && cursor.sees("they") && !first) return problem(reading, SAME_PRODUCT);
  const relative = cursor.take("who", "that", "which", "they", "where");
  const whose = cursor.take("whose");
  let negated: boolean = nor;
  let auxiliary = false;
  if (WITHOUT_DEEDS.some((phrase) => cursor.sees(phrase))) {
    cursor.take("without", "without ever");
    negated = true;
  }
  for (;;) {
    if (cursor.take("not", "never", "neither")) negated = !negated;
    else if (!whose && cursor.take(...AUXILIARIES)) auxiliary = true;
    else break;
  }
  const withWord = cursor.take("with");
  if (cursor.take(...RELATIVES)) return undefined;
  return {
    join: word ?? (comma && !first ? "and" : undefined),
    negated,
    whose,
    relative,
    withWord,
    stated: auxiliary || negated || withWord || (comma && !word),
    comma,
    free: !word && !negated && !withWord,
  };
}

/** "did not view jewelry and buy electronics": the base form still hangs on "did not". */
function isBaseForm({ cursor }: Reading, at: number): boolean {
  return /^(buy|view|purchase|order|browse|add|put|return|spend|look|shop)$/.test(cursor.tokens[at]?.lower ?? "");
}

/** "(spent more than 100) but less than 200", "(over 30) and under 40": the same with another limit. */
function readRetest(reading: Reading, draft: AudienceDraft, join: string | undefined, negated: boolean) {
  const last = draft.groups.at(-1)?.conditions.at(-1);
  if (join !== "and" || negated || !last?.retest) return undefined;
  return reading.cursor.attempt(() => {
    const { cursor, lexicon } = reading;
    const test = readNumberTest(cursor, false);
    if (!test || test.op === "between" || test.op === "=") return undefined;
    // A further noun ("under 2 purchases") makes it a condition of its own; so does a period of its own.
    const { stem = "" } = cursor.peek() ?? {};
    if (lexicon.eventNouns.has(stem) || lexicon.columns.has(stem) || stem === "order" || stem === "time")
      return undefined;
    if (readPeriod(cursor, reading.asOf)) return undefined;
    if (!narrows(last.test, test)) return problem(reading, "The two limits do not go together.");
    cursor.take("years old", "year old");
    const condition = last.retest?.(test);
    return condition && { ...condition, period: last.period };
  });
}

/** Whether two limits make a range: "over 20 and under 90", not "over 90 and under 20". */
function narrows(first: NumberTest | undefined, second: NumberTest): boolean {
  if (!first || typeof first.value !== "number" || typeof second.value !== "number") return false;
  const up = first.op.startsWith(">") && second.op.startsWith("<") && first.value < second.value;
  const down = first.op.startsWith("<") && second.op.startsWith(">") && first.value > second.value;
  return up || down;
}

function readCondition(reading: Reading, bareAge: boolean, stated: boolean): Condition | undefined {
  return (
    readFirstOrLast(reading) ??
    readEventClause(reading, stated) ??
    readActive(reading) ??
    readDateTest(reading) ??
    readColumnTest(reading) ??
    readFlag(reading) ??
    readMissing(reading) ??
    readAge(reading, bareAge) ??
    readPlace(reading) ??
    reading.cursor.attempt(() => {
      if (!stated) return undefined;
      // "who are women", "are German", "are VIPs"
      reading.cursor.take("a", "an");
      return (
        readDefined(reading) ?? readGender(reading) ?? readValueList(reading, (_, key) => !isOfEvents(reading, key))
      );
    })
  );
}

/** "active in the last 30 days", "inactive since May" */
function readActive(reading: Reading): Condition | undefined {
  const condition = readActivity(reading);
  return condition && { ...condition, period: readPeriod(reading.cursor, reading.asOf) };
}
