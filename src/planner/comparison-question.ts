import { Cursor } from "./cursor.js";
import { meaningfulTokens } from "./meaningful-tokens.js";
import type { Query } from "./query.js";
import type { Reading } from "./reading.js";
import { phraseKey, type Token, tokenise } from "./words.js";

/** Longest description of one side, in words. */
const LONGEST_SIDE = 6;

/** Words that set two things against each other. */
const VERSUS = ["versus", "vs", "compared to", "compared with", "against", "as opposed to"];

/** Asked for as one number. */
const DIFFERENCE = /^(how (many|much) more|(what (is|was) )?(the )?difference)/i;

const SPENT = "how much did {x} spend{rest}";
const BOUGHT = "how many purchases{of} did {x} make";

/** The question that each side is asked, in terms that are read anyway: `{x}` is the side. */
const PATTERNS: { shape: RegExp; ask: string }[] = [
  // "did men or women spend more on shoes"
  { shape: /^(?:do|did|does) (?<a>.+?) or (?<b>.+?) spend (?:the )?(?:more|most)(?: money)?(?<rest>.*)$/i, ask: SPENT },
  // "who spends more, men or women"
  {
    shape:
      /^(?:who|which) (?:spends?|spent) (?:the )?(?:more|most)(?: money)?(?<rest>[^,]*), (?<a>[^,]+?) or (?<b>.+)$/i,
    ask: SPENT,
  },
  // "do women spend more on shoes than men"
  { shape: /^(?:do|did|does) (?<a>.+?) spend more(?: money)?(?<rest>.*?) than (?<b>.+)$/i, ask: SPENT },
  { shape: /^how much more(?: money)? (?:do|did) (?<a>.+?) spend(?<rest>.*?) than (?<b>.+)$/i, ask: SPENT },
  // the same of what was bought
  {
    shape: /^(?:do|did|does) (?<a>.+?) or (?<b>.+?) (?:buy|purchase|order) (?:the )?(?:more|most)(?<of>.*)$/i,
    ask: BOUGHT,
  },
  {
    shape:
      /^(?:who|which) (?:buys?|bought|purchased?|orders?|ordered) (?:the )?(?:more|most)(?<of>[^,]*), (?<a>[^,]+?) or (?<b>.+)$/i,
    ask: BOUGHT,
  },
  { shape: /^(?:do|did|does) (?<a>.+?) (?:buy|purchase|order) more(?<of>(?: \S+)*?) than (?<b>.+)$/i, ask: BOUGHT },
  {
    shape: /^how many more (?<m>.+?) (?:do|did) (?<a>.+?) (?:make|place|have) than (?<b>.+)$/i,
    ask: "how many {m} did {x} make",
  },
  // "did web or mobile app bring in more revenue"
  {
    shape:
      /^(?:do|did|does) (?<a>.+?) or (?<b>.+?) (?:bring in|generate|make|earn|bring) (?:the )?(?:more|most)(?: revenue| sales| money)?(?<rest>.*)$/i,
    ask: "revenue from {x}{rest}",
  },
  {
    shape:
      /^(?:which|what) (?:brought in|generated|made|earned|brought|had) (?:the )?(?:more|most)(?: revenue| sales| money)?(?<rest>[^,]*), (?<a>[^,]+?) or (?<b>.+)$/i,
    ask: "revenue from {x}{rest}",
  },
  // "how many more customers in Ohio than in Texas", "more women than men in Ohio"
  {
    shape:
      /^(?:how many|are there|do we have) more (?<m>customers|people|shoppers) (?<in>in|from|who) (?<a>.+?) than (?:in |from |who )?(?<b>.+)$/i,
    ask: "how many {m} {in} {x}",
  },
  { shape: /^(?:how many|are there|do we have) more (?<a>.+?) than (?<b>.+)$/i, ask: "how many {x}" },
  // "was revenue higher in May than in April"
  {
    shape:
      /^(?:is|was|were|are) (?:the )?(?<m>.+?) (?:higher|greater|larger|bigger) (?<in>in|from|for|among|of) (?<a>.+?) than (?:in |from |for |among |of )?(?<b>.+)$/i,
    ask: "{m} {in} {x}",
  },
  {
    shape: /^(?:is|was|were|are) there more (?<m>.+?) (?<in>in|from|by) (?<a>.+?) than (?:in |from |by )?(?<b>.+)$/i,
    ask: "number of {m} {in} {x}",
  },
  {
    shape: /^(?:what is |what was )?(?:the )?difference (?:in|of) (?<m>.+?) between (?<a>.+?) and (?<b>.+)$/i,
    ask: "{m} of {x}",
  },
  {
    shape: /^(?:what is |what was )?(?:the )?difference between (?:the )?(?<m>.+?) of (?<a>.+?) and (?<b>.+)$/i,
    ask: "{m} of {x}",
  },
  {
    shape:
      /^how (?:does|did|do) (?<m>.+?) (?<in>in|of|from|for) (?<a>.+?) compare (?:to|with)(?: that)?(?: in| of| from| for)? (?<b>.+)$/i,
    ask: "{m} {in} {x}",
  },
];

type Read = (reading: Reading) => Query | undefined;

/** "compare revenue in April and May", "revenue from men vs women", "do women spend more than men": two questions that differ in one place. */
export function readComparison(reading: Reading, read: Read): Query | undefined {
  if (reading.cursor.tokens.length > 40) return undefined;
  return readShape(reading, read) ?? readSides(reading, read);
}

