import { AppError } from "../lib/errors.js";
import { findColumn } from "./catalogue.js";
import { type CompileContext, compileEvent } from "./compile-event.js";
import { compileNumberTest, compileOneOf, compileTest, identifier, parameter } from "./compile-test.js";
import { boundsOf, instant } from "./instant.js";
import { customerColumns, sameCustomer } from "./same-customer.js";
import type { AttributeCondition, EngagementLevel, EventCondition, InterestCondition } from "./schema.js";
import { type Criteria, engagementLevels, foldCriteria, isNever } from "./schema.js";

export { type CompileContext, compileEventKeys, compileEvidence } from "./compile-event.js";

const engagementDays = 30;
const defaultWeights = { purchase: 3, add_to_cart: 2, view: 1 };
/** Aliases of the subqueries: as alias of customers they would be shadowed. */
const ownAliases = ["e", "f", "g", "i", "k", "w", "r"];

interface Compiled {
  sql: string;
  /** Whether it can be null, where a blank was compared. */
  nullable: boolean;
}

/**
 * Criteria as one boolean SQL expression over audience.customers, under the context's alias. Text of the user is only
 * ever a parameter, appended to `context.params`; names are those of the catalogue, quoted. The expression may be null,
 * which WHERE treats as false. Throws AppError "usage" for a name that the catalogue lacks.
 */
export function compileCriteria(criteria: Criteria, context: CompileContext): string {
  const alias = context.alias ?? "c";
  if (!/^[a-z_][a-z0-9_]*$/.test(alias) || ownAliases.includes(alias)) throw new Error(`Unusable alias ${alias}`);
  return compile(criteria, alias, context).sql;
}

/** The event conditions that are not negated: those of which a matching customer may have events to show. */
export function eventConditions(criteria: Criteria): EventCondition[] {
  const collect = (node: Criteria, positive: boolean): EventCondition[] =>
    foldCriteria<EventCondition[]>(node, {
      all: (items) => items.flatMap((item) => collect(item, positive)),
      any: (items) => items.flatMap((item) => collect(item, positive)),
      not: (item) => collect(item, !positive),
      attribute: () => [],
      event: (condition) => (positive && !isNever(condition) ? [condition] : []),
      interest: () => [],
      engagement: () => [],
    });
  return collect(criteria, true);
}

function compile(criteria: Criteria, alias: string, context: CompileContext): Compiled {
  const never = (sql: string): Compiled => ({ sql, nullable: false });
  const join = (items: readonly Criteria[], word: "and" | "or"): Compiled => {
    const parts = items.map((item) => compile(item, alias, context));
    if (parts.length === 1) return parts[0]!;
    if (parts.length === 0) return never(word === "and" ? "true" : "false");
    return { sql: `(${parts.map((p) => p.sql).join(` ${word} `)})`, nullable: parts.some((p) => p.nullable) };
  };
  return foldCriteria<Compiled>(criteria, {
    all: (items) => join(items, "and"),
    any: (items) => join(items, "or"),
    not: (item) => {
      const { sql, nullable } = compile(item, alias, context);
      // Blanks count as not; where there are none, plain not lets Postgres plan an anti-join.
      return never(nullable ? `((${sql}) is not true)` : `(not ${sql})`);
    },
    attribute: (condition) => compileAttribute(condition, alias, context),
    event: (condition) => never(compileEvent(condition, alias, context)),
    interest: (condition) => never(compileInterest(condition, alias, context)),
    engagement: ({ engagement }) => never(compileEngagement(engagement, alias, context)),
  });
}

function compileAttribute(
  condition: AttributeCondition,
  alias: string,
  { catalogue, params }: CompileContext,
): Compiled {
  const column = findColumn(catalogue, "customers", condition.attribute);
  if (column === undefined) throw new AppError("usage", `Unknown attribute ${JSON.stringify(condition.attribute)}.`);
  const sql = compileTest(`${alias}.${identifier(column.name)}`, column, condition, params);
  return { sql: `(${sql})`, nullable: condition.op !== "!=" && condition.op !== "is_null" };
}

function compileInterest(condition: InterestCondition, alias: string, { catalogue, params }: CompileContext): string {
  const { interest, share, weight } = condition;
  const values = typeof condition.value === "string" ? [condition.value] : condition.value;
  // Values of interests are those of the events, spelled alike; one column holds four dimensions, so its own list
  // of values could offer the spelling of another.
  const column = findColumn(catalogue, "events", interest === "product" ? "product_name" : interest);
  const parts = [
    sameCustomer("i", alias, catalogue),
    `i.dimension = ${parameter(params, interest, "text")}`,
    compileOneOf("i.value", values, column, params),
  ];
  if (share !== undefined) parts.push(compileNumberTest("i.share::numeric", share, params));
  if (weight !== undefined) parts.push(compileNumberTest("i.weight::numeric", weight, params));
  return `exists (select 1 from audience.interests i where ${parts.join(" and ")})`;
}

function compileEngagement(level: EngagementLevel, alias: string, context: CompileContext): string {
  const { catalogue, params, asOf, asOfGiven, weights = defaultWeights } = context;
  const ids = (of: string) => customerColumns(of, catalogue);
  const { after } = boundsOf({ days: engagementDays }, asOf);
  const cases = Object.entries(weights).map(
    ([type, weight]) => `when ${parameter(params, type, "text")} then ${parameter(params, weight, "numeric")}`,
  );
  const sum = cases.length === 0 ? "0" : `sum(case e.event_type ${cases.join(" ")} else 0 end)`;
  const known = asOfGiven ? ` and e.event_time <= ${parameter(params, instant(asOf), "timestamptz")}` : "";
  // Ties go by customer_id in byte order, so that every database makes the same thirds.
  return (
    `exists (select 1 from (select ${ids("k")}, ntile(3) over (order by coalesce(w.weight, 0), ` +
    `k.customer_id collate "C") as third from audience.customers k left join ` +
    `(select ${ids("e")}, ${sum} as weight from audience.events e where e.customer_id is not null ` +
    `and e.event_time > ${parameter(params, after, "timestamptz")}${known} group by ${ids("e")}) w ` +
    `on ${sameCustomer("w", "k", catalogue)}) r ` +
    `where ${sameCustomer("r", alias, catalogue)} and r.third = ${engagementLevels.indexOf(level) + 1})`
  );
}
