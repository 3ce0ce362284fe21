import { Cursor } from "./cursor.js";
import { readStatistic } from "./dimensions.js";
import { readEventMeasure } from "./measures.js";
import { isOfBoth, OF_BOTH } from "./noun-phrase.js";
import { LEADS, problem, type Reading } from "./reading.js";
import { readNumericColumn } from "./values.js";
import { type Token, tokenise } from "./words.js";

/** How a question asks for a number of something. */
export const COUNTS = [
  "how many of our",
  "how many of the",
  "how many",
  "did anyone",
  "did anybody",
  "has anyone",
  "has anybody",
  "did any",
  "has any",
  "have any",
  "are there any",
  "is there any",
  "do we have any",
  "the total number of",
  "total number of",
  "the number of",
  "number of",
  "a count of",
  "the count of",
  "count of",
  "count the number of",
  "count",
  "no of",
];

/**
 * "within furniture, which subcategories ...": what comes before the comma may as well stand at the end, or, of a share,
 * before what the share consists of.
 */
export function turnedRound({ cursor }: Reading): (readonly Token[])[] {
  const { tokens } = cursor;
  const comma = tokens.findIndex(({ text }) => text === ",");
  const [first] = tokens;
  if (!first || comma < 2 || !/^(within|in|for|among|of|from|with)$/.test(first.lower)) return [];
  const lead = [...(first.lower === "within" ? tokenise("in") : [first]), ...tokens.slice(1, comma)];
  const rest = tokens.slice(comma + 1);
  const share = rest.findIndex(({ lower }) => /^(percentage|percent|share|proportion|fraction|%)$/.test(lower));
  if (share < 0) return [[...rest, ...lead]];
  const link = rest.findIndex(({ lower }, i) => i > share && /^(is|are|was|were|come|comes|came)$/.test(lower));
  return link < 0 ? [] : [[...rest.slice(0, link), ...lead, ...rest.slice(link)]];
}

/** "top 10 spenders in Texas", "the 5 biggest spenders": customers by their total_spent. */
export function spenders({ cursor: { tokens } }: Reading): (readonly Token[])[] {
  const at = tokens.findIndex(({ stem }) => stem === "spender");
  const [one, two] = [tokens[at - 2], tokens[at - 1]];
  const number = [one, two].find((token) => token?.kind === "number");
  const most = [one, two].some((token) => /^(top|biggest|highest|largest)$/.test(token?.lower ?? ""));
  if (!number || !most) return [];
  const lead = [...tokens.slice(0, at - 2), ...tokenise("top"), number];
  return [[...lead, ...tokenise("customers by total spent"), ...tokens.slice(at + 1)]];
}

/** Longest name of what a figure is of, in words: "red leather shoes revenue". */
const LONGEST_OWNER = 4;
/** What would be a clause rather than a name. */
const NO_NAME =
  /^(with|without|who|that|which|whose|of|in|from|for|by|at|on|to|than|over|under|above|below|between|not|no|never|do|did|does|is|are|was|were|be|have|has|had)$/;
/** What may follow a figure, and is about it. */
const AFTER_FIGURE =
  /^(in|by|per|from|for|during|since|before|after|between|last|this|until|excluding|except|did|,|(19|20)\d\d)$/;

/** "jewelry revenue by month", "women average spend": the figure of what is named before it. */
export function* measureFirst(reading: Reading): Generator<readonly Token[]> {
  const { tokens } = reading.cursor;
  const lead = new Cursor(tokens);
  lead.take(...LEADS);
  lead.take(...COUNTS, "how much");
  lead.take("the", "our", "total");
  for (let at = lead.pos + 1; at <= Math.min(lead.pos + LONGEST_OWNER, tokens.length - 1); at++) {
    const cursor = new Cursor(tokens);
    cursor.pos = at;
    const here = { ...reading, cursor, problems: [], ambiguous: [] };
    const figure = readEventMeasure(here);
    if (!figure && !(readStatistic(here) && readNumericColumn(here))) continue;
    if (at === lead.pos + 1 && isOfBoth({ ...reading, cursor: lead })) {
      problem(reading, OF_BOTH);
      return;
    }
    const [before, owner, rest] = [tokens.slice(0, lead.pos), tokens.slice(lead.pos, at), tokens.slice(cursor.pos)];
    if (owner.some(({ lower }) => NO_NAME.test(lower)) || (rest[0] && !AFTER_FIGURE.test(rest[0].lower))) return;
    const measure = [...before, ...tokens.slice(at, cursor.pos)];
    for (const link of ["from", "of"]) yield [...measure, ...tokenise(link), ...owner, ...rest];
    // "jewelry buyers revenue" is of all that they bought, not of their jewelry
    if (owner.some(({ stem }) => reading.vocabulary.doers.has(stem))) return;
    // "women's jewelry revenue", "May jewelry revenue": "in" first, as "from May" would be since May
    for (let cut = 1; cut < owner.length; cut++) {
      for (const link of ["in", "from"]) {
        yield [
          ...measure,
          ...tokenise("from"),
          ...owner.slice(cut),
          ...tokenise(link),
          ...owner.slice(0, cut),
          ...rest,
        ];
      }
    }
  }
}
