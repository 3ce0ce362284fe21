import type { Catalogue } from "../../criteria/catalogue.js";
import type { Observation } from "../../model/model.js";
import type { Cell } from "../../render/answer.js";
import { type Figure, figuresIn } from "./figures.js";
import { shownRows } from "./tool-result.js";

/** What an answer may rest on. */
export interface Evidence {
  question: string;
  observations: readonly Observation[];
  catalogue: Catalogue;
  /** ISO 8601 UTC. */
  asOf: string;
  /** What else was said to the model: definitions. */
  given: readonly string[];
  /** Answers of the session before, held to their own results then. */
  earlier: readonly string[];
}

/** What a number of a result measures, as far as its column says; "other" may be anything, "rows" is a length. */
export type Kind = "people" | "count" | "money" | "percent" | "measure" | "rows" | "other";

/** A result as the model saw it. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
  /** Every row is there: neither the tool nor a LIMIT of the statement has cut it. */
  complete: boolean;
  /** The result itself is cut, for the user as well. */
  cut: boolean;
  kinds: readonly Kind[];
}

/** The evidence, made ready to be compared with an answer. */
export interface Facts {
  catalogue: Catalogue;
  asOf: string;
  /** By the number of the result; failed calls have none. */
  tables: readonly (Table | undefined)[];
  /** Numbers of results, and what they measure. */
  known: ReadonlyMap<number, ReadonlySet<Kind>>;
  /** Numbers of the question, of calls and of what was given: they set limits, and count nothing. */
  conditions: readonly Figure[];
  /** All text that was seen: question, what was given, successful calls, rows. */
  held: string;
  /** Values of cells that are text, of at least two characters. */
  names: readonly string[];
}

const COLUMN_KINDS: [RegExp, Kind][] = [
  [/pct|percent|share|rate|ratio|proportion|growth|change/, "percent"],
  [/^(?:n_)?(?:customers?|buyers|users|people|women|men|shoppers|visitors)$|^customer_count$/, "people"],
  [/age$|score|similarity|weight|days/, "measure"],
  [/revenue|amount|spent|spend|price|sales|value|aov|cost|dollars/, "money"],
  [/^(?:orders|purchases|events|views|units|quantity|add_to_carts|items|products|refunds)$/, "count"],
];

/** Gathers what a model has seen; rows that were left out for it are no evidence. */
export function gatherFacts({ question, observations, catalogue, asOf, given, earlier }: Evidence): Facts {
  const known = new Map<number, Set<Kind>>();
  const learn = (value: number, kind: Kind) => known.set(value, (known.get(value) ?? new Set()).add(kind));
  const tables = observations.map((observation) => tableOf(observation));
  observations.forEach(({ outcome }, i) => {
    const table = tables[i];
    if (!table) return;
    const people = table.columns.includes("customer_id");
    // A LIMIT's number of rows is the model's own.
    if (!limited(observations[i])) learn(outcome.total, people ? "people" : "rows");
    for (const stage of outcome.stages) if (stage.stage !== "query") learn(stage.rows, "people");
    for (const row of table.rows) {
      row.forEach((cell, c) => {
        for (const value of numbersOf(cell)) learn(value, table.kinds[c] ?? "other");
      });
    }
  });
  for (const { value } of earlier.flatMap((text) => figuresIn(text))) learn(value, "other");
  const calls = observations.map(({ call }) =>
    typeof call.args === "string" ? call.args : JSON.stringify(call.args ?? ""),
  );
  const texts = [question, asOf, ...given, ...earlier, ...calls.filter((_, i) => tables[i] !== undefined)];
  const cells = tables.flatMap((table) => table?.rows.flat() ?? []);
  return {
    catalogue,
    asOf,
    tables,
    known,
    conditions: [question, ...given, ...calls].flatMap((text) => figuresIn(bracketsApart(text))),
    held: [...texts, ...cells.map((cell) => (typeof cell === "object" ? JSON.stringify(cell) : String(cell)))].join(
      "\n",
    ),
    names: [...new Set(cells.filter((cell) => typeof cell === "string" && cell.length > 1))] as string[],
  };
}

function tableOf(observation: Observation): Table | undefined {
  const { outcome, failure, call } = observation;
  if (failure) return undefined;
  const { columns } = outcome;
  const rows = shownRows(outcome);
  const cut = outcome.truncated || limited(observation);
  const kinds = columns.map((name) => COLUMN_KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "other");
  // A statement that multiplies by 100 makes percentages, however it calls them.
  const unnamed = !kinds.includes("percent") && /100(?:\.0*)?\s*\*|\*\s*100/.test(JSON.stringify(call.args ?? ""));
  return {
    columns,
    rows,
    cut,
    complete: rows.length === outcome.total && !cut,
    kinds: unnamed ? kinds.map((kind) => (kind === "other" ? "percent" : kind)) : kinds,
  };
}

/** Whether a statement's own LIMIT may have cut its result. */
function limited(observation: Observation | undefined): boolean {
  const { sql } = (observation?.call.args ?? {}) as { sql?: unknown };
  const limit = typeof sql === "string" ? /\blimit\s+(\d+)[\s;]*(?:offset\s+\d+[\s;]*)?$/i.exec(sql)?.[1] : undefined;
  return limit !== undefined && Number(limit) > 1 && Number(limit) <= (observation?.outcome.total ?? 0);
}

/** The number of a cell; of a text only where it is all the text, of reasons all that they hold. */
function numbersOf(cell: Cell): number[] {
  if (typeof cell === "number") return [cell];
  if (typeof cell === "string") return /^-?\d+(?:\.\d+)?$/.test(cell) ? [Number(cell)] : [];
  if (cell === null || typeof cell !== "object") return [];
  return [...JSON.stringify(cell).matchAll(/-?\d+(?:\.\d+)?/g)].map(([digits]) => Number(digits));
}

/** JSON and SQL with their numbers free of signs. */
function bracketsApart(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?/g, " ")
    .replace(/["'[\]{}():,](?=\D|$)|(?<=\D|^)["'[\]{}():,]/g, " ");
}
