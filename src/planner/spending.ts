import { type Condition, criteriaTest, hasEvent } from "./conditions.js";
import { type NumberTest, readNumberTest } from "./numbers.js";
import { readObject } from "./objects.js";
import { readPeriod } from "./periods.js";
import { type EventObject, problem, type Reading } from "./reading.js";

/** "spent more than $1k": total_spent, or the sum of purchases where a product or a period is named. */
export function readSpending(reading: Reading): Condition | undefined {
  const { cursor, asOf } = reading;
  return cursor.attempt(() => {
    if (!cursor.take("spend", "spending")) return undefined;
    const nothing = cursor.take("nothing", "no money");
    const test: NumberTest | undefined = nothing
      ? { op: "=", value: 0, money: true, percent: false }
      : readNumberTest(cursor, false);
    if (!test || test.percent) return undefined;
    const object = cursor.attempt(() => cursor.take("on", "for") && readObject(reading));
    const period = readPeriod(cursor, asOf);
    if (object && (object.wheres.length > 1 || object.same)) return undefined;
    // Below a limit, those who bought nothing may be meant or not.
    if ((object || period) && !test.op.startsWith(">") && test.op !== "between") {
      return problem(reading, "It is not clear whether customers who bought nothing count.");
    }
    if ((object || period) && !hasEvent(reading, "purchase")) return undefined;
    const spending = spent(object, test);
    return { ...spending, period };
  });
}

function spent(object: EventObject | undefined, test: NumberTest): Condition {
  const where = object?.wheres[0] ?? {};
  return {
    period: undefined,
    timed: true,
    ...(!object && { loose: true as const }),
    negated: false,
    test,
    retest: (other) => spent(object, other),
    make: (within) =>
      !object && !within
        ? { attribute: "total_spent", op: test.op, value: test.value }
        : {
            event: "purchase",
            ...(Object.keys(where).length > 0 && { where }),
            ...(within && { within }),
            sum: { field: "amount", ...criteriaTest(test) },
          },
  };
}
