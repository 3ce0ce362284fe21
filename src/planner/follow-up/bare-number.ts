import type { Criteria } from "../../criteria/schema.js";
import { readNumberTest } from "../numbers.js";
import type { Query } from "../query.js";
import type { Reading } from "../reading.js";
import type { Vocabulary } from "../vocabulary.js";
import type { Token } from "../words.js";
import type { Change } from "./change.js";

const AGE =
  /^(age|ages|aged|year|years|yo|old|older|younger|their|twenties|thirties|forties|fifties|sixties|seventies)$/;

/** "over 40" without a word that says of what. */
export function bareNumber(changes: readonly Change[], tokens: readonly Token[], vocabulary: Vocabulary): boolean {
  // "women over 40" are of that age, whatever was asked of them.
  const said = ({ lower, stem }: Token) =>
    AGE.test(lower) || vocabulary.genders.has(stem) || vocabulary.customers.has(stem);
  return agesIn(changes).length > 0 && !tokens.some(said);
}

/** Whether a bare number sounds like an age: "over 40" does, "at least 2" rather counts something. */
export function soundsLikeAge(tokens: readonly Token[]): boolean {
  const numbers = tokens.filter(({ kind }) => kind === "number").map(({ text }) => Number(text));
  const limit = tokens.some(({ lower }) => /^(over|under|above|below|between)$/.test(lower));
  return limit && numbers.every((number) => number >= YOUNGEST);
}

/** Nobody asks for customers below it without saying that it is an age. */
const YOUNGEST = 14;

function agesIn(changes: readonly Change[]): readonly Criteria[] {
  return changes.flatMap((one) => (one.kind === "who" ? one.parts : [])).filter(isOfAge);
}

function isOfAge(criteria: Criteria): boolean {
  const text = JSON.stringify(criteria);
  return /"attribute":"[^"]*age[^"]*"/.test(text);
}

/** Whether a bare number might be of something else than age: of what was spent, counted, averaged or put in groups. */
export function hasOtherNumbers(query: Query): boolean {
  if (query.kind === "comparison") return query.parts.some((part) => hasOtherNumbers(part.query));
  if (query.kind === "statistic") return query.column !== "age" || numbersOf(query).length > 0;
  if (query.kind !== "count" && query.kind !== "list" && query.kind !== "share") return true;
  if (query.kind === "list" && query.order && query.order.column !== "age") return true;
  return numbersOf(query).length > 0;
}

/** What numbers besides ages conditions speak of: columns of customers, and what is counted or summed of events. */
function numbersOf(query: Query): readonly string[] {
  const others = new Set<string>();
  JSON.stringify(query, (key, value) => {
    if (/^(count|sum|avg|price|amount)$/.test(key)) others.add(`events ${key}`);
    const number = value?.attribute !== undefined && [value.value].flat().some((one) => typeof one === "number");
    if (number && value.attribute !== "age") others.add(value.attribute);
    return value;
  });
  return [...others];
}

/** Ages end here: a larger number is of the one other thing that a limit was named for. */
const OLDEST = 130;

/** "and over 1000?" after "who spent more than 500": the same column with another limit. */
export function readLimit(reading: Reading, query: Query): Change[] | undefined {
  const { cursor } = reading;
  if (query.kind !== "count" && query.kind !== "list" && query.kind !== "share") return undefined;
  const [column, ...others] = numbersOf(query);
  if (column === undefined || others.length > 0 || column.startsWith("events ")) return undefined;
  if (query.kind === "list" && query.order && query.order.column !== column) return undefined;
  return cursor.attempt((): Change[] | undefined => {
    const test = readNumberTest(cursor, false);
    if (!test || test.percent || !cursor.done) return undefined;
    if (!test.money && [test.value].flat().some((value) => value <= OLDEST)) return undefined;
    const limit: Criteria = { attribute: column, op: test.op, value: test.value };
    return [{ kind: "who", parts: [limit], intents: [], open: false, noun: false }];
  });
}
