import { AppError } from "../lib/errors.js";
import type { Catalogue, ViewName } from "./catalogue.js";

/** What stands in place of a personal value. A blank stays blank: that somebody has an e-mail address tells nothing of it. */
export const MASKED = "***";

/** What is hidden, and from whom. */
export interface Mask {
  /** Personal columns by view. */
  columns: Readonly<Record<ViewName, ReadonlySet<string>>>;
  /**
   * Rows of named columns reach the user as they are: only the model in between must not see them. What comes of free SQL
   * is masked in any case, since nobody can tell which column a value came from.
   */
  forModel: boolean;
}

/** @param patterns names of columns, * for any letters (the setting personalColumns) */
export function personalColumns(catalogue: Catalogue, patterns: readonly string[]): Mask["columns"] {
  const tests = patterns.map((pattern) => {
    const parts = pattern.toLowerCase().split("*");
    return new RegExp(`^${parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
  });
  const of = (view: ViewName) => {
    const names = catalogue.views[view].columns.map((column) => column.name);
    // The id is how customers are named instead; interests are what somebody did, not who they are.
    const hidden = names.filter((name) => name !== "customer_id" && tests.some((test) => test.test(name)));
    return new Set(view === "interests" ? [] : hidden);
  };
  return { customers: of("customers"), events: of("events"), interests: of("interests") };
}

/** The catalogue without stored values of personal columns: neither hints nor descriptions can then repeat one. */
export function maskCatalogue(catalogue: Catalogue, columns: Mask["columns"]): Catalogue {
  const views = { ...catalogue.views };
  for (const view of Object.keys(views) as ViewName[]) {
    views[view] = {
      ...views[view],
      columns: views[view].columns.map((column) =>
        columns[view].has(column.name)
          ? { ...column, values: null, min: null, max: null, comment: `${column.comment} Personal: masked.` }
          : column,
      ),
    };
  }
  return { ...catalogue, views };
}

/** Rows in which the cells of personal columns of customers or events are masked, by the names of the columns. */
export function maskRows<Cell>(columns: readonly string[], rows: readonly Cell[][], mask: Mask): (Cell | string)[][] {
  const hidden = columns.map((name) => mask.columns.customers.has(name) || mask.columns.events.has(name));
  if (!hidden.includes(true)) return rows as Cell[][];
  return rows.map((row) => row.map((cell, i) => (hidden[i] && cell !== null ? MASKED : cell)));
}

const WHOLE_VALUES = ["=", "!=", "in", "is_null"];

/**
 * Criteria may name a personal value that the question gives as a whole; a part of one, or an order, would let whoever
 * asks often enough spell it out. Throws AppError "refused".
 */
export function checkMaskedCriteria(criteria: unknown, mask: Mask): void {
  if (Array.isArray(criteria)) {
    for (const item of criteria) checkMaskedCriteria(item, mask);
    return;
  }
  if (criteria === null || typeof criteria !== "object") return;
  const { attribute, op, where } = criteria as { attribute?: unknown; op?: unknown; where?: object };
  if (typeof attribute === "string" && mask.columns.customers.has(attribute) && !WHOLE_VALUES.includes(String(op))) {
    throw onlyWhole(attribute);
  }
  for (const [name, test] of Object.entries(where ?? {})) {
    const how = (test as { op?: unknown } | null)?.op;
    if (mask.columns.events.has(name) && how !== undefined && !WHOLE_VALUES.includes(String(how)))
      throw onlyWhole(name);
  }
  for (const value of Object.values(criteria)) checkMaskedCriteria(value, mask);
}

/** Whoever sees an order sees the values, bit by bit. Throws AppError "refused". */
export function checkMaskedOrder(column: string, mask: Mask): void {
  if (mask.columns.customers.has(column)) throw onlyWhole(column);
}

function onlyWhole(column: string): AppError {
  return new AppError("refused", `${column} is personal and masked: it can be compared with a whole value only.`, {
    hint: "Use = or in with values that the question gives, or another column.",
  });
}
