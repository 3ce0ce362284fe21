import type { Cursor } from "./cursor.js";

const UNITS: Record<string, number> = Object.fromEntries(
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ")
    .map((word, i) => [word, i]),
);
const TENS: Record<string, number> = Object.fromEntries(
  "twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, i) => [word, 20 + 10 * i]),
);
const SCALES: Record<string, number> = {
  hundred: 100,
  thousand: 1_000,
  million: 1_000_000,
  dozen: 12,
  k: 1_000,
  grand: 1_000,
};

export interface ReadNumber {
  value: number;
  /** Written with a currency. */
  money: boolean;
  percent: boolean;
  /** What its digits were multiplied with: 1000 for "2k". */
  scale?: number;
}

/** A number in digits ("1,200", "$1k", "2.5 million") or in words ("one hundred", "twenty five"). */
export function readNumber(cursor: Cursor): ReadNumber | undefined {
  // "$ 50"
  const currency = cursor.attempt(() => cursor.mark("$", "£", "€") && cursor.peek()?.kind === "number");
  const token = cursor.peek();
  if (token?.kind === "number") {
    const match = /^(-?[$£€]?)([\d,]+(?:\.\d+)?)([kKmM%]?)$/.exec(token.text);
    if (!match) return undefined;
    cursor.advance();
    const suffix = (match[3] as string).toLowerCase();
    const digits = Number((match[2] as string).replaceAll(",", "")) * (match[1]?.startsWith("-") ? -1 : 1);
    let scale = suffix === "k" ? 1_000 : suffix === "m" ? 1_000_000 : 1;
    for (;;) {
      const more = SCALES[cursor.peek()?.lower ?? ""];
      if (more === undefined) break;
      scale *= more;
      cursor.advance();
    }
    const value = digits * scale;
    const percent = suffix === "%" || cursor.mark("%") || cursor.take("percent");
    const money =
      currency === true ||
      /[$£€]/.test(match[1] ?? "") ||
      cursor.mark("$", "£", "€") ||
      cursor.take("dollar", "usd", "euro", "eur", "pound", "gbp", "buck", "quid");
    return { value, money, percent, scale };
  }
  const value = readWords(cursor);
  if (value === undefined) return undefined;
  return {
    value,
    money: cursor.take("dollar", "usd", "euro", "eur", "pound", "gbp", "buck"),
    percent: cursor.take("percent"),
  };
}

function readWords(cursor: Cursor): number | undefined {
  return cursor.attempt(() => {
    let total = 0;
    let part: number | undefined;
    if (cursor.sees("a hundred", "a thousand", "a million", "a dozen")) {
      cursor.advance();
      part = 1;
    }
    for (;;) {
      const word = cursor.peek()?.lower ?? "";
      const scale = SCALES[word];
      if (word in UNITS && (part === undefined || part % 10 === 0)) part = (part ?? 0) + (UNITS[word] as number);
      else if (word in TENS && (part === undefined || part % 100 === 0)) part = (part ?? 0) + (TENS[word] as number);
      else if (scale !== undefined && part !== undefined) {
        part *= scale;
        if (scale >= 1_000) {
          total += part;
          part = 0;
        }
      } else break;
      cursor.advance();
    }
    return part === undefined ? undefined : total + part;
  });
}

export interface NumberTest {
  op: "=" | "<" | "<=" | ">" | ">=" | "between";
  value: number | [number, number];
  money: boolean;
  percent: boolean;
  /** A number alone: nothing was said of more or less. */
  bare?: true;
}

const COMPARATORS: [NumberTest["op"], string[]][] = [
  [
    ">=",
    [
      "at least",
      "no less than",
      "not less than",
      "no fewer than",
      "not fewer than",
      "a minimum of",
      "minimum of",
      "minimum",
    ],
  ],
  ["<=", ["at most", "no more than", "not more than", "up to", "a maximum of", "maximum of", "maximum"]],
  [
    ">",
    [
      "more than",
      "more often than",
      "greater than",
      "higher than",
      "larger than",
      "bigger than",
      "over",
      "above",
      "exceeding",
      "in excess of",
      "older than",
    ],
  ],
  ["<", ["less than", "less often than", "fewer than", "lower than", "smaller than", "under", "below", "younger than"]],
  ["=", ["exactly", "equal to", "precisely", "only", "just"]],
];

const MARKS: Record<string, NumberTest["op"]> = {
  ">": ">",
  "<": "<",
  ">=": ">=",
  "<=": "<=",
  "≥": ">=",
  "≤": "<=",
  "=": "=",
};

