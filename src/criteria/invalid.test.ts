import { describe, expect, test } from "vitest";
import { seeded } from "../../test/support/random.js";
import { AppError } from "../lib/errors.js";
import type { Catalogue, Column, ColumnType } from "./catalogue.js";
import { parseCriteria } from "./shorthand.js";

const column = (name: string, type: ColumnType): Column => ({
  ...{ name, type, comment: "", filled: 10, distinct: null, values: null, min: null, max: null },
});
const catalogue: Catalogue = {
  views: {
    customers: {
      comment: "",
      rows: 10,
      columns: [
        column("customer_id", "text"),
        column("gender", "text"),
        column("age", "integer"),
        column("signup_date", "date"),
      ],
    },
    events: {
      comment: "",
      rows: 10,
      columns: [column("event_type", "text"), column("category", "text"), column("amount", "numeric")],
    },
    interests: { comment: "", rows: 10, columns: [column("dimension", "text"), column("value", "text")] },
  },
  eventTypes: ["purchase", "view"].map((value) => ({ value, rows: 1 })),
  firstEventAt: "2025-01-01T00:00:00Z",
  lastEventAt: "2025-06-16T00:00:00Z",
  numericIds: false,
  version: 1,
};

const { below, pick } = seeded(20251121);
type Json = Record<string, unknown>;
const word = () => Array.from({ length: 4 + below(8) }, () => pick([..."bcdfghjklmnpqrstvwxz"])).join("");
/** Of no type that a test of a number takes. */
const notANumber = () => pick<unknown>([word(), true, {}, [], null, "12 or so", [[1]], { value: 1 }]);

const valid: (() => Json)[] = [
  () => ({ attribute: "age", op: pick(["=", ">", "<="]), value: below(90) }),
  () => ({ attribute: "gender", op: "in", value: ["F", "M"] }),
  () => ({ event: "purchase", within: { days: 1 + below(90) }, count: { op: ">=", value: 1 + below(5) } }),
  () => ({ event: "view", where: { category: word() } }),
  () => ({ interest: "category", value: word(), share: { op: ">=", value: below(10) / 10 } }),
];
/** Each makes something that no criteria can be. */
const wrong: (() => unknown)[] = [
  () => ({ attribute: word(), op: "=", value: 1 }),
  () => ({ attribute: "age", op: pick(["==", "like", "~", "", word()]), value: 1 }),
  () => ({ attribute: "age", op: ">", value: notANumber() }),
  () => ({ attribute: "age", op: "between", value: pick<unknown>([[1], [1, 2, 3], 5, ["a", "b"], null]) }),
  () => ({ attribute: "signup_date", op: ">", value: pick<unknown>(["2025-02-30", "soon", "31/12/2025x", {}, [1]]) }),
  () => ({ attribute: "age", op: ">" }),
  () => ({ event: word() }),
  () => ({ event: "purchase", where: { [word()]: 1 } }),
  () => ({ event: "purchase", within: pick<unknown>([{ days: -1 }, { days: "x" }, { [word()]: 1 }, 5, "soon"]) }),
  () => ({ event: "purchase", count: pick<unknown>([{ op: ">=", value: notANumber() }, 0.5, "many"]) }),
  () => ({ event: "purchase", sum: { field: word(), op: ">", value: 1 } }),
  () => ({ event: "purchase", [word()]: 1 }),
  () => ({ interest: word(), value: "x" }),
  () => ({ interest: "category", value: "x", share: { op: ">=", value: notANumber() } }),
  () => ({ all: pick<unknown>([1, "x", [1], [null], ["age"], [[]]]) }),
  () => ({ not: pick<unknown>([1, "x", [], null]) }),
  () => ({ [word()]: pick<unknown>([1, "x", [], {}]) }),
  () => pick<unknown>([1, "age > 30", null, [], true, [{ attribute: "age", op: ">", value: 1 }]]),
];

/** The wrong part somewhere inside what is right otherwise. */
function nested(part: unknown, depth: number): unknown {
  if (depth === 0) return part;
  const others = () => Array.from({ length: below(3) }, () => pick(valid)());
  const items = [...others(), nested(part, depth - 1), ...others()];
  return pick<() => Json>([() => ({ all: items }), () => ({ any: items }), () => ({ not: nested(part, depth - 1) })])();
}

describe("criteria that are none", () => {
  test("what is right is taken", () => {
    for (let i = 0; i < 500; i++) parseCriteria(nested(pick(valid)(), below(4)), catalogue);
  });

  test("10,000 wrong ones: each is refused with a message that one can read", () => {
    for (let i = 0; i < 10_000; i++) {
      const input = nested(pick(wrong)(), below(4));
      const text = JSON.stringify(input);
      let error: unknown;
      try {
        parseCriteria(input, catalogue);
      } catch (caught) {
        error = caught;
      }
      expect(error, text).toBeInstanceOf(AppError);
      const { code, message } = error as AppError;
      expect(code, text).toBe("usage");
      expect(message.length, text).toBeGreaterThan(15);
      expect(message.length, message).toBeLessThan(400);
      expect(message, text).not.toMatch(/undefined|\[object|ZodError|invalid_|Invalid input/);
    }
  });
});
