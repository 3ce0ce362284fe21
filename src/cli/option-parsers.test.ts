import { expect, test } from "vitest";
import { asOfTime, collect, integer, mapping, maxRejects } from "./option-parsers.js";

test("dates and times become ISO 8601 UTC; a date is the end of its day", () => {
  expect(asOfTime("2025-06-16")).toBe("2025-06-16T23:59:59.999Z");
  expect(asOfTime("2025-06-16 21:04")).toBe("2025-06-16T21:04:00.000Z");
  expect(asOfTime("2025-06-16T21:04:11+02:00")).toBe("2025-06-16T19:04:11.000Z");
  for (const bad of ["2025-02-30", "2025-13-01", "16.06.2025", "yesterday", "", "2025-06-16T25:00"])
    expect(() => asOfTime(bad)).toThrow(/must be a date/);
});

test("mappings, lists, numbers", () => {
  expect([...mapping("b=c=event_time", mapping("ts=time", undefined))]).toEqual([
    ["ts", "time"],
    ["b=c", "event_time"],
  ]);
  for (const bad of ["x", "=y", "x="]) expect(() => mapping(bad, undefined)).toThrow(/column=field/);
  expect(collect("b", collect("a", undefined))).toEqual(["a", "b"]);
  expect(integer(1)("10")).toBe(10);
  for (const bad of ["0", "1.5", "-1", "x", ""]) expect(() => integer(1)(bad)).toThrow(/at least 1/);
});

test("tolerated rejects: rows or a share", () => {
  expect([maxRejects("500"), maxRejects("10%"), maxRejects("0")]).toEqual([{ rows: 500 }, { share: 0.1 }, { rows: 0 }]);
  for (const bad of ["101%", "1.5", "-1", "x", ""]) expect(() => maxRejects(bad)).toThrow(/percentage/);
});