/**
 * "more than 30", "> 30", "at least 20", "between 25 and 40", "from 25 to 40", "25-40", "65+", "100 or more".
 * `bare`: a number alone counts as equality.
 */
export function readNumberTest(cursor: Cursor, bare: boolean): NumberTest | undefined {
  return cursor.attempt(() => {
    const mark = cursor.peek();
    if (mark?.kind === "mark" && mark.text in MARKS) {
      cursor.advance();
      // "> =" typed with a space
      const op = cursor.mark("=") ? (`${mark.text}=` as NumberTest["op"]) : (MARKS[mark.text] as NumberTest["op"]);
      return withNumber(cursor, op);
    }
    if (cursor.attempt(() => cursor.take("between") && cursor.peek() !== undefined)) return range(cursor, ["and"]);
    const fromTo = cursor.attempt(() => cursor.take("from") && range(cursor, ["to", "through", "until"]));
    if (fromTo) return fromTo;
    for (const [op, phrases] of COMPARATORS) {
      const test = cursor.attempt(() => cursor.take(...phrases) && withNumber(cursor, op));
      if (test) return test;
    }
    if (cursor.take("a single", "one single")) return { op: "=", value: 1, money: false, percent: false };
    const first = readNumber(cursor);
    if (!first) return undefined;
    const dash = cursor.attempt(() => {
      if (!cursor.mark("-") && !cursor.take("to")) return undefined;
      const second = readNumber(cursor);
      return second && ordered(first, second);
    });
    if (dash) return dash;
    if (
      cursor.mark("+") ||
      cursor.take(
        "or more",
        "or older",
        "or above",
        "or over",
        "or higher",
        "and over",
        "and older",
        "and above",
        "plus",
      )
    )
      return { op: ">=", ...first };
    if (
      cursor.take("or less", "or fewer", "or younger", "or below", "or under", "and under", "and younger", "or lower")
    )
      return { op: "<=", ...first };
    return bare ? { op: "=", ...first, bare: true } : undefined;
  });
}

function withNumber(cursor: Cursor, op: NumberTest["op"]): NumberTest | undefined {
  const number = readNumber(cursor);
  return number && { op, ...number };
}

function range(cursor: Cursor, words: string[]): NumberTest | undefined {
  const first = readNumber(cursor);
  if (!first || !(cursor.take(...words) || cursor.mark("-"))) return undefined;
  const second = readNumber(cursor);
  return second && ordered(first, second);
}

function ordered(start: ReadNumber, b: ReadNumber): NumberTest | undefined {
  // "between 50 and 75k": what stands at the end is said of both, where the start is smaller then
  const { scale = 1 } = b;
  const a =
    scale > 1 && (start.scale ?? 1) === 1 && start.value * scale < b.value
      ? { ...start, value: start.value * scale }
      : start;
  if (a.value > b.value) return undefined;
  return { op: "between", value: [a.value, b.value], money: a.money || b.money, percent: a.percent || b.percent };
}

/** "twice", "three times", "at least twenty times", "more than once": how often, or undefined. */
export function readTimes(cursor: Cursor): NumberTest | undefined {
  return cursor.attempt(() => {
    const words = (): number | undefined => {
      if (cursor.take("once", "one time")) return 1;
      if (cursor.take("twice")) return 2;
      if (cursor.take("thrice")) return 3;
      return undefined;
    };
    for (const [op, phrases] of COMPARATORS) {
      const found = cursor.attempt(() => {
        if (!cursor.take(...phrases)) return undefined;
        const value = words();
        return value === undefined ? undefined : { op, value, money: false, percent: false };
      });
      if (found) return found;
    }
    const alone = words();
    // "once or twice"
    if (alone === 1 && cursor.attempt(() => cursor.take("or") && words() === 2))
      return { op: "between", value: [1, 2], money: false, percent: false };
    if (alone !== undefined) cursor.take("or more often", "or more");
    // "bought three times" is at least three times; exactly only when said.
    if (alone !== undefined) return { op: ">=", value: alone, money: false, percent: false };
    const test = readNumberTest(cursor, true);
    if (!test || test.money || test.percent || !cursor.take("time", "or more time", "or fewer time")) return undefined;
    return atLeast(test);
  });
}

/** A bare number of times or events is at least that many; exactly only when said, or when it is none. */
export function atLeast(test: NumberTest): NumberTest {
  // "0 purchases" are none
  if (test.bare && test.value === 0) return { op: "=", value: 0, money: test.money, percent: test.percent };
  return test.bare ? { op: ">=", value: test.value, money: test.money, percent: test.percent } : test;
}
