import type { Column } from "./catalogue.js";
import type { Checking } from "./check-value.js";
import { warnOfText } from "./check-value.js";
import { fail } from "./fail.js";
import type { AttributeCondition, Criteria } from "./schema.js";

/** Columns that say where a customer is, the widest first. */
const locationColumns = [
  "country",
  "country_name",
  "country_code",
  "state",
  "state_name",
  "state_code",
  "state_province",
  "province",
  "region",
  "city",
  "location",
];
const genders = [
  ["f", "female", "woman", "women"],
  ["m", "male", "man", "men"],
];

/**
 * The customers in any of the places. A place is looked for in country, state and city columns, and stands for every
 * column that holds it; a country also under its code or English name (US, United States).
 */
export function locationConditions(places: readonly string[], path: string, checking: Checking): Criteria[] {
  const columns = locationColumns.flatMap((name) =>
    checking.catalogue.views.customers.columns.filter((c) => c.name === name && c.type === "text"),
  );
  const [widest] = columns;
  if (widest === undefined) fail(path, "the customers have no country, state or city.");
  const byColumn = new Map<string, string[]>();
  for (const place of places) {
    const held = holders(place, columns);
    if (held.length === 0) warnOfText(place, widest, "customers", checking);
    for (const [column, value] of held.length === 0 ? [[widest.name, place] as const] : held) {
      byColumn.set(column, [...(byColumn.get(column) ?? []), value]);
    }
  }
  const found = [...byColumn].map(([attribute, values]): AttributeCondition => {
    const unique = [...new Set(values)];
    return unique.length === 1 ? { attribute, op: "=", value: unique[0]! } : { attribute, op: "in", value: unique };
  });
  return found.length === 1 ? found : [{ any: found }];
}

/** The stored values of a coded gender column ("F") for "female", "women"; the values themselves when it has none. */
export function genderValues(written: string | readonly unknown[], column: Column): unknown {
  const stored = column.values ?? [];
  const read = (value: unknown): unknown[] => {
    const wanted = typeof value === "string" ? value.trim().toLowerCase() : value;
    if (stored.some((s) => s.value.toLowerCase() === wanted)) return [value];
    const group = genders.find((words) => words.some((word) => word === wanted)) ?? [];
    const coded = stored.filter((s) => group.includes(s.value.toLowerCase())).map((s) => s.value);
    return coded.length === 0 ? [value] : coded;
  };
  if (typeof written !== "string") return written.flatMap(read);
  const values = read(written);
  return values.length === 1 ? values[0] : values;
}

function holders(place: string, columns: readonly Column[]): (readonly [string, string])[] {
  for (const name of [place, ...countryNames(place)]) {
    const held = columns.filter((c) => c.values?.some((s) => s.value.toLowerCase() === name.toLowerCase()));
    if (held.length > 0) return held.map((c) => [c.name, name] as const);
  }
  // Where the values are not kept the column may hold it: ask it, rather than miss customers.
  return columns.filter((c) => c.values === null).map((c) => [c.name, place] as const);
}

/** The English name of a country's code, or the code of its name. */
function countryNames(place: string): string[] {
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
  if (/^[a-z]{2}$/i.test(place)) {
    const name = names.of(place.toUpperCase());
    return name === undefined ? [] : [name];
  }
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const codes = [...letters].flatMap((first) => [...letters].map((second) => first + second));
  return codes.filter((code) => names.of(code)?.toLowerCase() === place.toLowerCase());
}
