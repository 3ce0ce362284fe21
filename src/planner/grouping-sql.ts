import type { NumberTest } from "./numbers.js";
import type { Dimension, Grouping } from "./query.js";
import { literal } from "./sql-literal.js";

export interface MeasureSql {
  /** An aggregate over the rows of a group. */
  sql: string;
  /** The column of the result. */
  name: string;
}

interface DimensionSql {
  sql: string;
  name: string;
  /** Sorted by itself: periods and bands have an order of their own. */
  natural: boolean;
  /** What groups are sorted by, where it is not the value itself. */
  key?: (value: string) => string;
  /** How a group is called, from its value. */
  label: (value: string) => string;
}

export function dimensionSql(by: Dimension): DimensionSql {
  const asText = (value: string) => `${value}::text`;
  if (by.kind === "column") {
    return {
      sql: `${by.view === "customers" ? "c" : "e"}."${by.column}"`,
      name: by.column,
      natural: false,
      label: asText,
      ...(by.order && {
        key: (value) => `array_position(array[${by.order?.map(literal).join(", ")}], ${value}::text)`,
      }),
    };
  }
  if (by.kind === "band") {
    return {
      sql: `floor(c."${by.column}" / ${by.width}.0)::int * ${by.width}`,
      name: `${by.column}_band`,
      natural: true,
      label: (value) => `${value} || '-' || (${value} + ${by.width - 1})`,
    };
  }
  const time = by.column ? `c."${by.column}"` : "(e.event_time at time zone 'UTC')";
  if (by.unit === "weekday") {
    const names = "(array['Monday','Tuesday','Wednesday','Thursday','Friday','Saturday','Sunday'])";
    return {
      sql: `extract(isodow from ${time})::int`,
      name: "weekday",
      natural: true,
      label: (value) => `${names}[${value}]`,
    };
  }
  if (by.unit === "hour") return { sql: `extract(hour from ${time})::int`, name: "hour", natural: true, label: asText };
  const formats: Record<string, string> = {
    day: "YYYY-MM-DD",
    week: 'IYYY-"W"IW',
    month: "YYYY-MM",
    quarter: 'YYYY-"Q"Q',
    year: "YYYY",
  };
  return { sql: `to_char(${time}, '${formats[by.unit]}')`, name: by.unit, natural: true, label: asText };
}

/**
 * One row a group. Periods and bands stand in their own order, other groups largest first, ties by name; blanks form the
 * last row. A cut takes the largest groups, whatever their order, and no blanks; the first place, and the places inside of
 * groups, are shared by all that are as large.
 */
export function groupedSql(grouping: Grouping, measure: MeasureSql, from: string): string {
  const dimensions = grouping.by.map(dimensionSql);
  const value = `"${measure.name}"`;
  const g = (i: number) => `g${i + 1}`;
  // Places are shared by equals: inside of each group, and the first one.
  const placed = grouping.each === true || grouping.top === 1;
  const partition = grouping.each ? `partition by ${dimensions[0]?.sql} ` : "";
  const direction = grouping.ascending ? "asc" : "desc";
  const parts = [
    ...dimensions.map(({ sql }, i) => `${sql} as ${g(i)}`),
    `${measure.sql} as ${value}`,
    ...(grouping.share ? [`100.0 * ${measure.sql} / nullif(sum(${measure.sql}) over (), 0) as percent`] : []),
    ...(placed ? [`rank() over (${partition}order by ${measure.sql} ${direction} nulls last) as place`] : []),
  ];
  const kept = dimensions.map(({ sql }) => ` and ${sql} is not null`).join("");
  const having = grouping.having ? ` having ${testSql(measure.sql, grouping.having)}` : "";
  const inner =
    `select ${parts.join(", ")} from ${from}${grouping.top === undefined ? "" : kept} ` +
    `group by ${dimensions.map((_, i) => i + 1).join(", ")}${having}`;
  const shown = [
    ...dimensions.map(({ name, label }, i) => `coalesce(${label(g(i))}, '(none)') as "${name}"`),
    value,
    ...(grouping.share ? ["percent"] : []),
  ];
  const where = placed ? ` where place <= ${grouping.top}` : "";
  const limit = grouping.top === undefined || placed ? "" : ` limit ${grouping.top}`;
  return `select ${shown.join(", ")} from (${inner}) t${where} order by ${order(grouping, dimensions, value).join(", ")}${limit}`;
}

/** How many groups are at least as large (or as small) as the last one shown. */
export function asLargeSql(grouping: Grouping, measure: MeasureSql, from: string, last: unknown): string {
  const all = groupedSql({ ...grouping, top: Number.MAX_SAFE_INTEGER }, measure, from);
  return `select count(*) as n from (${all}) t where "${measure.name}" ${grouping.ascending ? "<=" : ">="} ${literal(last)}`;
}

function order(grouping: Grouping, dimensions: readonly DimensionSql[], value: string): string[] {
  const names = dimensions.map((_, i) => `g${i + 1}`);
  const largest = `${value} ${grouping.ascending ? "asc" : "desc"} nulls last`;
  if (grouping.each) return [...names.slice(0, 1), "place", ...names.slice(1)];
  if (grouping.top !== undefined) return [largest, ...names];
  if (grouping.ranked) return [...names.map((name) => `(${name} is null)`), largest, ...names];
  const isNatural = (i: number) => dimensions[i]?.natural || dimensions[i]?.key !== undefined;
  const natural = names.flatMap((name, i) =>
    isNatural(i) ? [`(${name} is null)`, dimensions[i]?.key?.(name) ?? name] : [],
  );
  const others = names.filter((_, i) => !isNatural(i));
  return [...natural, ...others.map((name) => `(${name} is null)`), ...(others.length > 0 ? [largest] : []), ...others];
}

function testSql(sql: string, { op, value }: NumberTest): string {
  return Array.isArray(value) ? `${sql} between ${value[0]} and ${value[1]}` : `${sql} ${op} ${value}`;
}
