import type { Column } from "../criteria/catalogue.js";
import type { NumberTest } from "./numbers.js";

interface Bracket {
  value: string;
  low: number;
  high: number;
}

/** A column of brackets such as "35-44", "Under 15K", "65+": which of them a test takes in; undefined for other columns. */
export function brackets(
  column: Column,
): { matching(test: NumberTest): string[] | undefined; order: string[] } | undefined {
  if (column.type !== "text" || !column.values || isIdentifier(column.name)) return undefined;
  // "Unknown" is in no bracket.
  const values = column.values.map(({ value }) => value);
  const known = values.filter((value) => !/unknown|^n\/a$|^none$|^other$/i.test(value));
  const parsed = known.map(parse);
  if (known.length < 2 || parsed.some((bracket) => bracket === undefined)) return undefined;
  const sorted = (parsed as Bracket[]).sort((a, b) => a.low - b.low);
  // "15-24K" before "25-49K" reaches up to 24,999.
  sorted.forEach((bracket, i) => {
    const next = sorted[i + 1];
    if (next && /k/i.test(bracket.value) && bracket.high < next.low && next.low - bracket.high <= 1_000)
      bracket.high = next.low - 1;
  });
  const order = [...sorted.map(({ value }) => value), ...values.filter((value) => !known.includes(value))];
  // Whether "None/Unknown" is below a limit nobody can say.
  const none = values.some((value) => /none/i.test(value));
  const below = (test: NumberTest) => none && test.op.startsWith("<");
  return { matching: (test) => (below(test) ? undefined : matching(sorted, test)), order };
}

/** Whether the digits of a column name something: a store, a postal code. */
export function isIdentifier(name: string): boolean {
  return /(^|_)(id|code|key|no|nr|zip|zipcode|postal|phone)$|zip/.test(name);
}

/** The brackets that lie wholly inside; undefined where one lies across a limit, or none inside. */
function matching(all: readonly Bracket[], test: NumberTest): string[] | undefined {
  const [first, second] = typeof test.value === "number" ? [test.value, test.value] : test.value;
  // Whole numbers are in brackets: "over 44" and "at least 45" are the same.
  const low =
    test.op === ">" ? first + 1 : test.op === ">=" || test.op === "between" || test.op === "=" ? first : -Infinity;
  const high =
    test.op === "<"
      ? first - 1
      : test.op === "<=" || test.op === "="
        ? first
        : test.op === "between"
          ? second
          : Infinity;
  const inside = all.filter((b) => b.low >= low && b.high <= high);
  const across = all.some((b) => !inside.includes(b) && b.low <= high && b.high >= low);
  return across || inside.length === 0 ? undefined : inside.map((b) => b.value);
}

function parse(value: string): Bracket | undefined {
  const text = value
    .toLowerCase()
    .replace(/[$£€,\s]/g, "")
    .replace(/years?(old)?|yrs?/g, "");
  const number = (digits: string, k: string | undefined) =>
    Number(digits) * (k === "k" ? 1_000 : k === "m" ? 1_000_000 : 1);
  const range = /^(\d+(?:\.\d+)?)([km]?)(?:-|–|to)(\d+(?:\.\d+)?)([km]?)$/.exec(text);
  if (range) {
    const high = number(range[3] as string, range[4]);
    // "50-74K": the unit stands for both
    return { value, low: number(range[1] as string, range[2] || range[4]), high };
  }
  const above = /^(\d+(?:\.\d+)?)([km]?)(?:\+|andover|orover|ormore|andolder|plus)$/.exec(text);
  if (above) return { value, low: number(above[1] as string, above[2]), high: Infinity };
  const over = /^(?:over|>)(\d+(?:\.\d+)?)([km]?)$/.exec(text);
  if (over) return { value, low: number(over[1] as string, over[2]) + 1, high: Infinity };
  const under = /^(?:under|below|<)(\d+(?:\.\d+)?)([km]?)$/.exec(text);
  if (under) return { value, low: -Infinity, high: number(under[1] as string, under[2]) - 1 };
  const one = /^\d+$/.exec(text);
  return one ? { value, low: Number(text), high: Number(text) } : undefined;
}
