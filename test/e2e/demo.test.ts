import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../../src/render/answer.js";
import { type CliResult, runCli } from "../support/run-cli.js";
import { naiveCustomers, naiveEvents } from "../support/sample.js";

let home: string;
let demo: CliResult;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "audience-demo-"));
  demo = await run("demo");
});
afterAll(() => rm(home, { recursive: true, force: true }));

function run(...args: string[]): Promise<CliResult> {
  return runCli(args, { env: { XDG_DATA_HOME: home } });
}

async function ask(question: string, ...flags: string[]): Promise<Answer> {
  const { stdout } = await run("ask", question, "--output", "json", ...flags);
  return JSON.parse(stdout) as Answer;
}

const DAY = 86_400_000;
const asOf = Math.max(...naiveEvents().map((e) => Date.parse(String(e["event_time"]))));
const bought = (filter: (event: ReturnType<typeof naiveEvents>[number]) => boolean) =>
  new Set(
    naiveEvents()
      .filter((e) => e["event_type"] === "purchase" && filter(e))
      .map((e) => e["customer_id"]),
  );

test("the demo answers its three questions without a terminal, key or server", () => {
  expect(demo.code).toBe(0);
  expect(demo.stdout.match(/^> /gm)).toHaveLength(3);
  expect(demo.stdout.match(/^Read as: /gm)).toHaveLength(3);
  expect(demo.stdout.match(/gate \d+ customers .* → refine \d+ with a score .* → enrich 5/g)).toHaveLength(2);
  expect(demo.stdout).toMatch(/This customer likes luxury items\./);
  expect(demo.stdout).toMatch(/embedding tokens \d+/);
});

test("the number of red sock buyers is that of the files", async () => {
  const ids = bought(
    (e) => e["category"] === "socks" && e["color"] === "red" && Date.parse(String(e["event_time"])) > asOf - 60 * DAY,
  );
  const expected = naiveCustomers().filter((c) => ids.has(c["customer_id"] ?? null)).length;
  expect(expected).toBeGreaterThan(0);
  const answer = await ask("How many customers bought red socks in the last 60 days?");
  expect(answer).toMatchObject({ kind: "count", value: expected, planner: "rules" });
  expect(demo.stdout).toContain(`${expected} customers: bought socks`);
  expect(answer.warnings.join()).toContain("sample data");
});

test("everyone that a hybrid question lists is inside the gate, with the reason", async () => {
  const socks = bought((e) => e["category"] === "socks");
  const answer = await ask("Find users who bought socks and are interested in high-end lifestyle.", "--limit", "all");
  const id = answer.columns.indexOf("customer_id");
  const why = answer.columns.indexOf("why");
  expect(answer.rows.length).toBe(answer.total);
  expect(answer.rows.length).toBeGreaterThan(50);
  for (const row of answer.rows) {
    expect(socks.has(row[id] as string)).toBe(true);
    expect(row[why]).toMatchObject({ evidence: [{ count: expect.any(Number) }] });
  }
  const inGate = naiveCustomers().filter((c) => socks.has(c["customer_id"] ?? null)).length;
  expect(answer.steps[0]?.stages[0]).toMatchObject({ stage: "gate", rows: inGate });
});

test("a question with an unknown word is refused with exit code 5, and never answered without it", async () => {
  const { code, stdout } = await run("ask", "How many customers with a zeppelin bought red socks?");
  expect(code).toBe(5);
  expect(stdout).toMatch(/zeppelin/);
});

test("batch answers every line with its id and goes on after a refusal", async () => {
  const input = '{"id":"a","question":"how many customers are there?"}\nwhich customers have a dog?\n';
  const { code, stdout } = await runCli(["batch", "-"], { env: { XDG_DATA_HOME: home }, input });
  expect(code).toBe(0);
  const [first, second] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer & { id: unknown });
  expect(first).toMatchObject({ id: "a", value: naiveCustomers().length });
  expect(second).toMatchObject({ id: 2, kind: "refusal" });
});

test("in a session, those are the customers of the question before; what an earlier run answered is left out", async () => {
  const input = [
    '{"id":"a","session":1,"question":"customers from Germany who bought socks"}',
    '{"id":"b","session":1,"question":"how many of those are women?"}',
    '{"id":"c","question":"how many of those are women?"}',
    '{"id":"d"}',
  ].join("\n");
  const env = { XDG_DATA_HOME: home };
  const first = await runCli(["batch", "-", "--concurrency", "3"], { env, input });
  expect(first.code).toBe(1);
  const [a, b, c, d] = first.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer & { error?: unknown });
  const socks = bought((e) => e["category"] === "socks");
  const german = naiveCustomers().filter((row) => row["country"] === "DE" && socks.has(row["customer_id"] ?? null));
  expect(a).toMatchObject({ id: "a", kind: "customers", total: german.length });
  expect(b).toMatchObject({ id: "b", value: german.filter((row) => row["gender"] === "F").length });
  expect(c).toMatchObject({ id: "c", kind: "refusal" });
  expect(d).toMatchObject({ id: "d", error: { code: "usage" } });
  const answers = join(home, "answers.jsonl");
  await writeFile(answers, first.stdout);
  const second = await runCli(["batch", "-", "--resume", answers], { env, input });
  expect(
    second.stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id),
  ).toEqual(["d"]);
});
