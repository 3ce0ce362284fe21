/** Every comparison of the language. `!=` and `not` include the blanks (product.md, "How words are read"). */
export const operators = [
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "between",
  "in",
  "contains",
  "starts_with",
  "is_null",
] as const;
export type Operator = (typeof operators)[number];

/** The comparisons of a number that was counted or summed. */
export const numberOperators = ["=", "!=", "<", "<=", ">", ">=", "between"] as const;
export type NumberOperator = (typeof numberOperators)[number];

export type Scalar = string | number | boolean;

/** `between` takes [lower, upper], both included; `in` a list; `is_null` true or false. */
export interface Test {
  op: Operator;
  value: Scalar | readonly Scalar[];
}

/** `between` takes [lower, upper], both included. */
export interface NumberTest {
  op: NumberOperator;
  value: number | readonly number[];
}

/** A test of one column of the view customers. */
export interface AttributeCondition extends Test {
  attribute: string;
}

/** A rolling period back from as_of (its start excluded), or a fixed one: `from` included, `to` excluded, ISO 8601 UTC. */
export type Within =
  | { hours: number }
  | { days: number }
  | { weeks: number }
  | { months: number }
  | { years: number }
  | { from?: string; to?: string };

/** Number of events, or of distinct values: `distinct` is "product", "order" or a column of events. */
export interface CountTest extends NumberTest {
  distinct?: string;
}

/** A test of the sum or average of a column of events. */
export interface FieldTest extends NumberTest {
  field: string;
}

/** Column of events -> one value, any of several values, or a test. */
export type Where = Readonly<Record<string, Scalar | readonly Scalar[] | Test>>;

/** At least one such event, unless `count` says otherwise. */
export interface EventCondition {
  /** An event type, "any", or any of several types. */
  event: string | readonly string[];
  where?: Where;
  within?: Within;
  count?: CountTest;
  sum?: FieldTest;
  avg?: FieldTest;
  /** count, sum and avg are of events on one and the same "product", "order" or value of a column of events. */
  same?: string;
  /** Only events without a later event of this type, by the same customer on the same product, up to as_of. */
  not_followed_by?: string;
}

export const dimensions = ["category", "subcategory", "color", "product"] as const;
export type Dimension = (typeof dimensions)[number];

/** A row of the view interests: of any of the values, with that share and weight. */
export interface InterestCondition {
  interest: Dimension;
  value: string | readonly string[];
  share?: NumberTest;
  weight?: NumberTest;
}

export const engagementLevels = ["low", "medium", "high"] as const;
export type EngagementLevel = (typeof engagementLevels)[number];

/** A third of all customers, by weight of their events in the last 30 days. */
export interface EngagementCondition {
  engagement: EngagementLevel;
}

/** What an audience is: the checked form of the criteria language. `{}` is everyone. */
export type Criteria =
  | Record<string, never>
  | { all: readonly Criteria[] }
  | { any: readonly Criteria[] }
  | { not: Criteria }
  | AttributeCondition
  | EventCondition
  | InterestCondition
  | EngagementCondition;

/** What to do with each form of criteria, for `foldCriteria`. */
export interface CriteriaCases<T> {
  all(items: readonly Criteria[]): T;
  any(items: readonly Criteria[]): T;
  not(item: Criteria): T;
  attribute(condition: AttributeCondition): T;
  event(condition: EventCondition): T;
  interest(condition: InterestCondition): T;
  engagement(condition: EngagementCondition): T;
}

/** Calls the case of this criteria's form; everyone (`{}`) is `all` of nothing. */
export function foldCriteria<T>(criteria: Criteria, cases: CriteriaCases<T>): T {
  // The empty form keeps `in` from narrowing to one member, hence the casts, here and nowhere else.
  if ("all" in criteria) return cases.all(criteria.all);
  if ("any" in criteria) return cases.any(criteria.any);
  if ("not" in criteria) return cases.not(criteria.not as Criteria);
  if ("attribute" in criteria) return cases.attribute(criteria as AttributeCondition);
  if ("event" in criteria) return cases.event(criteria as EventCondition);
  if ("interest" in criteria) return cases.interest(criteria as InterestCondition);
  if ("engagement" in criteria) return cases.engagement(criteria as EngagementCondition);
  return cases.all([]);
}

/** The test that an entry of `where` stands for. */
export function whereTest(entry: Where[string]): Test {
  if (typeof entry !== "object") return { op: "=", value: entry };
  return "op" in entry ? entry : { op: "in", value: entry };
}

/** Whether a number passes the test. */
export function accepts(test: NumberTest, number: number): boolean {
  const [first = Number.NaN, second = Number.NaN] = typeof test.value === "number" ? [test.value] : test.value;
  switch (test.op) {
    case "=":
      return number === first;
    case "!=":
      return number !== first;
    case "<":
      return number < first;
    case "<=":
      return number <= first;
    case ">":
      return number > first;
    case ">=":
      return number >= first;
    case "between":
      return number >= first && number <= second;
  }
}

/** Whether the condition says no more than that there is such an event. */
export function isAtLeastOnce({ count, sum, avg, same }: EventCondition): boolean {
  if (sum || avg || same !== undefined) return false;
  if (!count) return true;
  if (count.distinct !== undefined) return false;
  return (count.op === ">=" && count.value === 1) || (count.op === ">" && count.value === 0);
}

/** Whether the condition says no more than that there is no such event. */
export function isNever({ count, sum, avg, same }: EventCondition): boolean {
  if (!count || sum || avg || same !== undefined || count.distinct !== undefined) return false;
  // A test of one number or a range is only passed by 0 when 0 passes and 1 does not; != passes elsewhere too.
  return accepts(count, 0) && !accepts(count, 1) && count.op !== "!=";
}

/** Whether a customer without any such event meets the condition: no events are a count and a sum of 0. */
export function allowsNone({ count, sum, avg }: EventCondition): boolean {
  return count !== undefined && accepts(count, 0) && (!sum || accepts(sum, 0)) && !avg;
}
