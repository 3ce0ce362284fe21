import type { Within } from "../criteria/schema.js";
import { readAudience, readClauses } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { readNumber } from "./numbers.js";
import { readPeriod } from "./periods.js";
import type { Query } from "./query.js";
import { type ColumnLink, filledColumn, problem, type Reading } from "./reading.js";
import { readColumn } from "./values.js";

const VERBS = [
  "show me",
  "give me",
  "find me",
  "get me",
  "who are",
  "who is",
  "which of",
  "what is",
  "what are",
  "list",
  "show",
  "find",
  "get",
  "display",
  "which",
  "what",
  "suggest",
  "recommend",
  "identify",
  "select",
  "fetch",
  "return",
  "search for",
  "look for",
  "pick",
];

/** Figures of what a customer did. */
export const DEED_COLUMNS = /^(revenue|purchases|views|add_to_carts|events|total_spent)$/;

/** "Which customers ...", "List the email and state of all customers who ...", "top 4 customers by total spent". */
export function readList(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const verb = cursor.take(...VERBS) || cursor.sees("who spend the most", "who have spent the most");
  if (verb) cursor.take("me", "us");
  const columns = readColumnsOf(reading) ?? [];
  cursor.take("the", "our");
  const top = cursor.attempt(() => {
    const bottom = cursor.take("bottom");
    const said = bottom || cursor.take("top");
    const oldest = said ? undefined : cursor.attempt(() => readOldest(reading));
    if (oldest) return oldest;
    const number = readNumber(cursor);
    return number && Number.isInteger(number.value) && number.value >= 1 && !number.money && !number.percent
      ? { count: number.value, said, bottom, order: undefined }
      : undefined;
  });
  const extreme = period || top?.order ? undefined : cursor.attempt(() => readExtremes(reading, top?.count));
  if (extreme) return extreme;
  const draft = new AudienceDraft();
  draft.period = period;
  // "who bought socks", "who is into luxury"
  const asked = verb && cursor.tokens[0]?.lower === "who" && cursor.pos <= 2;
  const bare =
    !top &&
    columns.length === 0 &&
    cursor.attempt(() => (asked || cursor.take("who")) && readClauses(reading, draft) && !isEmpty(draft));
  if (!bare && !readAudience(reading, draft)) return undefined;
  const named = readOrder(reading, top !== undefined);
  const order = top?.order ?? (named && top?.bottom ? { ...named, descending: false } : named);
  const further = cursor.attempt(() => readFurtherColumns(reading));
  if ((order || further) && readPeriod(cursor, reading.asOf)) {
    return problem(reading, "What is stored of a customer has no period: ask for what was spent or done in it.");
  }
  readClauses(reading, draft);
  // "top 4 customers" without saying by what
  if (top?.said && !order) return undefined;
  const audience = finishAudience(reading, draft);
  if (!audience) return undefined;
  if (order && audience.intents.length > 0) return undefined;
  // "jewelry buyers by revenue": by that of jewelry, or by all of theirs?
  const buyers = cursor.tokens.some(({ stem }) => reading.vocabulary.doers.has(stem));
  const figure = [order?.column ?? "", ...columns].find((column) => DEED_COLUMNS.test(column));
  if (buyers && figure && /"(where|within)"/.test(JSON.stringify(audience.criteria))) {
    return problem(
      reading,
      `It is not clear whether ${figure} is meant in all, or only of that: say "customers who bought ... by ${figure}".`,
    );
  }
  // A bare noun ("customers") is no question.
  if (!verb && !top && isEmpty(draft)) return undefined;
  const shown = [
    ...columns,
    ...(further ?? []),
    ...(order && columns.length + (further?.length ?? 0) > 0 ? [order.column] : []),
  ];
  return {
    kind: "list",
    customers: audience.criteria,
    intents: audience.intents,
    columns: shown.length > 0 ? [...new Set(shown)] : undefined,
    order,
    top: top?.count,
  };
}

/** "the 5 oldest customers", "youngest 10 customers" */
function readOldest(reading: Reading) {
  const { cursor } = reading;
  const count = () => {
    const number = readNumber(cursor);
    return number && Number.isInteger(number.value) && number.value >= 1 && !number.money && !number.percent
      ? number.value
      : undefined;
  };
  const before = count();
  const oldest = cursor.take("oldest");
  if ((!oldest && !cursor.take("youngest")) || !filledColumn(reading, "age")) return undefined;
  const found = before ?? count();
  const order = { column: "age", descending: oldest };
  return found === undefined ? undefined : { count: found, said: true, bottom: false, order };
}