function readShape(reading: Reading, read: Read): Query | undefined {
  const text = reading.cursor.textOf(0, reading.cursor.tokens.length).replaceAll(" ,", ",");
  for (const { shape, ask } of PATTERNS) {
    const found = shape.exec(text)?.groups;
    if (!found) continue;
    const of = found["of"]?.trim() ? ` of${found["of"]}` : "";
    const fill = (x: string, tail: string) =>
      ask.replace(/\{(\w+)\}/g, (_, name: string) => (name === "x" ? x : name === "of" ? of : (found[name] ?? ""))) +
      tail;
    // What ends the question may be of both sides: "than men in May".
    const words = (found["b"] ?? "").split(" ");
    for (let own = words.length; own > 0; own--) {
      const tail = own < words.length ? ` ${words.slice(own).join(" ")}` : "";
      const sides: [string, string] = [found["a"] ?? "", words.slice(0, own).join(" ")];
      const query = compared(reading, read, sides, (x) =>
        meaningfulTokens(fill(x, tail), reading.vocabulary, reading.lexicon.values),
      );
      if (query) return query;
    }
  }
  return undefined;
}

/** "... A vs B ...", and after "compare" also "A and B": the shortest sides for which both questions can be read. */
function readSides(reading: Reading, read: Read): Query | undefined {
  const { tokens } = reading.cursor;
  const here = new Cursor(tokens);
  const compare = here.take("compare the", "compare", "comparison of the", "comparison of", "a comparison of");
  const words = compare ? [...VERSUS, "and", "with", "to"] : VERSUS;
  const first = here.pos;
  for (let at = first + 1; at < tokens.length - 1; at++) {
    here.pos = at;
    if (!here.take(...words)) continue;
    const next = here.pos;
    for (let size = 1; size <= 2 * LONGEST_SIDE; size++) {
      for (let a = Math.max(1, size - LONGEST_SIDE); a <= Math.min(size, LONGEST_SIDE); a++) {
        const b = size - a + 1;
        if (at - a < first || next + b > tokens.length) continue;
        const [before, after] = [tokens.slice(first, at - a), tokens.slice(next + b)];
        // "TX and CA in May and June": what is set against what?
        const further = compare && [...before, ...after].some(({ lower }) => /^(and|or|,)$/.test(lower));
        if (further) continue;
        const sides: [string, string] = [here.textOf(at - a, at), here.textOf(next, next + b)];
        const query = compared(reading, read, sides, (x) => [...before, ...tokenise(x), ...after]);
        if (query) return query;
      }
    }
  }
  return undefined;
}

/** Both questions, read; undefined unless they ask for the same figure and differ in one thing. */
function compared(
  reading: Reading,
  read: Read,
  sides: readonly [string, string],
  ask: (side: string) => Token[],
): Query | undefined {
  const [a, b] = [sameYear(sides[0], sides[1]), sides[1]];
  if (phraseKey(a) === phraseKey(b)) return undefined;
  const one = (side: string) =>
    read({ ...reading, cursor: new Cursor(ask(side)), problems: [], ambiguous: [], said: undefined });
  const first = one(a);
  if (!first || !isFigure(first)) return undefined;
  const second = one(b);
  if (!second || !isFigure(second) || !differInOne(first, second)) return undefined;
  return {
    kind: "comparison",
    difference: DIFFERENCE.test(reading.cursor.textOf(0, reading.cursor.tokens.length)),
    parts: [
      { label: a, query: first },
      { label: b, query: second },
    ],
  };
}

/** "April and May 2010": the year that only the end names. */
function sameYear(first: string, second: string): string {
  const year = /\b(?:19|20)\d\d$/.exec(second)?.[0];
  const bare = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*$|\bq[1-4]$/i.test(first);
  return year && bare ? `${first} ${year}` : first;
}

function isFigure(query: Query): boolean {
  if (query.kind === "events") return query.groups === undefined;
  return query.kind === "count" || query.kind === "statistic" || query.kind === "share" || query.kind === "event share";
}

/** Whether two queries are the same but for one value, one period or one column's value. */
function differInOne(a: Query, b: Query): boolean {
  const [left, right] = [leaves(a), leaves(b)];
  const paths = [...new Set([...left.keys(), ...right.keys()])];
  const differing = paths.filter((path) => left.get(path) !== right.get(path));
  // A side of several things is a third side that was not seen.
  const several = differing.some((path) =>
    [left.get(path), right.get(path)].some((value) => /^\[.*,/.test(value ?? "")),
  );
  return !several && new Set(differing.map(placeOf)).size === 1;
}

/** Every value of a query by its path. */
function leaves(query: Query): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: unknown, path: string): void => {
    const list = Array.isArray(node) && node.every((item) => typeof item !== "object");
    if (node === null || typeof node !== "object" || list) found.set(path, JSON.stringify(node) ?? "");
    else for (const [key, child] of Object.entries(node)) visit(child, `${path}.${key}`);
  };
  visit(query, "");
  return found;
}

/** A period is one place, whatever its ends; so is the description of what was bought, whatever column says it. */
function placeOf(path: string): string {
  return path
    .replace(/\.within\..*$/, ".within")
    .replace(/\.where\..*$/, ".where")
    .replace(/\.(op|value)$/, "");
}
