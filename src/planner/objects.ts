import type { Where } from "../criteria/schema.js";
import { isIdentifier } from "./brackets.js";
import { type NumberTest, readNumber, readNumberTest } from "./numbers.js";
import { type EventObject, problem, type Reading } from "./reading.js";
import { type ReadValue, readColumn, readValue } from "./values.js";

type Test = Exclude<Where[string], string | number | boolean | readonly unknown[]>;

export const SAME_PRODUCT =
  'That would be the very same product for each customer; only "abandoned" (added to the cart, not bought after) and ' +
  '"the same product" are known here.';

export const ANYTHING: EventObject = { wheres: [{}], join: "or", same: false };

/** "red socks", "something gold", "sneakers or sandals", "a product priced above $500", "anything", "the same product". */
export function readObject(reading: Reading): EventObject | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (cursor.take("the same product", "the same item", "one and the same product", "the same thing")) {
      return { ...ANYTHING, same: true };
    }
    cursor.take("from");
    const single = cursor.sees("it");
    if (cursor.take("any of them", "any of those", "any of these", "any of it", "them", "those", "these", "it")) {
      if (single && (reading.said?.wheres.length ?? 0) > 1) {
        return problem(reading, 'It is not clear which of the things named "it" is.');
      }
      // "viewed something but never bought it": that very product, which no condition on all products says
      const vague = reading.said?.wheres.every((where) => Object.keys(where).length === 0);
      return vague ? problem(reading, SAME_PRODUCT) : reading.said;
    }
    const said = cursor.take("either") ? "or" : cursor.take("both") ? "and" : undefined;
    const first = cursor.attempt(() => readGroup(reading, false));
    // "viewed jewelry but never bought any"
    if (!first) return cursor.take("any", "one") ? reading.said : undefined;
    const wheres = [first];
    let join: "and" | "or" | undefined;
    for (;;) {
      const next = cursor.attempt(() => {
        const comma = cursor.mark(",");
        const word = cursor.take("or", "nor")
          ? "or"
          : cursor.take("and") || cursor.mark("&")
            ? "and"
            : comma
              ? ","
              : undefined;
        // Another object must follow; "and" before anything else belongs to the sentence.
        const where = word && readGroup(reading, true);
        return where ? { where, word } : undefined;
      });
      if (!next) break;
      wheres.push(next.where);
      if (next.word === ",") continue;
      if (join !== undefined && join !== next.word) return undefined; // and/or mixed: put back
      join = next.word as "and" | "or";
    }
    if (wheres.length > 1 && join === undefined) return undefined;
    if (said !== undefined && said !== join) return undefined;
    const all = spread(wheres);
    if (!all)
      return problem(
        reading,
        'What is said of one product may be meant of all: name it for each, as in "red socks or red shoes".',
      );
    return { wheres: all, join: join ?? "or", same: false };
  });
}

/**
 * "red or blue socks", "shoes in black or white": colors that stand alone share what the color before or after them
 * describes. Undefined where it is not clear what belongs to which.
 */
function spread(wheres: Record<string, Where[string]>[]): Record<string, Where[string]>[] | undefined {
  if (wheres.length < 2) return wheres;
  // "socks or shoes over $50": of both, or of the shoes?
  if (wheres.some((where) => where["price"] !== undefined || isTest(where["product_name"]))) return undefined;
  const alone = wheres.filter((where) => Object.keys(where).length === 1 && where["color"] !== undefined);
  const others = wheres.filter((where) => !alone.includes(where));
  const [other] = others;
  const shared =
    alone.length > 0 && others.length === 1 && other?.["color"] !== undefined
      ? wheres.map((where) => (where === other ? where : { ...other, ...where }))
      : wheres;
  // "red socks or shoes", "electronics or jewelry in red": what is said of one only may be meant of all.
  const kinds = new Set(shared.map((where) => kindOf(where)));
  return kinds.size === 1 ? shared : undefined;
}

/** What a description tells of: products of whatever level count as one kind. */
function kindOf(where: Record<string, Where[string]>): string {
  const names = Object.keys(where).map((name) => (/^(category|subcategory|product_name)$/.test(name) ? "what" : name));
  return [...new Set(names)].sort().join(" ");
}

function isTest(entry: Where[string] | undefined): boolean {
  return typeof entry === "object" && "op" in entry;
}

const PLACED = [
  "from the",
  "in the",
  "of the",
  "via the",
  "via",
  "through the",
  "through",
  "on the",
  "at the",
  "using the",
  "of",
  "in",
  "from",
  "at",
  "on",
  "by",
];

