import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMiniLm } from "../../src/embed/minilm.js";
import { runBinary, runShell } from "../support/binary.js";
import { loadedSample } from "../support/loaded-sample.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const home = freshDirectory();
const empty = freshDirectory();
let store: Store;
afterAll(async () => {
  await store.remove();
  rmSync(home, { recursive: true });
  rmSync(empty, { recursive: true });
});
const audience = (...args: string[]) => runBinary(args, { home, env: store.env });
const sql = (statement: string, ...args: string[]) => audience("sql", statement, ...args);

beforeAll(async () => {
  store = await loadedSample(STORES[0] as (typeof STORES)[number], createMiniLm());
});

test("find: an unknown attribute exits 2 and names the nearest", async () => {
  writeFileSync(join(home, "agee.json"), '{"attribute": "agee", "op": ">", "value": 30}');
  const { code, stdout, stderr } = await audience("find", "agee.json");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/agee.*\nhint: .*\bage\b/s);
});

test("find: criteria from stdin with an intent, as an answer with its stages", async () => {
  const stdin = '{"all": [{"attribute": "gender", "op": "=", "value": "F"}]}';
  const args = ["find", "-", "--intent", "luxury", "--limit", "2", "--output", "json"];
  const { code, stdout } = await runBinary(args, { home, env: store.env, stdin });
  expect(code).toBe(0);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({ kind: "customers", truncated: true, planner: "none" });
  expect(answer.columns.slice(-2)).toEqual(["score", "why"]);
  expect(answer.rows).toHaveLength(2);
  const stages = answer.steps[0].stages.map((stage: { stage: string }) => stage.stage);
  expect(stages).toEqual(["gate", "refine", "enrich"]);
});

test("sql: every form of output", async () => {
  const statement = "select customer_id, first_name from customers where customer_id in ('1', '2') order by 1";
  const output = async (form: string) => (await sql(statement, "--output", form)).stdout;
  expect(await output("csv")).toBe("customer_id,first_name\n1,Magdalena\n2,Heike\n");
  expect(JSON.parse(await output("json"))).toMatchObject({
    columns: ["customer_id", "first_name"],
    rows: [
      ["1", "Magdalena"],
      ["2", "Heike"],
    ],
    total: 2,
    truncated: false,
  });
  expect(await output("md")).toMatch(
    /\| *customer_id *\| *first_name *\|\n\| *:?-+:? *\| *:?-+:? *\|\n\| *1 *\| *Magdalena *\|/,
  );
  expect(
    JSON.stringify(
      (await output("jsonl"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ),
  ).toContain("Heike");
});

// What is refused is the corpora's matter (test/sql-safety); here, that the command asks before it runs anything.
test.each(["update customers set age = 1", "select 1; select 2", "select pg_read_file('PG_VERSION')"])(
  "sql refuses: %s",
  async (statement) => {
    const { code, stdout, stderr } = await sql(statement);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: /);
  },
);

test("after all that nothing has changed", async () => {
  const { stdout } = await sql(
    "select (select count(*) from customers) as customers, (select count(*) from events) as events",
    "--output",
    "json",
  );
  expect(JSON.parse(stdout).rows).toEqual([[500, 11907]]);
});

test("300 KB and more arrive through a pipe, all of them", async () => {
  const select = `sql "select * from events order by event_id" --limit all --output csv`;
  const { stdout } = await runShell(
    `audience ${select} | wc -c; audience ${select} > file.csv; wc -c < file.csv`,
    home,
    store.env,
  );
  const [piped, written] = stdout.trim().split(/\s+/).map(Number) as [number, number];
  expect(piped).toBeGreaterThan(300_000);
  expect(piped).toBe(written);
  expect(readFileSync(join(home, "file.csv"), "utf8").trimEnd().split(/\r?\n/)).toHaveLength(11_908);
});

test("a reader that has had enough ends it quietly", async () => {
  const script = `audience sql "select * from events" --limit all --output csv | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await runShell(script, home, store.env);
  const [header, code] = stdout.trimEnd().split(/\r?\n/);
  expect(header).toMatch(/^event_id,/);
  expect({ code, stderr }).toEqual({ code: "0", stderr: "" });
});

test("schema: all views, one view, one column", async () => {
  const rows = async (...args: string[]) => JSON.parse((await audience("schema", ...args, "--output", "json")).stdout);
  const all = await rows();
  expect([...new Set(all.map((row: { view: string }) => row.view))]).toEqual(["customers", "events", "interests"]);
  const customers = await rows("customers");
  expect(customers.find((row: { column: string }) => row.column === "age")).toMatchObject({ type: "integer" });
  const categories = await rows("events", "category");
  expect(categories.map((row: { value: string }) => row.value)).toContain("jewelry");
  expect(categories[0].rows).toBeGreaterThan(100);
});

test("schema: an unknown column or view names the nearest", async () => {
  const column = await audience("schema", "events", "categry");
  expect(column).toMatchObject({ code: 2, stdout: "" });
  expect(column.stderr).toContain("category");
  const view = await audience("schema", "custmers");
  expect(view.code).toBe(2);
  expect(view.stderr).toContain("customers");
});

test.each([["find", "-"], ["sql", "select 1"], ["schema"]])(
  "no data: %s says how to load some, and makes nothing",
  async (...args) => {
    const { code, stdout, stderr } = await runBinary(args, { home: empty, stdin: "{}" });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/hint: .*audience ingest/);
    expect((await runShell("ls -A", empty)).stdout).toBe("");
  },
);
