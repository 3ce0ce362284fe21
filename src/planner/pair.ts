import { readGender, readValueList } from "./attributes.js";
import type { Condition } from "./conditions.js";
import type { GroupsQuery } from "./query.js";
import type { Reading } from "./reading.js";

/** "men and women", "customers from Germany versus France": two groups of one column. */
export function readPair(reading: Reading): Pick<GroupsQuery, "groups" | "customers"> | undefined {
  const { cursor } = reading;
  cursor.take("customers from", "customers in", "customers who are", "those in", "those from", "the");
  const first = readOne(reading);
  if (!first) return undefined;
  cursor.take("customer");
  // "men and women" and "Texas and California" have been read as one list.
  if (first.values.length === 1) {
    if (!cursor.take("and", "versus", "vs", "with", "to", "against", "compared to", "compared with")) return undefined;
    cursor.take("customers from", "customers in", "those in", "those from", "the");
    const second = readOne(reading);
    cursor.take("customer");
    if (second?.attribute !== first.attribute) return undefined;
    first.values.push(...second.values);
  }
  return {
    groups: { by: [{ kind: "column", view: "customers", column: first.attribute }], pair: true },
    customers: { attribute: first.attribute, op: "in", value: first.values },
  };
}

function readOne(reading: Reading): { attribute: string; values: string[] } | undefined {
  const condition: Condition | undefined = readGender(reading) ?? reading.cursor.attempt(() => readValueList(reading));
  const criteria = condition?.make(undefined) as { attribute?: string; value?: string | string[] } | undefined;
  if (criteria?.attribute === undefined || criteria.value === undefined) return undefined;
  return { attribute: criteria.attribute, values: [criteria.value].flat() };
}
