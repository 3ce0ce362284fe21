import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../src/render/answer.js";
import { runBinary } from "../support/binary.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory } from "../support/stores.js";
import { average, bought, column, count, customers, is, type Row, rounded, table } from "./gold.js";

/** A blank every sixth customer: a new column is hardly ever complete. */
const TIERS = ["gold", "silver", "bronze", "silver", "bronze", null];
const tierOf = (id: unknown) => TIERS[Number(id) % TIERS.length] ?? null;
const tiered = customers.map((c) => ({ ...c, loyalty_tier: tierOf(c["customer_id"]) }));
const tier = (name: string) => tiered.filter(is("loyalty_tier", name));

/** The shipped CRM with one more column; byte for byte otherwise, so that bad rows stay as bad as they are. */
function withTier(): string {
  const [header = [], ...rows] = parse(readFileSync(SAMPLE.crm, "latin1"), { relax_column_count: true }) as string[][];
  const lines = [[...header, "loyalty_tier"], ...rows.map((row) => [...row, tierOf(row[0]?.trim()) ?? ""])];
  return lines.map((line) => line.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")).join("\n");
}

let home: string;
const ask = async (question: string): Promise<Answer> =>
  JSON.parse((await runBinary(["ask", question, "--output", "json"], { home })).stdout) as Answer;

beforeAll(async () => {
  home = freshDirectory();
  writeFileSync(join(home, "crm.csv"), withTier(), "latin1");
  const run = await runBinary(["ingest", "--crm", "crm.csv", "--events", SAMPLE.events], { home });
  expect(run.stderr).not.toContain("error");
  expect(run.code).toBe(0);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

// "gold" is also a color of products and a favorite color: the column's own name tells them apart.
test.each([
  ["how many gold tier customers bought shoes", tier("gold").filter(bought(is("category", "shoes"))).length],
  ["how many silver tier customers are there", tier("silver").length],
  ["average age of customers whose loyalty tier is bronze", average("age")(tier("bronze"))],
])("%s", async (question, gold) => {
  expect(gold).toBeGreaterThan(0);
  expect((await ask(question)).value).toBeCloseTo(gold, 6);
});

test("number of customers by loyalty tier: those without one last", async () => {
  const { rows, totals } = await ask("number of customers by loyalty tier");
  const gold: Row[] = table(tiered, [column("loyalty_tier")], count);
  expect(gold.at(-1)?.[0]).toBe("(none)");
  expect(rounded(rows)).toEqual(rounded(gold));
  expect(totals).toEqual(["(all)", tiered.length]);
});
