import { expect, test } from "vitest";
import { Cursor } from "./cursor.js";
import { atLeast, readNumberTest, readTimes } from "./numbers.js";
import { tokenise } from "./words.js";

test.each([
  ["> 30", ">", 30],
  [">= 30", ">=", 30],
  ["more than $1k", ">", 1000],
  ["over 1,200.50", ">", 1200.5],
  ["at least twenty five", ">=", 25],
  ["under 2.5 million", "<", 2_500_000],
  ["no more than one hundred", "<=", 100],
  ["below -100", "<", -100],
  ["65+", ">=", 65],
  ["100 or more", ">=", 100],
  ["exactly 3", "=", 3],
  ["a single", "=", 1],
  ["between 25 and 40", "between", [25, 40]],
  ["25-40", "between", [25, 40]],
  ["from 25 to 40", "between", [25, 40]],
])("%s", (text, op, value) => {
  const cursor = new Cursor(tokenise(text));
  expect(readNumberTest(cursor, false)).toMatchObject({ op, value });
  expect(cursor.done).toBe(true);
});

test("a range that runs backwards is no range", () => {
  expect(readNumberTest(new Cursor(tokenise("between 40 and 25")), false)).toBeUndefined();
});

test.each([
  ["twice", ">=", 2],
  ["three times", ">=", 3],
  ["at least twenty times", ">=", 20],
  ["exactly once", "=", 1],
  ["only once", "=", 1],
  ["more than 3 times", ">", 3],
])("%s is how often", (text, op, value) => {
  expect(readTimes(new Cursor(tokenise(text)))).toMatchObject({ op, value });
});

test("a bare number is at least that many, a said one is not touched", () => {
  expect(atLeast({ op: "=", value: 3, money: false, percent: false, bare: true }).op).toBe(">=");
  expect(atLeast({ op: "=", value: 3, money: false, percent: false }).op).toBe("=");
});
