import { expect, test } from "vitest";
import { AppError, type ErrorCode } from "../lib/errors.js";
import { exitCodeOf } from "./exit-codes.js";

test.each<[ErrorCode, number]>([
  ["usage", 2],
  ["config", 2],
  ["input", 1],
  ["no_data", 3],
  ["query", 1],
  ["unreachable", 3],
  ["locked", 3],
  ["timeout", 4],
  ["refused", 5],
  ["cancelled", 130],
])("%s exits with %i", (code, exit) => {
  expect(exitCodeOf(new AppError(code, "x"))).toBe(exit);
});

test("anything else is a bug", () => {
  expect([exitCodeOf(new Error("x")), exitCodeOf("x"), exitCodeOf(undefined)]).toEqual([70, 70, 70]);
});