/** ", top ten" */
export function readCut({ cursor }: Reading): number | undefined {
  cursor.mark(",");
  if (!cursor.take("only the top", "only top", "the top", "top", "just the top", "limit", "first")) return undefined;
  const number = readNumber(cursor);
  cursor.take("only");
  return number && Number.isInteger(number.value) && number.value > 0 && !number.money && !number.percent
    ? number.value
    : undefined;
}

/** All who share the extreme, or as many as were asked for in that order; has to be the whole question. */
function readExtremes(reading: Reading, count: number | undefined): Query | undefined {
  const { cursor } = reading;
  const most = readMostSpent(reading);
  const top = most && (count ?? cursor.attempt(() => readCut(reading)));
  if (!most || !cursor.done) return undefined;
  if (top === undefined) return most;
  const order = { column: most.column, descending: !most.least };
  return { kind: "list", customers: {}, intents: [], columns: undefined, order, top };
}

/** "who spent the most", "customers with the fewest purchases": everyone with the largest value, or the smallest. */
function readMostSpent(reading: Reading): Extract<Query, { kind: "most" }> | undefined {
  const { cursor, vocabulary } = reading;
  cursor.take("the");
  if (!cursor.take("who") && !cursor.phrase(vocabulary.customers)) return undefined;
  cursor.take("who", "that");
  cursor.take("have", "has");
  const little = cursor.take("spend the least money", "spend the least");
  if (little || cursor.take("spend the most money", "spend the most")) {
    return filledColumn(reading, "total_spent") ? { kind: "most", column: "total_spent", least: little } : undefined;
  }
  if (!cursor.take("with the", "the")) return undefined;
  const least = cursor.take("fewest", "lowest", "smallest", "least");
  if (!least && !cursor.take("highest", "most", "largest")) return undefined;
  cursor.take("number of");
  const numeric = (link: ColumnLink) =>
    link.column.filled > 0 && ["integer", "bigint", "numeric"].includes(link.column.type);
  const link = readColumn(reading, "customers", numeric);
  return link && { kind: "most", column: link.column.name, least };
}

function isEmpty(draft: AudienceDraft): boolean {
  return draft.groups.length === 0 && draft.intents.length === 0;
}

/** "the email and state of" */
function readColumnsOf(reading: Reading): string[] | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take("the", "all");
    const columns = readColumns(reading);
    return columns && cursor.take("of", "for") ? columns : undefined;
  });
}

/** "with their total spent and country", "and their email" */
function readFurtherColumns(reading: Reading): string[] | undefined {
  const { cursor } = reading;
  cursor.mark(",");
  // "with age and city": two at least, since "with email" is a condition
  const plain = cursor.attempt(() => {
    const columns = cursor.take("with") ? readColumns(reading) : undefined;
    return columns && columns.length > 1 ? columns : undefined;
  });
  if (plain) return plain;
  if (
    !cursor.take(
      "with their",
      "along with their",
      "and their",
      "including their",
      "together with their",
      "showing their",
      "and show their",
    )
  )
    return undefined;
  return readColumns(reading);
}

/** "email, city and total spent" */
export function readColumns(reading: Reading): string[] | undefined {
  const { cursor } = reading;
  const columns: string[] = [];
  do {
    cursor.take("the", "their");
    if (cursor.take("name", "full name")) {
      columns.push("first_name", "last_name");
      continue;
    }
    const link = readColumn(reading, "customers", ({ column }) => column.filled > 0);
    if (!link) return undefined;
    columns.push(link.column.name);
  } while (cursor.attempt(() => readSeparator(reading) && lookAhead(reading)));
  return columns;
}

/** "," or "and" or ", and" */
function readSeparator({ cursor }: Reading): boolean {
  const comma = cursor.mark(",");
  return cursor.take("and") || comma;
}

function lookAhead(reading: Reading): boolean {
  const at = reading.cursor.pos;
  reading.cursor.take("the", "their");
  const found = reading.cursor.take("name") || readColumn(reading, "customers") !== undefined;
  reading.cursor.pos = at;
  return found;
}

/** "by total spent", "with the highest revenue", "sorted by age" */
function readOrder(reading: Reading, top: boolean): { column: string; descending: boolean } | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const lowest = cursor.take("with the lowest", "with the smallest", "with the fewest");
    const said =
      lowest ||
      cursor.take("ranked by", "sorted by", "ordered by", "with the highest", "with the most", "with the largest") ||
      (top && cursor.take("by highest", "by", "in terms of"));
    if (!said) return undefined;
    cursor.take("the", "their", "number of");
    const link = readColumn(reading, "customers", ({ column }) => column.filled > 0 && column.type !== "text");
    if (!link) return undefined;
    const ascending = cursor.take("ascending", "lowest first") || lowest;
    cursor.take("descending", "highest first");
    return { column: link.column.name, descending: !ascending };
  });
}
