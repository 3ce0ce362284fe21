import type { Criteria } from "../criteria/schema.js";
import type { FinalAnswer, ToolCall, ToolOutcome } from "../model/model.js";
import type { Dimension, Grouping, Statistic } from "./query.js";

/** A typed query as a tool call, what it means in words, and how its result is told. */
export interface Plan {
  call: ToolCall;
  reading: string;
  criteria: unknown;
  /** The audience, where the answer counts or lists customers: what is then worth a note. */
  customers?: Criteria;
  /** The order of a list that is cut after `top`; `others` counts those who have at least the value of the last. */
  cut?: { column: string; top: number; others?: (last: unknown) => ToolCall };
  /** The measure of a table over all its groups together. */
  total?: ToolCall;
  /** The measure over all events, and over those of known customers. */
  leftOut?: ToolCall;
  tell(outcome: ToolOutcome): Pick<FinalAnswer, "kind" | "answer" | "value"> & { warnings?: string[] };
}

export const STATISTICS: Record<Statistic, string> = {
  avg: "average",
  sum: "sum of",
  median: "median",
  min: "lowest",
  max: "highest",
};

export function sqlCall(statement: string): ToolCall {
  return { tool: "sql_analytics", args: { sql: statement } };
}

/** A figure in a sentence: 1,203 or 12.35. */
export function figure(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

export function customersWord(count: number): string {
  return count === 1 ? "customer" : "customers";
}

/** A number of the first row; 0 where there is none. */
export function cell({ rows }: ToolOutcome, index: number): number {
  return Number(rows[0]?.[index] ?? 0);
}

/** "by month and category, top 3 each, only more than 1000" */
export function sayGrouping({ by, top, each, having, share, ascending, ranked }: Grouping): string {
  const parts = [
    `by ${sayDimensions(by)}`,
    ...(top === undefined
      ? []
      : [
          `${ascending ? "lowest" : "top"} ${top}${each ? ` in each ${by[0] && dimensionName(by[0])}, equals included` : ""}`,
        ]),
    ...(ranked ? ["highest first"] : []),
    ...(having
      ? [`only ${Array.isArray(having.value) ? having.value.join(" to ") : `${having.op} ${having.value}`}`]
      : []),
    ...(share ? ["with the percent of all"] : []),
  ];
  return parts.join(", ");
}

function sayDimensions(by: readonly Dimension[]): string {
  return by.map(dimensionName).join(" and ");
}

function dimensionName(by: Dimension): string {
  if (by.kind === "time") return by.column ? `${by.unit} of ${by.column}` : by.unit;
  return by.kind === "band" ? `${by.column} in bands of ${by.width}` : by.column;
}

/** The cut of a table that shows some of the groups: whether others are as large as the last one. */
export function cutOf({ top, each, share }: Grouping, others: (last: unknown) => ToolCall): Pick<Plan, "cut"> {
  return top === undefined || top === 1 || each || share ? {} : { cut: { column: "", top, others } };
}

/** A table of groups in a sentence. */
export function tellTable(measure: string, grouping: Grouping): Plan["tell"] {
  return ({ total, rows, columns }) => {
    const title = `${measure[0]?.toUpperCase()}${measure.slice(1)} by ${sayDimensions(grouping.by)}`;
    const [first] = rows;
    const value = first?.[columns.indexOf("percent") < 0 ? columns.length - 1 : columns.length - 2];
    const one = grouping.top === 1 && !grouping.each && first && typeof value === "number";
    const tied = total > 1 ? ` each, a tie of ${figure(total)}` : "";
    const names = rows.slice(0, 3).map((row) => String(row[0]));
    const unseen = (grouping.having && /</.test(grouping.having.op)) || grouping.ascending;
    const warnings = unseen ? ["Groups without any are not listed."] : [];
    const pair = grouping.pair && total === 2 && rows.length === 2 ? difference(rows) : "";
    const answer = one
      ? `${names.join(", ")}${total > names.length ? " and more" : ""}: ${figure(value)}${tied} (${measure}).`
      : `${title}: ${figure(total)} ${total === 1 ? "group" : "groups"}.`;
    return {
      kind: "table",
      value: null,
      answer: answer.replace(/\.$/, `${pair}.`),
      ...(warnings.length > 0 && { warnings }),
    };
  };
}

/** "; the difference is 12 (3% of the lower)" of two rows that end in a figure. */
export function difference(rows: readonly (readonly unknown[])[]): string {
  const [a, b] = rows.map((row) => row.at(-1));
  if (rows.length !== 2 || typeof a !== "number" || typeof b !== "number") return "";
  if (a === b) return ": the same";
  const [high, low] = a > b ? [a, b] : [b, a];
  const percent = low > 0 ? ` (${figure((100 * (high - low)) / low)}% of the lower)` : "";
  return `; the difference is ${figure(high - low)}${percent}`;
}
