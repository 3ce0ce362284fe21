import type { Criteria, Where, Within } from "../../criteria/schema.js";
import type { EventMeasure, Grouping, Query, Statistic } from "../query.js";

/**
 * How a follow-up is marked: "only X" narrows, "what about X" replaces, "and X" replaces what is of the same kind and else
 * adds, "who also X" adds; nothing ("in Texas?") is as "and".
 */
export type Mode = "only" | "instead" | "and" | "also" | "bare";

/** One thing that a follow-up says of the question before. */
export type Change =
  | { kind: "who"; parts: readonly Criteria[]; intents: readonly string[]; open: boolean; noun: boolean }
  | { kind: "object"; where: Readonly<Record<string, Where[string]>> }
  | { kind: "period"; within: Within }
  | { kind: "grouping"; groups: Pick<Grouping, "by" | "top" | "ranked"> }
  | { kind: "top"; top: number; column: string | undefined }
  | { kind: "order"; column: string; descending: boolean }
  | { kind: "ranked" }
  | { kind: "columns"; columns: readonly string[] }
  | { kind: "count" }
  | { kind: "names" }
  | { kind: "share"; of: Criteria | undefined }
  | { kind: "statistic"; statistic: Statistic; column: string; spending: boolean }
  | { kind: "measure"; measure: EventMeasure };

/** The question after a change, and the change in words. */
export interface Changed {
  query: Query;
  changed: string;
}

/** Why a change cannot be made without guessing, and the questions that may be meant. */
export interface Unclear {
  unclear: string;
  questions?: readonly string[];
}

/** What is needed to make a change. */
export interface Changing {
  mode: Mode;
  /** The conditions of the question before can be added to, but not changed. */
  fixed: boolean;
  /** The follow-up without its mark: for the questions that are offered. */
  text: string;
  say(criteria: Criteria): string;
  /** The criteria of a date of customers within a period. */
  dates(column: string, within: Within): readonly Criteria[];
  isDate(column: string): boolean;
}

/** Several changes in words; what changes nothing is only said where nothing else does. */
export function together(told: readonly string[]): string {
  const real = told.filter((words) => !words.startsWith("nothing, "));
  return (real.length > 0 ? real : told.slice(0, 1)).join("; ");
}

export function unclear(message: string, questions: readonly string[] = []): Unclear {
  return { unclear: message, questions };
}
