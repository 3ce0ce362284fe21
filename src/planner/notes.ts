import { findColumn } from "../criteria/catalogue.js";
import { sayCriteria } from "../criteria/say.js";
import { type Criteria, foldCriteria } from "../criteria/schema.js";
import type { Observation, ToolCall } from "../model/model.js";
import type { Plan } from "./compose.js";
import { blanksSql, type SqlContext, sameValueSql, withoutEachSql } from "./compose-sql.js";

/** A further query whose result explains an answer. */
export interface Note {
  call: ToolCall;
  tell(observation: Observation): string[];
}

/** What an analyst would ask next of this result: why nobody, how many blanks, who else at the cut. */
export function notesFor(plan: Plan, first: Observation, context: SqlContext): Note[] {
  if (!plan.customers) return [];
  const found = plan.call.tool === "sql_analytics" ? Number(first.outcome.rows[0]?.[0] ?? 0) : first.outcome.total;
  const notes = [found === 0 ? whyNobody(plan.customers, context) : blanks(plan.customers, context)];
  if (plan.cut && found > plan.cut.top) notes.push(tie(plan.customers, plan.cut, first, context));
  return notes.filter((note) => note !== undefined);
}

function sql(statement: string): ToolCall {
  return { tool: "sql_analytics", args: { sql: statement } };
}

/** Which condition empties the result: how many there would be without it. */
function whyNobody(customers: Criteria, context: SqlContext): Note | undefined {
  const conditions = "all" in customers ? (customers.all as Criteria[]) : [];
  if (conditions.length < 2) return undefined;
  return {
    call: sql(withoutEachSql(conditions, context)),
    tell: ({ outcome }) => {
      const counts = conditions.map((condition, i) => ({ condition, count: Number(outcome.rows[0]?.[i] ?? 0) }));
      const best = counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
      if (best.length === 0) return ["No single condition empties the result: nobody is left without any one of them."];
      return best
        .slice(0, 3)
        .map(
          ({ condition, count }) =>
            `Without "${sayCriteria(condition, context.catalogue)}" there would be ${count.toLocaleString("en-US")}.`,
        );
    },
  };
}

/** "not from Germany" takes in those whose country is blank: how many they are. */
function blanks(customers: Criteria, context: SqlContext): Note | undefined {
  const { columns, rows } = context.catalogue.views.customers;
  const negated = negatedAttributes(customers).filter((name) => {
    const column = findColumn(context.catalogue, "customers", name);
    return column !== undefined && columns.includes(column) && column.filled < rows;
  });
  if (negated.length === 0) return undefined;
  return {
    call: sql(blanksSql(customers, negated, context)),
    tell: ({ outcome }) =>
      negated.flatMap((name, i) => {
        const count = Number(outcome.rows[0]?.[i] ?? 0);
        return count > 0 ? [`${count.toLocaleString("en-US")} of them have no ${name}.`] : [];
      }),
  };
}

function negatedAttributes(criteria: Criteria): string[] {
  const visit = (node: Criteria, positive: boolean): string[] =>
    foldCriteria<string[]>(node, {
      all: (items) => items.flatMap((item) => visit(item, positive)),
      any: (items) => items.flatMap((item) => visit(item, positive)),
      not: (item) => visit(item, !positive),
      attribute: ({ attribute, op }) => (positive === (op === "!=") && op !== "is_null" ? [attribute] : []),
      event: () => [],
      interest: () => [],
      engagement: () => [],
    });
  return [...new Set(visit(criteria, true))];
}

/** Whether the last one shown shares its value with others that are not. */
function tie(
  customers: Criteria,
  { column, top }: { column: string; top: number },
  first: Observation,
  context: SqlContext,
): Note | undefined {
  const { columns, rows } = first.outcome;
  const at = columns.indexOf(column);
  const last = rows.at(-1)?.[at];
  if (at < 0 || last === null || last === undefined || rows.length < top) return undefined;
  const shown = rows.filter((row) => row[at] === last).length;
  return {
    call: sql(sameValueSql(customers, column, last, context)),
    tell: ({ outcome }) => {
      const more = Number(outcome.rows[0]?.[0] ?? 0) - shown;
      return more > 0 ? [`${more.toLocaleString("en-US")} more have the same ${column} as the last one shown.`] : [];
    },
  };
}
