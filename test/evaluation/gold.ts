import { type NaiveRow, naiveCustomers, naiveEvents } from "../support/sample.js";

/** What a question about the sample has to be answered with, counted in plain JavaScript from its rows. */
export const customers = naiveCustomers();
export const events = naiveEvents();

const crm = new Map<unknown, NaiveRow>(customers.map((c) => [c["customer_id"], c]));
const own = new Map<unknown, NaiveRow[]>(customers.map((c) => [c["customer_id"], []]));
for (const event of events) own.get(event["customer_id"])?.push(event);

export type Test = (row: NaiveRow) => boolean;
export type Measure = (rows: readonly NaiveRow[]) => number;
type Value = string | number | null;
export type Row = Value[];

export const ownEvents = (customer: NaiveRow) => own.get(customer["customer_id"]) ?? [];
export const time = (event: NaiveRow) => String(event["event_time"]).slice(0, 19);
export const newest = events.map(time).reduce((a, b) => (a > b ? a : b));
/** The day so many days before that of the newest event. */
export const daysBack = (count: number) =>
  new Date(Date.parse(newest.slice(0, 10)) - count * 86_400_000).toISOString().slice(0, 10);

export const any: Test = () => true;
export const is = (column: string, value: Value): Test => {
  return (row) => row[column] === value;
};
export const both = (...tests: readonly Test[]): Test => {
  return (row) => tests.every((test) => test(row));
};
/** Both ends as text; the second is exclusive. */
export const between = (from: string, to = "9"): Test => {
  return (event) => time(event) >= from && time(event) < to;
};
/** By its number, of 2025. */
export const month = (number: number): Test => {
  return (event) => time(event).startsWith(`2025-${String(number).padStart(2, "0")}`);
};
export const women = is("gender", "F");
export const men = is("gender", "M");
export const purchase = is("event_type", "purchase");
export const view = is("event_type", "view");
/** Of events: whose customer is such; never so without a customer in the CRM. */
export const by = (test: Test): Test => {
  return (event) => {
    const customer = crm.get(event["customer_id"]);
    return customer !== undefined && test(customer);
  };
};
/** Of customers: whether they did this, so often. */
export const did = (test: Test, times: (count: number) => boolean = (count) => count > 0): Test => {
  return (customer) => times(ownEvents(customer).filter(test).length);
};

export const bought = (test: Test, times?: (count: number) => boolean): Test => did(both(purchase, test), times);

export const sales = (...tests: readonly Test[]) => events.filter(both(purchase, ...tests));
export const views = (...tests: readonly Test[]) => events.filter(both(view, ...tests));

export const count: Measure = (rows) => rows.length;
export const revenue: Measure = (rows) => rows.reduce((sum, e) => sum + Number(e["cents"]), 0) / 100;
export const orders: Measure = (rows) => new Set(rows.flatMap((e) => e["order_id"] ?? [])).size;
export const orderValue: Measure = (rows) => revenue(rows) / orders(rows);
const numbers = (rows: readonly NaiveRow[], column: string) =>
  rows.map((row) => row[column]).filter((value) => typeof value === "number");
export const average = (column: string): Measure => {
  return (rows) => numbers(rows, column).reduce((a, b) => a + b, 0) / numbers(rows, column).length;
};
export const highest = (column: string): Measure => {
  return (rows) => Math.max(...numbers(rows, column));
};
export const lowest = (column: string): Measure => {
  return (rows) => Math.min(...numbers(rows, column));
};
export const medianOf = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(at)] ?? Number.NaN) + (sorted[Math.ceil(at)] ?? Number.NaN)) / 2;
};
export const median = (column: string): Measure => {
  return (rows) => medianOf(numbers(rows, column));
};
export const percent = (test: Test): Measure => {
  return (rows) => (100 * rows.filter(test).length) / rows.length;
};

/** By what rows are grouped. `natural`: the groups have an order of their own, which is that of their values. */
export interface By {
  of(row: NaiveRow): Value;
  natural?: true;
  label?(value: Value): string;
}

const WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
export const column = (name: string): By => ({ of: (row) => row[name] ?? null });
/** Of events: a column of their customer. */
export const ofCustomer = (dimension: By): By => ({
  ...dimension,
  of: (event) => dimension.of(crm.get(event["customer_id"]) ?? {}),
});
export const months: By = { natural: true, of: (event) => time(event).slice(0, 7) };
export const weekdays: By = {
  natural: true,
  of: (event) => (new Date(`${time(event)}Z`).getUTCDay() + 6) % 7,
  label: (day) => WEEKDAYS[Number(day)] ?? "",
};
export const signupYear: By = { natural: true, of: (c) => c["signup_date"]?.toString().slice(0, 4) ?? null };
export const bands = (name: string, width: number): By => ({
  natural: true,
  of: (row) => (typeof row[name] === "number" ? Math.floor(row[name] / width) * width : null),
  label: (from) => `${from}-${Number(from) + width - 1}`,
});

const compare = (a: Value, b: Value) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1);

interface Group {
  values: Value[];
  measure: number;
}

function groups(rows: readonly NaiveRow[], dimensions: readonly By[], measure: Measure): Group[] {
  const found = new Map<string, { values: Value[]; rows: NaiveRow[] }>();
  for (const row of rows) {
    const values = dimensions.map(({ of }) => of(row));
    const key = JSON.stringify(values);
    const group = found.get(key) ?? { values, rows: [] };
    found.set(key, group);
    group.rows.push(row);
  }
  return [...found.values()].map((group) => ({ values: group.values, measure: measure(group.rows) }));
}

function shown({ values, measure }: Group, dimensions: readonly By[]): Row {
  const names = values.map((value, i) =>
    value === null ? "(none)" : (dimensions[i]?.label?.(value) ?? String(value)),
  );
  return [...names, measure];
}

/** The order that product.md promises: natural orders first, blanks last, largest first, ties by name. */
export function table(rows: readonly NaiveRow[], dimensions: readonly By[], measure: Measure): Row[] {
  const natural = dimensions.flatMap((dimension, i) => (dimension.natural ? [i] : []));
  const others = dimensions.flatMap((dimension, i) => (dimension.natural ? [] : [i]));
  const at = ({ values }: Group, i: number) => values[i] ?? null;
  const inOrder = (a: Group, b: Group, positions: readonly number[]) =>
    positions.reduce((found, i) => found || compare(at(a, i), at(b, i)), 0);
  const blank = (group: Group, i: number) => (at(group, i) === null ? 1 : 0);
  return groups(rows, dimensions, measure)
    .sort(
      (a, b) =>
        inOrder(a, b, natural) ||
        others.reduce((found, i) => found || blank(a, i) - blank(b, i), 0) ||
        b.measure - a.measure ||
        inOrder(a, b, others),
    )
    .map((group) => shown(group, dimensions));
}

/** The largest groups of the second dimension in each of the first; a place is shared by all that are as large. */
export function topInEach(
  rows: readonly NaiveRow[],
  [first, second]: readonly [By, By],
  measure: Measure,
  top: number,
): Row[] {
  const known = groups(rows, [first, second], measure).filter(({ values }) => !values.includes(null));
  const place = (one: Group) =>
    1 + known.filter((other) => other.values[0] === one.values[0] && other.measure > one.measure).length;
  return known
    .filter((group) => place(group) <= top)
    .sort((a, b) => {
      const [[a1 = null, a2 = null], [b1 = null, b2 = null]] = [a.values, b.values];
      return compare(a1, b1) || b.measure - a.measure || compare(a2, b2);
    })
    .map((group) => shown(group, [first, second]));
}

/** Everyone by what they did, most first, equals by the number of their id; with the measure. */
export function ranked(of: readonly NaiveRow[], test: Test, measure: Measure): { id: string; measure: number }[] {
  return of
    .map((c) => ({ id: String(c["customer_id"]), rows: ownEvents(c).filter(test) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ id, rows }) => ({ id, measure: measure(rows) }))
    .sort((a, b) => b.measure - a.measure || Number(a.id) - Number(b.id));
}

/** Cells for comparison: numbers to six decimals, as quotients differ in their last digits. */
export function rounded(rows: readonly (readonly unknown[])[]): unknown[][] {
  return rows.map((row) => row.map((cell) => (typeof cell === "number" ? Math.round(cell * 1e6) / 1e6 : cell)));
}

/** The questions that a refusal offers to be asked instead. */
export function offered(warnings: readonly string[]): string[] {
  const line = warnings.find((warning) => warning.startsWith("Ask ")) ?? "";
  return [...line.matchAll(/"([^"]+)"/g)].map(([, question]) => question as string);
}
