import { orList } from "../lib/nearest.js";
import { type Catalogue, findColumn } from "./catalogue.js";
import { sayEventCondition } from "./say-event.js";
import { sayTest, sayValue } from "./say-test.js";
import { type Criteria, foldCriteria, type InterestCondition, isAtLeastOnce } from "./schema.js";

export { sayEventCondition } from "./say-event.js";

/** How tightly a phrase binds: `and` and `or` inside another phrase stand in parentheses. */
interface Phrase {
  text: string;
  joined?: "and" | "or";
  /** It holds a comma, which would read on into what follows. */
  comma?: boolean;
}

/** Criteria in plain English: "gender is F and age > 40 and bought jewelry (category) in the last 60 days". */
export function sayCriteria(criteria: Criteria, catalogue: Catalogue): string {
  return say(criteria, catalogue).text;
}

function say(criteria: Criteria, catalogue: Catalogue): Phrase {
  return foldCriteria<Phrase>(criteria, {
    all: (items) => (items.length === 0 ? { text: "all customers" } : join(items, "and", catalogue)),
    any: (items) => (items.length === 0 ? { text: "no customers" } : join(items, "or", catalogue)),
    not: (item) => ({ text: sayNot(item, catalogue) }),
    attribute: (condition) => ({
      text: sayTest(condition.attribute, condition, findColumn(catalogue, "customers", condition.attribute)),
    }),
    event: (condition) => {
      const text = sayEventCondition(condition);
      return { text, comma: text.includes(", ") };
    },
    interest: (condition) => ({ text: sayInterest(condition) }),
    engagement: ({ engagement }) => ({ text: `engagement is ${engagement}` }),
  });
}

function join(items: readonly Criteria[], word: "and" | "or", catalogue: Catalogue): Phrase {
  const phrases = items.map((item) => say(item, catalogue));
  if (phrases.length === 1) return phrases[0]!;
  const texts = phrases.map(({ text, joined, comma }, i) => {
    const apart = (joined !== undefined && joined !== word) || (comma === true && i < phrases.length - 1);
    return apart ? `(${text})` : text;
  });
  return { text: texts.join(` ${word} `), joined: word, comma: phrases.some((p) => p.comma) };
}

function sayNot(item: Criteria, catalogue: Catalogue): string {
  const otherwise = (): string => `not (${say(item, catalogue).text})`;
  return foldCriteria<string>(item, {
    all: otherwise,
    any: otherwise,
    not: otherwise,
    // != includes the blanks as not does, so the shorter words say the same.
    attribute: (condition) => (condition.op === "=" ? say({ ...condition, op: "!=" }, catalogue).text : otherwise()),
    event: (condition) => {
      const plain = isAtLeastOnce(condition) && condition.not_followed_by === undefined;
      return plain ? `never ${sayEventCondition(condition)}` : otherwise();
    },
    interest: otherwise,
    engagement: ({ engagement }) => `engagement is not ${engagement}`,
  });
}

function sayInterest({ interest, value, share, weight }: InterestCondition): string {
  const values = (typeof value === "string" ? [value] : value).map(sayValue);
  const tests = [
    ...(share === undefined ? [] : [sayTest("share", share)]),
    ...(weight === undefined ? [] : [sayTest("weight", weight)]),
  ];
  const limits = tests.length === 0 ? "" : ` with ${tests.join(" and ")}`;
  return `shows interest in ${orList(values)} (${interest})${limits}`;
}
