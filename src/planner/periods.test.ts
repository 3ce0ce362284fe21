import { expect, test } from "vitest";
import { Cursor } from "./cursor.js";
import { readPeriod } from "./periods.js";
import { tokenise } from "./words.js";

/** Wednesday. */
const AS_OF = "2025-06-18T10:00:00Z";

test.each([
  ["in the last 60 days", { days: 60 }],
  ["in the last two weeks", { weeks: 2 }],
  ["within 3 months", { months: 3 }],
  ["past 7 days", { days: 7 }],
  ["last month", { from: "2025-05-01", to: "2025-06-01" }],
  ["last week", { from: "2025-06-09", to: "2025-06-16" }],
  ["this week", { from: "2025-06-16", to: "2025-06-23" }],
  ["last quarter", { from: "2025-01-01", to: "2025-04-01" }],
  ["this year", { from: "2025-01-01", to: "2026-01-01" }],
  ["yesterday", { from: "2025-06-17", to: "2025-06-18" }],
  ["in May 2025", { from: "2025-05-01", to: "2025-06-01" }],
  ["in May", { from: "2025-05-01", to: "2025-06-01" }],
  ["in December", { from: "2024-12-01", to: "2025-01-01" }],
  ["in Q2", { from: "2025-04-01", to: "2025-07-01" }],
  ["in the first quarter of 2011", { from: "2011-01-01", to: "2011-04-01" }],
  ["in 2024", { from: "2024-01-01", to: "2025-01-01" }],
  ["on 2025-05-03", { from: "2025-05-03", to: "2025-05-04" }],
  ["on May 3, 2025", { from: "2025-05-03", to: "2025-05-04" }],
  ["on the 3rd of May", { from: "2025-05-03", to: "2025-05-04" }],
  ["since May", { from: "2025-05-01" }],
  ["since 2025-05-03", { from: "2025-05-03" }],
  ["before May 2025", { to: "2025-05-01" }],
  ["after 3 May 2025", { from: "2025-05-04" }],
  ["through 15 May 2025", { to: "2025-05-16" }],
  ["between 1 May and 15 May 2025", { from: "2025-05-01", to: "2025-05-16" }],
  ["from April to May 2025", { from: "2025-04-01", to: "2025-06-01" }],
  ["in April or May 2025", { from: "2025-04-01", to: "2025-06-01" }],
])("%s", (text, within) => {
  const cursor = new Cursor(tokenise(text));
  expect(readPeriod(cursor, AS_OF)).toEqual(within);
  expect(cursor.done).toBe(true);
});

test.each(["on 31 February 2025", "in the last -3 days", "in the last $5 days", "may"])("%s is no period", (text) => {
  const cursor = new Cursor(tokenise(text));
  const within = readPeriod(cursor, AS_OF);
  expect(within === undefined || !cursor.done).toBe(true);
});
