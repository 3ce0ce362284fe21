import { tools } from "../tools/tools.js";
import type { Facts, Table } from "./facts.js";

const DENIAL = /\b(?:no|not|none|nor|never|cannot|can't|unknown|lacks?|missing|without|isn't|doesn't|don't)\b/i;

/** The sentences that claim that something is there: what they deny need not have been seen. */
function claimsOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+|\n/).filter((sentence) => !DENIAL.test(sentence));
}

/** Ids, e-mail addresses and full names of customers that no result holds. */
export function unprovenCustomers(text: string, facts: Facts): string[] {
  return claimsOf(text).flatMap((sentence) => [
    ...unprovenIds(sentence, facts).map((id) => `customer ${id}`),
    ...[...sentence.matchAll(/[\w.+-]+@[\w-]+\.[\w.]*\w/g)]
      .map(([email]) => email)
      .filter((email) => !holds(facts, email)),
    ...unprovenNames(sentence, facts),
  ]);
}

function holds({ held }: Facts, text: string): boolean {
  return held.toLowerCase().includes(text.toLowerCase());
}

/** "customers 119, 240 and C-7": plain numbers that a bracket of age or a limit does not explain. */
const ID_LIST =
  /\b(?:customers?|users?|buyers?|clients?|ids?)(?:\s+(?:ids?|no\.?|numbers?))?\s+#?((?:[A-Za-z]*[-_]?\d[\w-]*(?:,? and |, | )?#?)+)(?!\s*(?:%|\+|to\s+\d|(?:and|or)\s+(?:over|older|above|up|under|younger|below)|years))/gi;
const ID_SHAPED = /(?<![\w@.+-])[A-Za-z]{1,8}[-_]?\d{3,}(?![\w@])/g;

