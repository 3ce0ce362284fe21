import type { AudienceDraft } from "./audience-draft.js";
import { type Condition, negate } from "./conditions.js";
import { ANYTHING, readObject } from "./objects.js";
import { readPeriod } from "./periods.js";
import { type EventObject, problem, type Reading, rephrased } from "./reading.js";

/** "(bought bags) but not shoes", "(bought bags) and also shoes" */
export function readAgain(
  reading: Reading,
  draft: AudienceDraft,
  join: "and" | "or" | undefined,
  negated: boolean,
): Condition | undefined {
  const { cursor } = reading;
  const last = draft.groups.at(-1)?.conditions.at(-1);
  const also = cursor.tokens[cursor.pos - 1]?.lower === "also";
  if (join !== "and" || !last?.again || last.negated) return undefined;
  return cursor.attempt(() => {
    if (cursor.take("nothing")) {
      const none = last.again?.(ANYTHING);
      return none && { ...negate(none), period: readPeriod(cursor, reading.asOf) };
    }
    // "in April but not in May", "in April and in May"
    const clear = cursor.sees("in", "during") || negated || also;
    const start = cursor.pos;
    const other = last.period && readPeriod(cursor, reading.asOf);
    if (other && !clear) {
      // "in May and June": in either, or in both?
      const words = cursor.textOf(start, cursor.pos);
      return problem(reading, `It is not clear whether "and ${words}" is meant as either or as both.`, [
        rephrased(reading, start - 1, cursor.pos, `or ${words}`),
        rephrased(reading, start - 1, cursor.pos, `and in ${words}`),
      ]);
    }
    if (other) {
      const same = last.again?.(last.object ?? ANYTHING);
      return same && { ...same, period: other };
    }
    const object = readObject(reading);
    const shared = object && shareDescription(object, last.object, negated);
    if (!shared) return undefined;
    if (shared.first) draft.replaceLast(last.again?.(shared.first));
    const condition = last.again?.(shared.object);
    const period = readPeriod(cursor, reading.asOf);
    // "footwear in April and apparel in May": each has a period of its own.
    if (!negated && !also && !(last.period && period)) return undefined;
    return condition && { ...condition, period };
  });
}

/** "footwear but not in red" is of footwear, "red but not blue footwear" of footwear twice; undefined where it is unclear. */
function shareDescription(
  object: EventObject,
  before: EventObject | undefined,
  negated: boolean,
): { object: EventObject; first?: EventObject } | undefined {
  const [now] = object.wheres;
  const [then] = before?.wheres ?? [];
  if (!now || object.same || object.wheres.some((where) => Object.keys(where).length === 0)) return undefined;
  const isWhat = (name: string) => /^(category|subcategory|product_name)$/.test(name);
  const what = (where: EventObject["wheres"][number]) =>
    Object.fromEntries(Object.entries(where).filter(([name]) => isWhat(name)));
  const says = (where: EventObject["wheres"][number] | undefined) =>
    where !== undefined && Object.keys(what(where)).length > 0;
  const keys = (where: EventObject["wheres"][number]) => Object.keys(where).sort().join();
  // "beef or pork but not chicken": the same said of other things
  if (object.wheres.concat(before?.wheres ?? []).every((where) => keys(where) === keys(now))) return { object };
  if (says(now) && says(then)) return { object };
  if (object.wheres.length > 1 || before?.wheres.length !== 1 || !then || !negated) return undefined;
  if (says(then)) return { object: { ...object, wheres: [{ ...what(then), ...now }] } };
  if (says(now)) return { object, first: { ...object, wheres: [{ ...what(now), ...then }] } };
  return { object };
}
