import { type Catalogue, findColumn } from "../criteria/catalogue.js";
import { sayCriteria } from "../criteria/say.js";
import { type Criteria, foldCriteria } from "../criteria/schema.js";
import type { Observation, ToolCall } from "../model/model.js";
import { blanksSql, type SqlContext, sameValueSql, withoutEachSql } from "./customers-sql.js";
import { type Plan, sqlCall } from "./plan.js";

/** A further query whose result explains an answer. */
export interface Note {
  call: ToolCall;
  tell(observation: Observation): string[];
  /** Its first row holds the measure over all groups: the last line of the table. */
  isTotal?: true;
}

/** What an analyst would ask next of this result: why nobody, how many blanks, who else at the cut, what in all. */
export function notesFor(plan: Plan, first: Observation, context: SqlContext): Note[] {
  const { total, rows } = first.outcome;
  if (plan.total && total > 1) {
    const all: Note = { call: plan.total, tell: () => [], isTotal: true };
    return plan.leftOut ? [all, leftOut(plan.leftOut)] : [all];
  }
  const notes: (Note | undefined)[] = [];
  if (plan.customers) {
    const found = plan.call.tool === "sql_analytics" ? Number(rows[0]?.[0] ?? 0) : total;
    notes.push(found === 0 ? whyNobody(plan.customers, context) : blanks(plan.customers, context));
    if (plan.cut && found > plan.cut.top) notes.push(tie(plan.customers, plan.cut, first, context));
  } else if (plan.cut?.others && rows.length >= plan.cut.top) {
    notes.push(othersAsMany(plan.cut.others, first));
  }
  return notes.filter((note) => note !== undefined);
}

/** Events of nobody in the CRM are in no group of customers. */
function leftOut(call: ToolCall): Note {
  return {
    call,
    tell: ({ outcome }) => {
      const [all, joined] = (outcome.rows[0] ?? []).map(Number);
      const rest = (all ?? 0) - (joined ?? 0);
      if (!(rest > 0)) return [];
      const told = rest.toLocaleString("en-US", { maximumFractionDigits: 2 });
      return [
        `${told} of ${all?.toLocaleString("en-US", { maximumFractionDigits: 2 })} belong to no customer of the CRM and are in no group.`,
      ];
    },
  };
}

/** Whether customers that are not shown have as much as the last one shown. */
function othersAsMany(others: (last: unknown) => ToolCall, { outcome }: Observation): Note {
  return {
    call: others(outcome.rows.at(-1)?.at(-1)),
    tell: (observation) => {
      const more = Number(observation.outcome.rows[0]?.[0] ?? 0) - outcome.rows.length;
      return more > 0 ? [`${more.toLocaleString("en-US")} more have as much as the last one shown.`] : [];
    },
  };
}

/** Which condition empties the result: how many there would be without it. */
function whyNobody(customers: Criteria, context: SqlContext): Note | undefined {
  const conditions = "all" in customers ? (customers.all as Criteria[]) : [];
  if (conditions.length < 2) return undefined;
  return {
    call: sqlCall(withoutEachSql(conditions, context)),
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
    call: sqlCall(blanksSql(customers, negated, context)),
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
    call: sqlCall(sameValueSql(customers, column, last, context)),
    tell: ({ outcome }) => {
      const more = Number(outcome.rows[0]?.[0] ?? 0) - shown;
      return more > 0 ? [`${more.toLocaleString("en-US")} more have the same ${column} as the last one shown.`] : [];
    },
  };
}

/** Periods that the data does not cover: a 0 is then no news. */
export function periodWarnings(criteria: unknown, catalogue: Catalogue): string[] {
  const { firstEventAt, lastEventAt } = catalogue;
  if (firstEventAt === null || lastEventAt === null) return [];
  const warnings = new Set<string>();
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== "object") return;
    const within = (node as { within?: { from?: string; to?: string } }).within;
    if (within) {
      const outside =
        (within.to !== undefined && Date.parse(within.to) <= Date.parse(firstEventAt)) ||
        (within.from !== undefined && Date.parse(within.from) > Date.parse(lastEventAt));
      if (outside) {
        warnings.add(
          `The period lies outside the data, which begins ${firstEventAt.slice(0, 10)} and ends ${lastEventAt.slice(0, 10)}.`,
        );
      }
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(criteria);
  return [...warnings];
}
