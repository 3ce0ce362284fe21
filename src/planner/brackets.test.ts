import { expect, test } from "vitest";
import type { Column } from "../criteria/catalogue.js";
import { brackets } from "./brackets.js";
import type { NumberTest } from "./numbers.js";

function column(...values: string[]): Column {
  const stored = values.map((value) => ({ value, rows: 1 }));
  return { name: "age_band", type: "text", comment: "", filled: 9, distinct: 3, values: stored, min: null, max: null };
}

const test30 = (op: NumberTest["op"], value: NumberTest["value"]): NumberTest => ({
  op,
  value,
  money: false,
  percent: false,
});

test("a limit between brackets takes those beyond it; one inside a bracket takes none", () => {
  const ages = brackets(column("18-24", "25-34", "35-44", "45+"));
  expect(ages?.matching(test30(">", 34))).toEqual(["35-44", "45+"]);
  expect(ages?.matching(test30(">=", 35))).toEqual(["35-44", "45+"]);
  expect(ages?.matching(test30("<", 25))).toEqual(["18-24"]);
  expect(ages?.matching(test30("between", [25, 44]))).toEqual(["25-34", "35-44"]);
  expect(ages?.matching(test30(">", 40))).toBeUndefined();
  expect(ages?.matching(test30("<", 10))).toBeUndefined();
});

test("money in thousands, open ends in words", () => {
  const incomes = brackets(column("Under 15K", "15-24K", "25-49K", "Over 49K"));
  expect(incomes?.matching(test30("<", 25_000))).toEqual(["Under 15K", "15-24K"]);
  expect(incomes?.matching(test30("<=", 24_000))).toBeUndefined(); // 24,500 stands in 15-24K
});

test("a column of other words has no brackets", () => {
  expect(brackets(column("gold", "silver"))).toBeUndefined();
  expect(brackets(column("18-24", "unknown"))).toBeUndefined();
});
