import { expect, test } from "vitest";
import { bar, barColumn } from "./bars.js";
import { renderTable } from "./table.js";
import { widthOf } from "./wrap.js";

const plain = { width: 80, color: false };
const reason = {
  interests: [{ intent: "jewelry", interest: "jewelry: necklace", similarity: 0.6123, weight: 14 }],
  evidence: [{ condition: "bought", count: 3, last: "2025-06-12T10:00:00Z" }],
};

test("numbers to the right, blanks empty, reasons in words", () => {
  const rows = [
    ["C1", 1203, 2.71428, null, reason],
    ["C22", 7, 0.0012, true, null],
  ];
  expect(renderTable(["id", "age", "spent", "luxury", "why"], rows, { ...plain, width: 120 })).toBe(
    [
      "id    age   spent  luxury  why",
      "───  ────  ──────  ──────  ─────────────────────────────────────────────────────────────",
      "C1   1203    2.71          jewelry: necklace 0.61 (weight 14); bought 3×, last 2025-06-12",
      "C22     7  0.0012  true",
      "",
    ]
      .join("\n")
      .replace("─────────────────────────────────────────────────────────────", "─".repeat(62)),
  );
});

test("wide characters stay aligned", () => {
  const text = renderTable(
    ["name", "n"],
    [
      ["東京", 1],
      ["👩‍👩‍👧", 2],
      ["abc", 3],
    ],
    plain,
  );
  const lines = text.trimEnd().split("\n");
  expect(lines.slice(2).map(widthOf)).toEqual([7, 7, 7]);
});

test("too wide: text wraps within the width", () => {
  const text = renderTable(["id", "note"], [["C1", "one two three four five six seven eight"]], {
    ...plain,
    width: 24,
  });
  expect(text.split("\n").slice(2)).toEqual(["C1  one two three four", "    five six seven eight", ""]);
  const long = renderTable(["a", "b"], [["x".repeat(500), "東".repeat(100)]], { ...plain, width: 60 });
  expect(Math.max(...long.split("\n").map(widthOf))).toBeLessThanOrEqual(60);
});

test("far too wide: a record view, within the width too", () => {
  const columns = Array.from({ length: 12 }, (_, i) => `column_${i}`);
  const text = renderTable(columns, [columns.map(() => "some words that are long")], { ...plain, width: 40 });
  expect(text).toMatch(/^─\[ 1 ]─+\ncolumn_0 {3}some words that are long\n/);
  expect(Math.max(...text.split("\n").map(widthOf))).toBeLessThanOrEqual(40);
});

test("hostile cells and headers are cleaned", () => {
  const text = renderTable(["a\u001b[2J"], [["\u001b]52;c;eA==\u0007\nb"]], plain);
  expect(text).toBe("a\\x1b[2J\n──────────────────────\n\\x1b]52;c;eA==\\x07 b\n".replace(/─+/, "─".repeat(20)));
});

test("colour styles the header only", () => {
  expect(renderTable(["a"], [["b"]], { width: 80, color: true })).toBe(
    "\u001b[1ma\u001b[22m\n\u001b[2m─\u001b[22m\nb\n",
  );
});

test("totals stand under a rule of their own, aligned with the rest", () => {
  const rows = [
    ["jewelry", 2, 66.6667],
    ["bags", 1, 33.3333],
  ];
  expect(renderTable(["category", "n", "percent"], rows, { ...plain, totals: ["(all)", 12_003, 100] })).toBe(
    [
      "category      n  percent",
      "────────  ─────  ───────",
      "jewelry       2    66.67",
      "bags          1    33.33",
      "────────  ─────  ───────",
      "(all)     12003   100.00",
      "",
    ].join("\n"),
  );
});

test("numbers of a column have the same decimals, those of another column have none", () => {
  const rows = [
    ["DE", 9734, 2],
    ["PL", 9728.22, 14],
    ["US", 0.0012, null],
  ];
  expect(renderTable(["country", "revenue", "n"], rows, plain).split("\n").slice(2)).toEqual([
    "DE       9734.00   2",
    "PL       9728.22  14",
    "US        0.0012",
    "",
  ]);
});

test("totals: blanks between, no bar, and widths that hold them", () => {
  const rows = [
    ["May", "bags", 4],
    ["June", "bags", 1],
  ];
  const text = renderTable(["month", "category", "n"], rows, { ...plain, bars: 2, totals: ["(all)", null, 1_234_567] });
  const lines = text.trimEnd().split("\n");
  expect(lines.at(-1)).toBe("(all)            1234567");
  expect(lines[2]).toMatch(/^May {4}bags {12}4 {2}█+$/);
  expect(lines.at(-2)).toBe(lines[1]);
});

test("a table that is too wide for its columns wraps the totals as well", () => {
  const rows = [["one two three four five", 1]];
  const text = renderTable(["name", "n"], rows, { ...plain, width: 18, totals: ["all of them together", 1] });
  expect(Math.max(...text.split("\n").map(widthOf))).toBeLessThanOrEqual(18);
  expect(text).toContain("together");
});

test("bars", () => {
  expect(bar(10, 10, 4)).toBe("████");
  expect(bar(1, 16, 2)).toBe("▏");
  expect(bar(0.0001, 10, 4)).toBe("▏");
  expect([bar(0, 10, 4), bar(1, 0, 4), bar(Number.NaN, 1, 4)]).toEqual(["", "", ""]);
  expect(
    barColumn(
      ["c", "n"],
      [
        ["a", 1],
        ["b", 2],
      ],
    ),
  ).toBe(1);
  expect(
    barColumn(
      ["c", "n"],
      [
        ["a", -1],
        ["b", 2],
      ],
    ),
  ).toBeUndefined();
  expect(
    renderTable(
      ["c", "n"],
      [
        ["a", 4],
        ["b", 1],
      ],
      { ...plain, bars: 1 },
    ),
  ).toContain(`a  4  ${"█".repeat(30)}\nb  1  ███████▌\n`);
});
