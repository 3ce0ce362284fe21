import { z } from "zod";
import type { Catalogue, Column, ViewName } from "../../criteria/catalogue.js";
import { AppError } from "../../lib/errors.js";
import { didYouMean } from "../../lib/nearest.js";
import type { Cell } from "../../render/answer.js";
import type { Tool } from "../tool.js";

const parameters = z.object({
  view: z.string().optional().describe("customers, events or interests"),
  column: z.string().optional().describe("A column of the view: all its stored values with their rows."),
});

const SHOWN_VALUES = 6;

/** The views, their columns and values, read live. */
export const describeData: Tool<z.output<typeof parameters>> = {
  name: "describe_data",
  description:
    "What the data holds, read live: the views with their columns, types and first values; with view and column all " +
    "stored values of that column. Call it before you name a value that the question does not spell as stored.",
  parameters,
  async run({ view, column }, { catalogue, limit }) {
    const { columns, rows } = describe(catalogue, view, column);
    const kept = column !== undefined && limit !== null ? rows.slice(0, limit) : rows;
    return {
      columns,
      rows: kept,
      total: rows.length,
      truncated: kept.length < rows.length,
      stages: [],
      warnings: [],
      embeddingTokens: 0,
    };
  },
};

/** All columns of all views, of one view, or the values of one column. Throws AppError "usage" with the nearest name. */
export function describe(
  catalogue: Catalogue,
  view: string | undefined,
  column: string | undefined,
): { columns: string[]; rows: Cell[][] } {
  const names = Object.keys(catalogue.views) as ViewName[];
  if (view !== undefined && !names.includes(view as ViewName)) {
    throw new AppError("usage", `There is no view ${view}.`, {
      hint: didYouMean(view, names) ?? `The views are ${names.join(", ")}.`,
    });
  }
  const chosen = view === undefined ? names : [view as ViewName];
  if (view !== undefined && column !== undefined) return describeColumn(catalogue, view as ViewName, column);
  return {
    columns: ["view", "column", "type", "filled", "distinct", "values", "description"],
    rows: chosen.flatMap((name) =>
      catalogue.views[name].columns.map((c): Cell[] => [
        name,
        c.name,
        c.type,
        c.filled,
        c.distinct,
        sampleOf(c),
        c.comment,
      ]),
    ),
  };
}

function describeColumn(catalogue: Catalogue, view: ViewName, name: string): { columns: string[]; rows: Cell[][] } {
  const known = catalogue.views[view].columns;
  const column = known.find((c) => c.name === name);
  if (!column) {
    const names = known.map((c) => c.name);
    throw new AppError("usage", `The view ${view} has no column ${name}.`, {
      hint: didYouMean(name, names) ?? `Its columns are ${names.join(", ")}.`,
    });
  }
  if (column.values) return { columns: ["value", "rows"], rows: column.values.map((v) => [v.value, v.rows]) };
  return {
    columns: ["column", "type", "filled", "min", "max", "description"],
    rows: [[column.name, column.type, column.filled, column.min, column.max, column.comment]],
  };
}

function sampleOf(column: Column): string {
  if (column.values && column.values.length > 0) {
    const shown = column.values.slice(0, SHOWN_VALUES).map((v) => v.value);
    return shown.join(", ") + (column.values.length > SHOWN_VALUES ? ", ..." : "");
  }
  return column.min === null ? "" : `${column.min} to ${column.max ?? ""}`;
}