function unprovenIds(sentence: string, facts: Facts): string[] {
  const listed = [...sentence.matchAll(ID_LIST)].flatMap(([, list = ""]) => list.split(/,? and |, | /));
  const shaped = [...sentence.matchAll(ID_SHAPED)].map(([id]) => id);
  const ids = new Set([...listed, ...shaped].map((id) => id.replace(/^#|[^\w]+$/g, "")).filter((id) => /\d/.test(id)));
  return [...ids].filter((id) => (/^\d+$/.test(id) ? !isId(facts, id) : !holds(facts, id)));
}

/** Whether a plain number stands where ids stand. */
function isId({ tables, held }: Facts, id: string): boolean {
  const inTable = ({ columns, rows }: Table) =>
    columns.some((name, c) => /(?:^|_)id$/.test(name) && rows.some((row) => String(row[c]) === id));
  return (
    tables.some((table) => table && inTable(table)) ||
    held.includes(`"${id}"`) ||
    new RegExp(`\\b${id}\\b`).test(held.split("\n")[0] ?? "")
  );
}

const NAME = "(\\p{Lu}\\p{L}+(?:['’-]\\p{L}+)?) (\\p{Lu}\\p{L}+(?:['’-]\\p{L}+)?)";
const INTRODUCED =
  "(?:customers?|buyers?|shoppers?|users?|spenders?|clients?|members?|named|called|Mr\\.?|Ms\\.?|Mrs\\.?|(?:customer|buyer|match|spender|shopper|person|client|user|one|by) (?:is|was|are|were)|customer #?[\\w-]*\\d)[:,]?";
const PERSON = [
  new RegExp(`\\b${INTRODUCED} ${NAME}`, "gu"),
  new RegExp(
    `${NAME}(?=,? (?:who )?(?:spen[dt]s?|bought|buys|purchase[ds]|order(?:ed|s)|viewed|placed|returned|made)\\b| \\((?:customer|id|user)\\b)`,
    "gu",
  ),
];

function unprovenNames(sentence: string, facts: Facts): string[] {
  const seen = facts.tables.flatMap(
    (table) => table?.rows.map((row) => row[table.columns.indexOf("first_name")]) ?? [],
  );
  const first = new Set<unknown>([...valuesOf(facts, "customers", "first_name"), ...seen]);
  const introduced = PERSON.flatMap((pattern) => [...sentence.matchAll(pattern)]);
  const known = [...sentence.matchAll(new RegExp(`\\b${NAME}`, "gu"))].filter(([, name = ""]) => first.has(name));
  const names = new Set([...introduced, ...known].map(([, name, last]) => `${name} ${last}`));
  // Who stands beside a person is one: "Anna Kowalska and Maria Rossi".
  const all = [...sentence.matchAll(new RegExp(`\\b${NAME}`, "gu"))].map((match) => ({ match, name: match[0] }));
  for (const [i, { match, name }] of all.entries()) {
    const next = all[i + 1];
    if (
      !next ||
      !/^(?:,|,? and|,? or|,? followed by)\s$/.test(sentence.slice(match.index + name.length, next.match.index))
    )
      continue;
    if (names.has(name)) names.add(next.name);
    else if (names.has(next.name)) names.add(name);
  }
  return [...names].filter((name) => !isPersonSeen(facts, name) && !isOtherName(facts, name));
}

/** First and last names stand in two cells of one row, or in one cell. */
function isPersonSeen({ tables, held }: Facts, name: string): boolean {
  const [first = "", last = ""] = name.split(" ");
  const question = held.split("\n")[0] ?? "";
  const inRow = (row: readonly unknown[]) =>
    (row.includes(first) && row.includes(last)) || row.some((cell) => String(cell).includes(name));
  return question.includes(name) || tables.some((table) => table?.rows.some(inRow));
}

/** A product, a place or another value of the data, or a country. */
function isOtherName({ catalogue }: Facts, name: string): boolean {
  const wanted = name.toLowerCase();
  const stored = Object.values(catalogue.views).flatMap(({ columns }) =>
    columns.filter((column) => !/first_name|last_name/.test(column.name)).flatMap(({ values }) => values ?? []),
  );
  return stored.some(({ value }) => value.toLowerCase().includes(wanted)) || countryNames().has(wanted);
}

let countries: Set<string> | undefined;

function countryNames(): Set<string> {
  if (countries) return countries;
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const all = letters.flatMap((a) => letters.map((b) => names.of(a + b)?.toLowerCase()));
  countries = new Set(all.filter((name) => name !== undefined));
  return countries;
}

function valuesOf({ catalogue }: Facts, view: "customers" | "events", column: string): string[] {
  return catalogue.views[view].columns.find(({ name }) => name === column)?.values?.map(({ value }) => value) ?? [];
}

/** Names such as loyalty_tier or `loyalty` that are no column, tool or value of the data or of a result. */
export function unprovenColumns(text: string, { catalogue, tables, held }: Facts): string[] {
  const known = new Set([
    ...Object.keys(catalogue.views),
    ...Object.values(catalogue.views).flatMap(({ columns }) => columns.map(({ name }) => name)),
    ...tables.flatMap((table) => table?.columns ?? []),
    ...catalogue.eventTypes.map(({ value }) => value),
    ...tools.keys(),
    "as_of",
  ]);
  const words = claimsOf(text).flatMap((sentence) => [
    ...[...sentence.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g)].map(([word]) => word),
    ...[...sentence.matchAll(/`([a-z]\w*)`/g)].map(([, word = ""]) => word),
  ]);
  return [...new Set(words)].filter((word) => !known.has(word) && !new RegExp(`\\b${word}\\b`).test(held));
}

const WHOLE = [
  /\b(?:complete|full|entire|whole|exhaustive|comprehensive) (?:list|table|set|result|overview)\b/i,
  /\bhere (?:are|is) (?:all|every)\b/i,
  /\b(?:these|those|they) are (?:all|the only)\b/i,
  /\b(?:shows?|shown|contains?|includes?|lists?|listed|listing|names?) (?:all|every|each)(?: of)?(?: the| these| those| our)?(?: \S+)? (?:customers?|match(?:es)?|members?|people|persons?|buyers?|shoppers?|users?|rows?|results?|who|them)\b/i,
  /\ball of (?:them|these|those)(?: \w+)? (?:are|is) (?:listed|shown|in the table|here|below)\b/i,
  /\bno (?:other|further|more) (?:customers?|match(?:es)?|people|rows?|results?)\b/i,
];

/** A list that was cut, called complete; the result that the text cites, else any. */
export function overstated(text: string, { tables }: Facts): string[] {
  const cited = [...text.matchAll(/\[r(\d+)\]/gi)].map(([, n]) => tables[Number(n) - 1]);
  const cut = (cited.length > 0 ? cited : tables).some((table) => table?.cut);
  const claim = WHOLE.map((pattern) => pattern.exec(text)).find((match) => match !== null);
  return cut && claim ? [`"${claim[0]}" (the list is cut)`] : [];
}