/** One description; `strict`: it must name a value, since a bare "anything" continues no list. */
function readGroup(reading: Reading, strict: boolean): Record<string, Where[string]> | undefined {
  const { cursor, vocabulary } = reading;
  const where: Record<string, Where[string]> = {};
  let thing = false;
  cursor.take(
    "at least one",
    "one or more",
    "at least 1",
    "any kind of",
    "a pair of",
    "pair of",
    "a",
    "an",
    "any",
    "some",
    "the",
    "their",
  );
  for (;;) {
    const value =
      readValue(reading, "events", (link) => where[link.column] === undefined) ?? readNumbered(reading, where);
    if (value) {
      where[value.column] = value.values.length === 1 ? (value.values[0] as string) : value.values;
      continue;
    }
    if (!thing && cursor.phrase(vocabulary.things)) {
      thing = true;
      continue;
    }
    if (cursor.take("colored", "in color")) continue;
    const test = readPrice(reading, thing) ?? readName(reading);
    if (test && where[test[0]] === undefined) {
      where[test[0]] = test[1];
      continue;
    }
    const placed = cursor.attempt(() => {
      if (!cursor.take(...PLACED)) return undefined;
      const inner =
        readValue(reading, "events", (link) => where[link.column] === undefined) ?? readNumbered(reading, where);
      if (!inner) return undefined;
      // "in black or white", "from Acme or Contoso"
      const values = [...inner.values];
      for (;;) {
        const more = cursor.attempt(
          () => cursor.take("or") && readValue(reading, "events", (link) => link.column === inner.column),
        );
        if (!more) return { ...inner, values };
        values.push(...more.values);
      }
    });
    if (placed) {
      where[placed.column] = placed.values.length === 1 ? (placed.values[0] as string) : placed.values;
      continue;
    }
    break;
  }
  const named = Object.keys(where).length > 0;
  if (strict ? !named : !named && !thing) return undefined;
  return where;
}

/** "store 316": a number that names something, after its column. */
function readNumbered(reading: Reading, where: Record<string, Where[string]>): ReadValue | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const link = readColumn(reading, "events", ({ column }) => column.filled > 0 && isIdentifier(column.name));
    const token = cursor.peek();
    if (!link || where[link.column.name] !== undefined || !/^\d+$/.test(token?.text ?? "")) return undefined;
    const { name, type, values } = link.column;
    const value = token?.text ?? "";
    if (values && !values.some((stored) => stored.value === value)) return undefined;
    const found = [value];
    cursor.advance();
    for (;;) {
      // "stores 300 or 301"
      const more = cursor.attempt(() => {
        // "and" may mean each of them
        const joined = cursor.take("or");
        if (joined) readColumn(reading, "events", ({ column }) => column.name === name);
        const next = cursor.peek()?.text ?? "";
        if (!joined || !/^\d+$/.test(next) || (values && !values.some((stored) => stored.value === next)))
          return undefined;
        cursor.advance();
        return next;
      });
      if (!more) break;
      found.push(more);
    }
    return { view: "events" as const, column: name, values: type === "text" ? found : (found.map(Number) as never[]) };
  });
}

/** "priced above $500", "costing less than 20", "over $500" right after "product". */
function readPrice(reading: Reading, afterThing: boolean): [string, Test] | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const said = cursor.take(
      "priced at",
      "priced",
      "costing",
      "that cost",
      "which cost",
      "with a price of",
      "at a price of",
      "at a price",
      "at prices",
      "with prices",
      "with a price",
      "with price",
      "worth",
    );
    const test = readNumberTest(cursor, said) ?? readCheaper(reading);
    if (!test || test.percent || (!said && !(afterThing && test.money))) return undefined;
    return ["price", { op: test.op, value: test.value }];
  });
}

/** "cheaper than $10", "more expensive than 500" */
function readCheaper({ cursor }: Reading): NumberTest | undefined {
  const op = cursor.take("cheaper than") ? "<" : cursor.take("more expensive than", "pricier than") ? ">" : undefined;
  const number = op && readNumber(cursor);
  return op && number && { op, value: number.value, money: true, percent: false };
}

/** "with 'lantern' in its name", "containing lantern", "called 'Red Lantern'". */
function readName(reading: Reading): [string, Test] | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (cursor.take("with the word", "with")) {
      const text = quoted(reading);
      if (text && cursor.take("in its name", "in the name", "in their name", "in its title", "in the product name"))
        return ["product_name", { op: "contains", value: text }];
      return undefined;
    }
    if (
      cursor.take(
        "containing",
        "whose name contains",
        "with a name containing",
        "with name containing",
        "whose name include",
      )
    ) {
      const text = quoted(reading);
      return text ? ["product_name", { op: "contains", value: text }] : undefined;
    }
    if (cursor.take("called", "named")) {
      const text = cursor.peek()?.kind === "quote" ? quoted(reading) : undefined;
      return text ? ["product_name", { op: "=", value: text }] : undefined;
    }
    return undefined;
  });
}

function quoted({ cursor }: Reading): string | undefined {
  const token = cursor.peek();
  if (!token || (token.kind !== "quote" && token.kind !== "word")) return undefined;
  cursor.advance();
  return token.text;
}
