import type { Catalogue, Column } from "../criteria/catalogue.js";
import type { Cursor } from "./cursor.js";
import type { Lexicon, ValueLink } from "./lexicon.js";
import type { EventObject } from "./objects.js";
import type { Vocabulary } from "./vocabulary.js";

/** What every reader works with: one attempt to read one question. */
export interface Reading {
  cursor: Cursor;
  lexicon: Lexicon;
  vocabulary: Vocabulary;
  catalogue: Catalogue;
  asOf: string;
  /** The products spoken of last: what "them" and "it" mean. */
  said: EventObject | undefined;
  /** Words that have two meanings in this data and that nothing tells apart; said when the question is refused. */
  ambiguous: { at: number; text: string; links: readonly ValueLink[] }[];
  /** What can be said of the words read so far that the data cannot answer; said when the question is refused. */
  problems: { at: number; message: string }[];
}

/** A column of customers that holds something. */
export function filledColumn(reading: Reading, name: string): Column | undefined {
  const column = reading.catalogue.views.customers.columns.find((c) => c.name === name);
  return column && column.filled > 0 ? column : undefined;
}

/** Notes why the reader gives up here. */
export function problem(reading: Reading, message: string): undefined {
  reading.problems.push({ at: reading.cursor.pos, message });
  return undefined;
}

/** How a question may begin; says nothing of its own. */
export const LEADS = [
  "what is",
  "what are",
  "what was",
  "what were",
  "show me",
  "give me",
  "show",
  "list",
  "calculate",
  "compute",
  "get",
  "display",
  "report",
  "find",
];
