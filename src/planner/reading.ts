import type { Catalogue, Column, ViewName } from "../criteria/catalogue.js";
import type { Criteria, Where } from "../criteria/schema.js";
import type { Cursor } from "./cursor.js";
import type { Previous } from "./previous.js";
import type { Vocabulary } from "./vocabulary.js";

/** A stored value that a phrase may mean. */
export interface ValueLink {
  view: "customers" | "events";
  column: string;
  /** As stored. */
  value: string;
  /** The phrase is the value itself, not its plural or a name for its code. */
  exact: boolean;
  /** A code of at most three letters: only believed where it is written in capitals. */
  code: boolean;
}

export interface ColumnLink {
  view: ViewName;
  column: Column;
}

export interface DefinedAudience {
  name: string;
  criteria(reading: Reading): Criteria;
}

/** What the words of this data mean: every kept value and every column, by phrase. */
export interface Lexicon {
  catalogue: Catalogue;
  values: ReadonlyMap<string, readonly ValueLink[]>;
  columns: ReadonlyMap<string, readonly ColumnLink[]>;
  /** phrase -> event type: the vocabulary's nouns, and the types of this data by their own names */
  eventNouns: ReadonlyMap<string, string>;
  /** The user's own names for audiences. */
  definitions: ReadonlyMap<string, DefinedAudience>;
  /** Longest phrase, in words. */
  longest: number;
}

/** What was bought or viewed: one description, or several joined by and / or. */
export interface EventObject {
  wheres: Record<string, Where[string]>[];
  join: "and" | "or";
  /** "the same product" */
  same: boolean;
}

/** What every reader works with: one attempt to read one question. */
export interface Reading {
  cursor: Cursor;
  lexicon: Lexicon;
  vocabulary: Vocabulary;
  catalogue: Catalogue;
  asOf: string;
  /** The question before, in the same session: who "those" are. */
  previous: Previous | undefined;
  /** The products spoken of last: what "them" and "it" mean. */
  said: EventObject | undefined;
  /** Words that have two meanings in this data and that nothing tells apart; said when the question is refused. */
  ambiguous: { at: number; text: string; links: readonly ValueLink[] }[];
  /** What can be said of the words read so far that the data cannot answer; said when the question is refused. */
  problems: { at: number; message: string; questions?: readonly string[] | undefined }[];
}

/** A column of customers that holds something. */
export function filledColumn(reading: Reading, name: string): Column | undefined {
  const column = reading.catalogue.views.customers.columns.find((c) => c.name === name);
  return column && column.filled > 0 ? column : undefined;
}

/** Notes why the reader gives up here, and the questions that may be meant. */
export function problem(reading: Reading, message: string, questions?: readonly string[]): undefined {
  const { pos, furthest } = reading.cursor;
  reading.problems.push({ at: Math.max(pos, furthest), message, questions });
  return undefined;
}

/** The question with other words from one position to another. */
export function rephrased({ cursor }: Reading, from: number, to: number, words: string): string {
  const end = cursor.tokens.length;
  return [cursor.textOf(0, from), words, cursor.textOf(to, end)]
    .filter((part) => part)
    .join(" ")
    .replaceAll(" ,", ",");
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
