import { expect, test } from "vitest";
import { seriesLine, sparkline } from "./sparkline.js";
import { widthOf } from "./wrap.js";

const days = (count: number): [string, number][] =>
  Array.from({ length: count }, (_, i) => [new Date(Date.UTC(2025, 3, 1 + i)).toISOString().slice(0, 10), i]);

test("heights stand above 0, or above the least where that is below 0", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 80)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([95, 100, 98], 80)).toBe("███");
  expect(sparkline([-7, 0, null, 7], 80)).toBe("▁▅ █");
  expect([sparkline([0, 0], 80), sparkline([null], 80), sparkline([], 80)]).toEqual(["▁▁", " ", ""]);
});

test("more values than room share a mark by their mean", () => {
  expect(sparkline([0, 0, 7, 7, 0, 14], 3)).toBe("▁██");
  expect(sparkline(Array(1000).fill(1), 37)).toHaveLength(37);
});

test("a series is named, with its first and last period, within the width", () => {
  const line = seriesLine(["day", "revenue"], days(60), 100) ?? "";
  expect(line).toMatch(/^revenue [▁-█]{60} 2025-04-01 to 2025-05-30$/);
  const narrow = seriesLine(["day", "revenue"], days(60), 60) ?? "";
  expect(widthOf(narrow)).toBe(60);
  expect(seriesLine(["day", "revenue"], days(60), 40)).toBeUndefined();
});

test.each([
  ["2025-Q", 1],
  ["2025-W1", 0],
  ["2025-0", 1],
  ["201", 0],
])("periods such as %s%i", (start, from) => {
  const count = start === "2025-Q" ? 4 : 9;
  const rows: [string, number][] = Array.from({ length: count }, (_, i) => [`${start}${i + from}`, i]);
  const more = start === "2025-Q" ? rows.map(([period, n]) => [period.replace("2025", "2026"), n]) : [];
  expect(seriesLine(["period", "n"], [...rows, ...more, ["(none)", 7]], 100)).toMatch(/^n [▁-█]{8,9} \S+ to \S+$/);
});

test("any other table has none", () => {
  const rows = days(20);
  expect(seriesLine(["day", "n"], rows.slice(0, 7), 100)).toBeUndefined();
  expect(seriesLine(["day", "n"], rows.toReversed(), 100)).toBeUndefined();
  expect(
    seriesLine(
      ["day", "n"],
      rows.map(([day]) => [day, "x"]),
      100,
    ),
  ).toBeUndefined();
  expect(
    seriesLine(
      ["id", "n"],
      rows.map((_, i) => [`C${i + 10}`, i]),
      100,
    ),
  ).toBeUndefined();
  expect(
    seriesLine(
      ["day", "n", "m"],
      rows.map((row) => [...row, 1]),
      100,
    ),
  ).toBeUndefined();
  expect(seriesLine(["day", "n"], [], 100)).toBeUndefined();
});
