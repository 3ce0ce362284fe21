import { difference, figure, type Plan, sqlCall } from "./plan.js";
import type { Query } from "./query.js";
import { literal } from "./sql-literal.js";

/** The same figure of two groups, and how far they are apart. */
export function composeComparison(query: Extract<Query, { kind: "comparison" }>, compose: (part: Query) => Plan): Plan {
  const plans = query.parts.map(({ label, query: part }) => ({ label, plan: compose(part) }));
  const sql = plans.map(
    ({ label, plan }) =>
      `select ${literal(label)}::text as "group", q.* from (${(plan.call.args as { sql: string }).sql}) q`,
  );
  return {
    call: sqlCall(sql.join(" union all ")),
    reading: plans.map(({ label, plan }) => `${label}: ${plan.reading}`).join(" | "),
    criteria: plans.map(({ plan }) => plan.criteria),
    tell: ({ columns, rows }) => {
      const at = columns.includes("percent") ? columns.indexOf("percent") : 1;
      const figures = rows.map((row) => [String(row[0]), row[at] === null ? null : Number(row[at])] as const);
      const told = figures.map(([label, value]) => `${label} ${value === null ? "(none)" : figure(value)}`).join(", ");
      const [a, b] = figures.map(([, value]) => value);
      const value = query.difference && typeof a === "number" && typeof b === "number" ? a - b : null;
      return { kind: value === null ? "table" : "number", value, answer: `${told}${difference(figures)}.` };
    },
  };
}
