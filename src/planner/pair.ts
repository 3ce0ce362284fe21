import { readGender, readValueList } from "./attributes.js";
import type { Condition } from "./conditions.js";
import type { GroupsQuery } from "./query.js";
import type { Reading } from "./reading.js";

/** "men and women", "customers from Germany versus France": two groups of one column. */
export function readPair(reading: Reading): Pick<GroupsQuery, "by" | "customers"> | undefined {
  const { cursor } = reading;
  cursor.take("customers from", "customers in", "customers who are", "those in", "those from", "the");
  const first = readOne(reading);
  cursor.take("customer");
  if (!first || !cursor.take("and", "versus", "vs", "with", "to", "against", "compared to", "compared with"))
    return undefined;
  cursor.take("customers from", "customers in", "those in", "those from", "the");
  const second = readOne(reading);
  cursor.take("customer");
  if (!second || first.attribute !== second.attribute) return undefined;
  return {
    by: { kind: "column", view: "customers", column: first.attribute },
    customers: { attribute: first.attribute, op: "in", value: [first.value, second.value] },
  };
}

function readOne(reading: Reading): { attribute: string; value: string } | undefined {
  const condition: Condition | undefined = readGender(reading) ?? reading.cursor.attempt(() => readValueList(reading));
  const criteria = condition?.make(undefined) as { attribute?: string; value?: unknown } | undefined;
  return criteria?.attribute !== undefined && typeof criteria.value === "string"
    ? { attribute: criteria.attribute, value: criteria.value }
    : undefined;
}
