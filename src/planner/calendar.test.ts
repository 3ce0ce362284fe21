import { expect, test } from "vitest";
import { latestYear, readCalendar } from "./calendar.js";
import { Cursor } from "./cursor.js";
import { tokenise } from "./words.js";

/** Wednesday. */
const NOW = new Date("2025-06-18T10:00:00Z");

function read(text: string, preposition = true): { within: unknown; done: boolean } {
  const cursor = new Cursor(tokenise(text));
  return { within: readCalendar(cursor, NOW, preposition), done: cursor.done };
}

test.each([
  ["05/2025", "2025-05-01", "2025-06-01"],
  ["5/2025", "2025-05-01", "2025-06-01"],
  ["2025/12", "2025-12-01", "2026-01-01"],
  ["2025-05", "2025-05-01", "2025-06-01"],
  ["2025-05-03", "2025-05-03", "2025-05-04"],
  ["2024-02-29", "2024-02-29", "2024-03-01"],
  ["H1 2025", "2025-01-01", "2025-07-01"],
  ["the first half of 2024", "2024-01-01", "2024-07-01"],
  ["the second half of 2024", "2024-07-01", "2025-01-01"],
  ["first half of this year", "2025-01-01", "2025-07-01"],
  ["second half of the year", "2025-07-01", "2026-01-01"],
  ["Q4 2024", "2024-10-01", "2025-01-01"],
  ["the third quarter of 2024", "2024-07-01", "2024-10-01"],
  ["Sept 2024", "2024-09-01", "2024-10-01"],
  ["5 May", "2025-05-05", "2025-05-06"],
  ["May 5th, 2024", "2024-05-05", "2024-05-06"],
  ["the year 2024", "2024-01-01", "2025-01-01"],
])("%s", (text, from, to) => {
  expect(read(text)).toEqual({ within: { from, to }, done: true });
});

// Monday to Sunday around the day, also where it is the first or the last of the week, or the year ends within it.
test.each([
  ["the week of May 5", "2025-05-05", "2025-05-12"],
  ["the week of May 11", "2025-05-05", "2025-05-12"],
  ["week of 2025-05-07", "2025-05-05", "2025-05-12"],
  ["the week containing 1 January 2025", "2024-12-30", "2025-01-06"],
  // Seven days from the day itself.
  ["the week starting May 7", "2025-05-07", "2025-05-14"],
  ["the week beginning 2024-12-28", "2024-12-28", "2025-01-04"],
])("%s", (text, from, to) => {
  expect(read(text)).toEqual({ within: { from, to }, done: true });
});

test.each([
  ["June", "2025-06-01"],
  ["July", "2024-07-01"],
  ["June 18", "2025-06-18"],
  ["June 19", "2024-06-19"],
  ["Q3", "2024-07-01"],
  ["H2", "2024-07-01"],
  ["H1", "2025-01-01"],
])("%s without a year is the latest that has begun", (text, from) => {
  expect(read(text)).toMatchObject({ within: { from }, done: true });
});

test("a year is the latest in which the day has begun", () => {
  expect([latestYear(NOW, 5, 18), latestYear(NOW, 5, 19)]).toEqual([2025, 2024]);
  // The day begins at midnight UTC.
  expect(latestYear(new Date("2025-06-19T00:00:00Z"), 5, 19)).toBe(2025);
});

test.each([
  "13/2025",
  "0/2025",
  // Which part is the month is not said.
  "05/06/2025",
  "2025-02-30",
  "31 April",
  "the week of May",
  "the first half of May",
  "2025-13",
])("%s is not read as a whole", (text) => {
  const { within, done } = read(text, false);
  expect(within !== undefined && done).toBe(false);
});

test("a bare year needs a preposition: it may as well be a number", () => {
  expect(read("2024", false).within).toBeUndefined();
  expect(read("2024", true)).toEqual({ within: { from: "2024-01-01", to: "2025-01-01" }, done: true });
});
