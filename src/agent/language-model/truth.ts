import type { Catalogue } from "../../criteria/catalogue.js";
import type { Observation } from "../../model/model.js";
import { type Figure, figuresIn } from "./figures.js";

/** What an answer may rest on. */
export interface Evidence {
  question: string;
  observations: readonly Observation[];
  catalogue: Catalogue;
  /** What else was said to the model: the date of the data, definitions. */
  given: readonly string[];
}

/**
 * What a text states that no result holds: numbers, customers, columns, completeness. A number is proven by the question,
 * a cell, a total or a number of rows of a result, an argument of a call, or as the sum, difference, ratio or percentage
 * of two such numbers that the text states as well; rounding to the places that are written is allowed. Empty where all
 * is proven.
 */
export function unproven(text: string, evidence: Evidence): string[] {
  return [
    ...unprovenNumbers(text, evidence),
    ...unprovenCustomers(text, evidence),
    ...unprovenColumns(text, evidence),
    ...overstated(text, evidence),
  ];
}

function unprovenNumbers(text: string, evidence: Evidence): string[] {
  const figures = figuresIn(text);
  const known = knownNumbers(evidence);
  const direct = figures.filter((figure) => known.some((value) => isIt(figure, value)));
  // What follows from stated numbers has to name them.
  const stated = direct.flatMap((figure) => known.filter((value) => isIt(figure, value)));
  const derived = pairs([...new Set(stated)]);
  return figures
    .filter((figure) => !direct.includes(figure) && !derived.some((value) => isIt(figure, value)))
    .map(({ text }) => text);
}

/** Whether the figure is the value, rounded as it is written; a percentage may be the ratio. */
function isIt({ value, tolerance, percent }: Figure, known: number): boolean {
  const near = (other: number) => Math.abs(Math.abs(value) - Math.abs(other)) <= tolerance + 1e-9 * Math.abs(other);
  // Whole numbers of the data are stated as they are: 1,204 is not 1,203.
  if (Number.isInteger(known) && tolerance <= 0.5)
    return Math.abs(value) === Math.abs(known) || (percent && near(known * 100));
  return near(known) || (percent && near(known * 100));
}

function knownNumbers({ question, observations, given }: Evidence): number[] {
  const numbers = new Set<number>([question, ...given].flatMap(everyNumber));
  for (const { call, outcome } of observations) {
    for (const n of everyNumber(typeof call.args === "string" ? call.args : JSON.stringify(call.args ?? "")))
      numbers.add(n);
    numbers.add(outcome.total);
    // Rows that were cut are no number of customers: their total is.
    if (!outcome.truncated) numbers.add(outcome.rows.length);
    for (const stage of outcome.stages) numbers.add(stage.rows);
    for (const row of outcome.rows) {
      for (const cell of row) {
        if (typeof cell === "number") numbers.add(cell);
        else if (typeof cell === "string") for (const n of everyNumber(cell)) numbers.add(n);
        else if (cell !== null && typeof cell === "object")
          for (const n of everyNumber(JSON.stringify(cell))) numbers.add(n);
      }
    }
  }
  return [...numbers];
}

/** All numbers in a text, also parts of dates and ids. */
function everyNumber(text: string): number[] {
  return [
    ...[...text.matchAll(/\d+(?:\.\d+)?/g)].map(([digits]) => Number(digits)),
    ...figuresIn(text).map(({ value }) => value),
  ];
}

/** More stated numbers than that are a table, not a sentence. */
const MOST_OPERANDS = 40;

function pairs(stated: readonly number[]): number[] {
  const results: number[] = [];
  const operands = stated.slice(0, MOST_OPERANDS);
  for (const [i, a] of operands.entries()) {
    for (const b of operands.slice(i + 1)) {
      results.push(a + b, a - b);
      if (a !== 0) results.push(b / a, (100 * b) / a, (100 * (b - a)) / a);
      if (b !== 0) results.push(a / b, (100 * a) / b, (100 * (a - b)) / b);
    }
  }
  if (operands.length > 2) results.push(operands.reduce((sum, n) => sum + n, 0));
  return results;
}

/** Ids, e-mail addresses and full names of customers that no result holds. */
function unprovenCustomers(text: string, { question, observations, catalogue }: Evidence): string[] {
  const held = `${question}\n${observations.map((o) => `${JSON.stringify(o.call.args ?? "")}\n${JSON.stringify(o.outcome.rows)}`).join("\n")}`;
  const holds = (word: string) => held.toLowerCase().includes(word.toLowerCase());
  const ids = [...text.matchAll(/\bcustomers?\s+(?:id\s+|no\.?\s+|number\s+)?#?([A-Za-z]*-?\d[\w-]*)\b(?!\s*%)/gi)].map(
    (m) => m[1] ?? "",
  );
  const emails = [...text.matchAll(/[\w.+-]+@[\w-]+\.[\w.]*\w/g)].map(([email]) => email);
  const firstNames = new Set(
    catalogue.views.customers.columns.find(({ name }) => name === "first_name")?.values?.map(({ value }) => value) ??
      [],
  );
  const names = [...text.matchAll(/\b(\p{Lu}\p{Ll}+) (\p{Lu}[\p{Ll}'-]+)\b/gu)].filter(([, first = ""]) =>
    firstNames.has(first),
  );
  // First and last names stand in two cells of one row.
  const named = ([, first = "", last = ""]: RegExpMatchArray) =>
    observations.some((o) => o.outcome.rows.some((row) => row.includes(first) && row.includes(last)));
  return [
    ...ids
      .filter((id) => /\d/.test(id) && !holds(`"${id}"`) && !new RegExp(`\\b${id}\\b`).test(question))
      .map((id) => `customer ${id}`),
    ...emails.filter((email) => !holds(email)),
    ...names.filter((match) => !named(match)).map(([whole]) => whole),
  ];
}

/** Names such as loyalty_tier that are no column of the data or of a result. */
function unprovenColumns(text: string, { catalogue, observations, question }: Evidence): string[] {
  const known = new Set([
    ...Object.keys(catalogue.views),
    ...Object.values(catalogue.views).flatMap(({ columns }) => columns.map(({ name }) => name)),
    ...observations.flatMap(({ outcome }) => outcome.columns),
    ...catalogue.eventTypes.map(({ value }) => value),
  ]);
  const words = [...text.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+\b/g)].map(([word]) => word);
  const said = `${question} ${observations.map(({ outcome, call }) => JSON.stringify([outcome.rows, call])).join(" ")}`;
  return [...new Set(words)].filter((word) => !known.has(word) && !said.includes(word));
}

/** A list that was cut, called complete. */
function overstated(text: string, { observations }: Evidence): string[] {
  const cut = observations.find(({ outcome }) => outcome.truncated);
  const claim =
    /\b(?:complete|full|entire|whole|exhaustive) (?:list|table|set|result)\b|\bhere are all\b|\blisted? all\b|\ball of them\b/i.exec(
      text,
    );
  return cut && claim ? [`"${claim[0]}" (${cut.outcome.rows.length} of ${cut.outcome.total} rows are shown)`] : [];
}
