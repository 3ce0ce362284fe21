import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import type { Answer } from "./answer.js";
import { renderAnswer } from "./render-answer.js";

const options = { width: 100, color: false, verbose: false };
const why = {
  interests: [{ intent: "jewelry", interest: "jewelry: necklace", similarity: 0.61, weight: 14 }],
  evidence: [{ condition: "bought", count: 3, last: "2025-06-12T08:00:00Z" }],
};
const customers: Answer = {
  question: "women into jewelry",
  kind: "customers",
  answer: "41 customers match.",
  value: null,
  columns: ["customer_id", "first_name", "email", "notes", "score", "why"],
  rows: [["C1", "Ann", "ann@demo.com", "n".repeat(80), 0.61, why]],
  total: 41,
  truncated: true,
  criteria: { attribute: "gender", op: "=", value: "F" },
  reading: "gender is F",
  as_of: "2025-06-16T21:04:11Z",
  planner: "rules",
  steps: [
    {
      tool: "hybrid_discovery",
      args: {},
      ms: 23,
      stages: [
        {
          stage: "gate",
          engine: "embedded",
          sql: "SELECT 1\nWHERE x = $1",
          params: ["F\u001b[2J"],
          rows: 1376,
          ms: 12,
        },
        { stage: "refine", engine: "in-sql", filter: { a: 1 }, rows: 41, ms: 8.2 },
        { stage: "enrich", engine: "embedded", rows: 41, ms: 3 },
      ],
    },
  ],
  usage: { llm: { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 }, embedding: { tokens: 12 } },
  warnings: ["3 customers have no gender."],
  ms: 35,
};
const plain = { steps: [], reading: "", as_of: null, warnings: [], total: 0, truncated: false };

test("text", () => {
  expect(renderAnswer(customers, "text", options)).toBe(
    `41 customers match.
Read as: gender is F
As of 2025-06-16 21:04 UTC
gate 1,376 customers (12 ms) → refine 41 with a score (8 ms) → enrich 41 (3 ms)

customer_id  first_name  email         score  why
───────────  ──────────  ────────────  ─────  ${"─".repeat(54)}
C1           Ann         ann@demo.com   0.61  jewelry: necklace 0.61 (weight 14); bought 3×, last
                                              2025-06-12
1 of 41 rows; --limit all shows every row.
1 more column; --output csv has every column.

rules · 35 ms · embedding tokens 12 · $0.0000
! 3 customers have no gender.
`,
  );
});

test("verbose adds SQL, parameters and filters, cleaned", () => {
  const text = renderAnswer(customers, "text", { ...options, verbose: true });
  expect(text).toContain("hybrid_discovery / gate (embedded)\nSELECT 1\nWHERE x = $1\n  $1 = ");
  expect(text).toContain('filter {"a":1}');
  expect(text).not.toContain("\u001b");
});

test("a count is its sentence; a model's answer shows its tokens", () => {
  const usage = {
    llm: { calls: 2, prompt_tokens: 1234, completion_tokens: 56, cost_usd: 0.00123 },
    embedding: { tokens: 0 },
  };
  const count: Answer = {
    ...customers,
    ...plain,
    kind: "count",
    answer: "7 did.",
    value: 7,
    columns: ["count"],
    rows: [[7]],
    usage,
    ms: 1240,
  };
  expect(renderAnswer(count, "text", options)).toBe(
    "7 did.\n\nrules · 1.2 s · 2 calls · tokens 1,234 in, 56 out · $0.0012\n",
  );
});

test("a refusal has no costs, and nothing prints null", () => {
  const refusal: Answer = {
    ...customers,
    ...plain,
    kind: "refusal",
    answer: "No column named agee.",
    columns: [],
    rows: [],
    warnings: ["Did you mean age?"],
  };
  expect(renderAnswer(refusal, "text", options)).toBe("No column named agee.\n\n! Did you mean age?\n");
  expect(renderAnswer(refusal, "csv", options)).toBe("answer\nNo column named agee.\n");
});

test("a distribution has bars, in text only", () => {
  const table: Answer = {
    ...customers,
    ...plain,
    kind: "table",
    columns: ["country", "customers"],
    rows: [
      ["PL", 10],
      ["DE", 5],
    ],
    total: 2,
  };
  expect(renderAnswer(table, "text", options)).toContain(`PL              10  ${"█".repeat(30)}`);
  for (const output of ["json", "jsonl", "csv", "md"] as const)
    expect(renderAnswer(table, output, options)).not.toContain("█");
});

test("totals: the last line of text and markdown, a field of json, no row of csv", () => {
  const table: Answer = {
    ...customers,
    ...plain,
    kind: "table",
    columns: ["country", "revenue", "percent"],
    rows: [["PL", 30, 60]],
    total: 2,
    truncated: true,
    totals: ["(all)", 50, 100],
  };
  const text = renderAnswer(table, "text", options).split("\n");
  const at = text.findIndex((line) => line.startsWith("(all)"));
  expect(text[at]).toMatch(/^\(all\) +50 +100$/);
  expect(text[at - 1]).toMatch(/^─[─ ]+$/);
  // What the totals are of is not what is shown: the note comes right after them.
  expect(text[at + 1]).toBe("1 of 2 rows; --limit all shows every row.");
  expect(renderAnswer(table, "md", options)).toMatch(/\| PL \| 30 \| 60 \|\n\| \(all\) \| 50 \| 100 \|\n/);
  expect(JSON.parse(renderAnswer(table, "json", options))).toMatchObject({ rows: table.rows, totals: table.totals });
  expect(parse(renderAnswer(table, "csv", options))).toEqual([table.columns, ["PL", "30", "60"]]);
});

test("json is the answer, jsonl on one line, without raw control characters", () => {
  const hostile = { ...customers, answer: "a\u009b2Jb\u202e" };
  for (const output of ["json", "jsonl"] as const) {
    const text = renderAnswer(hostile, output, options);
    expect(JSON.parse(text)).toEqual(hostile);
    expect(text).not.toMatch(/[\u009b\u202e]/);
    expect(text.endsWith("\n")).toBe(true);
  }
  expect(renderAnswer(hostile, "jsonl", options).split("\n")).toHaveLength(2);
});

test("csv holds every column; md the sentence, the reading, the table and what is missing", () => {
  expect(parse(renderAnswer(customers, "csv", options))[0]).toEqual(customers.columns);
  const md = renderAnswer(customers, "md", options);
  expect(md).toMatch(/^41 customers match\.\n\nRead as: gender is F\n\nAs of .* UTC\n\n\| customer_id \|/);
  expect(md).toContain("1 of 41 rows; --limit all shows every row.");
  expect(md).not.toContain("null");
});
