import { expect, test } from "vitest";
import { ColumnTypeGuess, castValue } from "./infer-type.js";

function typeOf(values: string[], options = {}) {
  const guess = new ColumnTypeGuess(options);
  for (const value of values) guess.add(value);
  return guess.type();
}

test.each([
  [["1", "-20", "0", "2147483647"], "integer"],
  [["1", "0", "1"], "integer"],
  [["1", "2147483648"], "bigint"],
  [["-9223372036854775808"], "bigint"],
  [["1", "9223372036854775808"], "text"],
  [["1", "2.50"], "numeric"],
  [["3000000000", "2.5", "7"], "numeric"],
  [["1,234"], "numeric"],
  [["$5", "€6.50"], "numeric"],
  [["1", "", "NULL", "n/a", "2"], "integer"],
  [["", "NA"], "text"],
  [[], "text"],
  [["true", "FALSE"], "boolean"],
  [["Y", "N", "Y"], "boolean"],
  [["yes", "1"], "text"],
  [["M", "F"], "text"],
  [["02134", "10001"], "text"],
  [["10001", "02134"], "text"],
  [["0.5", "0"], "numeric"],
  [["+48123456789"], "text"],
  [["35-44", "45-54"], "text"],
  [["1", "2", "3+"], "text"],
  [["2025-01-02", "2025-02-03"], "date"],
  [["2025-01-02", "2025-02-03 10:00"], "timestamp"],
  [["2025-01-02T00:00:00Z"], "timestamp"],
  [["2025-01-02", "2025-02-30"], "text"],
  [["1743508827"], "integer"],
  [["1743508827123"], "bigint"],
  [["3/4/2025", "5/6/2025"], "text"],
  [["3/4/2025", "25/6/2025"], "date"],
  [["3/4/2025 10:00", "6/25/2025 11:00"], "timestamp"],
  [["25/6/2025", "6/25/2025"], "text"],
  [["1.4.2025"], "date"],
  [["01Apr2025"], "date"],
  [["2025-01-01", "17"], "text"],
  [["17", "2025-01-01"], "text"],
  [["a", "1"], "text"],
])("%j is %s", (values, type) => expect(typeOf(values)).toBe(type));

test("an order given by the user decides slash dates", () => {
  expect(typeOf(["3/4/2025"], { order: "mdy" })).toBe("date");
  expect(typeOf(["25/4/2025"], { order: "mdy" })).toBe("text");
});

test("castValue gives the text to store", () => {
  expect(castValue(" 12.0 ", "integer")).toBe("12");
  expect(castValue("2147483648", "integer")).toBeNull();
  expect(castValue("2147483648", "bigint")).toBe("2147483648");
  expect(castValue("$1,234.5", "numeric")).toBe("1234.5");
  expect(castValue("Y", "boolean")).toBe("true");
  expect(castValue("3/4/2025", "date", "mdy")).toBe("2025-03-04");
  expect(castValue("3/4/2025", "date")).toBeNull();
  expect(castValue("2025-01-02", "timestamp")).toBe("2025-01-02T00:00:00.000Z");
  expect(castValue(" 02134 ", "text")).toBe("02134");
  expect(castValue("  ", "text")).toBeNull();
});

test("a million cells take well under a second", () => {
  const guess = new ColumnTypeGuess();
  const start = performance.now();
  for (let i = 0; i < 1_000_000; i++) guess.add(String(i));
  expect(guess.type()).toBe("integer");
  expect(performance.now() - start).toBeLessThan(2000);
});
