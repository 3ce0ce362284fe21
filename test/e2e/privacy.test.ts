import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { runBinary } from "../support/binary.js";
import { fileWriter } from "../support/load.js";
import { cellOf, resultsIn } from "../support/model-request.js";
import { type ModelServer, type Scene, startModelServer } from "../support/model-server.js";
import { type QdrantServer, startQdrant } from "../support/qdrant-server.js";
import { freshDirectory } from "../support/stores.js";

// A letter that stands in every personal value and nowhere else.
const PERSONAL = /ꝗ|\\uA757/i;
const CRM = ["customer_id,first_name,last_name,email,home_phone,birth_date,country,favorite_color"]
  .concat(
    Array.from({ length: 30 }, (_, i) =>
      [
        i + 1,
        `ꝗuirin${i % 7}`,
        `Taꝗ${i}`,
        `ꝗ${i}@mail.ꝗ`,
        `ꝗ49 ${i}`,
        `19${60 + i}-03-07`,
        i % 2 ? "PL" : "DE",
        "red",
      ].join(","),
    ),
  )
  .join("\n");
const EVENTS = ["event_id,customer_id,event_type,timestamp,category,price,delivery_address"]
  .concat(
    Array.from(
      { length: 60 },
      (_, i) => `e${i},${1 + (i % 30)},purchase,2025-05-0${1 + (i % 9)},socks,${i},ꝗstreet ${i}`,
    ),
  )
  .join("\n");

const home = freshDirectory();
const write = fileWriter(home);
const files = ["--crm", write(CRM), "--events", write(EVENTS)];
const record = join(home, "requests.jsonl");
let model: ModelServer;
let qdrant: QdrantServer;

beforeAll(async () => {
  [model, qdrant] = await Promise.all([startModelServer(), startQdrant()]);
  expect((await recorded(["ingest", ...files])).places).toEqual([]);
});
afterAll(async () => {
  await Promise.all([model?.close(), qdrant?.close()]);
  rmSync(home, { recursive: true, force: true });
});

interface Recorded {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Where it connected to, each once, and the names that it looked up. */
  places: string[];
  /** All that went out, as text. */
  sent: string;
}

/** Runs the binary and records whatever leaves it. */
async function recorded(args: string[], env: Record<string, string> = {}): Promise<Recorded> {
  rmSync(record, { force: true });
  const recorder = packagePath("test", "support", "record-requests.mjs");
  const run = await runBinary(args, {
    home,
    env: { NODE_OPTIONS: `--import ${recorder}`, RECORD_REQUESTS: record, XDG_STATE_HOME: join(home, "state"), ...env },
  });
  const entries = readFileSync(record, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);
  expect(
    entries.some((entry) => "started" in entry),
    "the recorder runs",
  ).toBe(true);
  const places = entries.flatMap(({ connect, lookup }) => [connect, lookup]).filter((place) => place !== undefined);
  return { ...run, places: [...new Set(places)].sort(), sent: entries.map(({ sent }) => sent ?? "").join("") };
}

const withModel = () => ({
  OPENAI_API_KEY: "sk-x",
  AUDIENCE_BASE_URL: model.url,
  AUDIENCE_MODEL: "google/gemini-2.5-flash",
});
const hostOf = (url: string) => new URL(url).host;

describe("what leaves the machine", () => {
  test("nothing without a model and servers: demo, questions, doctor", async () => {
    for (const args of [
      ["demo", "--data-dir", join(home, "sample")],
      ["ask", "customers from Germany who are into socks"],
      ["doctor"],
    ]) {
      const { code, places } = await recorded(args);
      expect({ code, places }, args[0]).toEqual({ code: 0, places: [] });
    }
  });

  const call = (name: string, args: unknown): Scene => ({ calls: [{ name, args }] });

  test("to a model: whatever it asks for, no personal value", async () => {
    const everything = { columns: ["first_name", "last_name", "email", "home_phone"] };
    model.play([
      call("describe_data", {}),
      call("describe_data", { view: "customers", column: "first_name" }),
      call("sql_analytics", { sql: "select * from customers" }),
      call("sql_analytics", { sql: "select string_agg(email, ',') from customers" }),
      call("sql_analytics", { sql: "select delivery_address from events" }),
      call("hybrid_discovery", { criteria: { attribute: "first_name", op: "=", value: "Quirim1" } }),
      {
        calls: [
          { name: "hybrid_discovery", args: { criteria: { attribute: "email", op: "contains", value: "@" } } },
          { name: "hybrid_discovery", args: { sql_where: "c.first_name > 'a'" } },
          { name: "similar_customers", args: { customer_ids: ["1"], ...everything } },
          { name: "sql_data_retriever", args: { customer_ids: ["1", "2"] } },
        ],
      },
      call("hybrid_discovery", { criteria: { attribute: "country", op: "=", value: "DE" }, ...everything }),
      (request) => ({
        content: `There are ${cellOf({ rows: [[resultsIn(request)[0]?.["total"]]] })} such customers [r11].`,
      }),
    ]);
    const { code, stdout, places, sent } = await recorded(
      ["ask", "list our German customers", "--output", "json"],
      withModel(),
    );
    expect(code).toBe(0);
    expect(places).toEqual([hostOf(model.url)]);
    expect(model.problems).toEqual([]);
    expect(sent).toContain("hybrid_discovery"); // it was heard
    expect(sent).not.toMatch(PERSONAL);
    expect(sent).not.toContain("1960-03-07");
    const heard = model.requests.flatMap(resultsIn);
    expect(heard).toHaveLength(11);
    expect(heard.filter(({ ok }) => ok === false)).toMatchObject([
      { error: { code: "refused" } },
      { error: { code: "refused" } },
      { error: { code: "refused" } },
    ]);
    expect(JSON.stringify(heard.at(-1))).toContain('"***"');
    // The user sees the people.
    expect(JSON.parse(stdout)).toMatchObject({ total: 15 });
    expect(JSON.parse(stdout).rows[0].join()).toMatch(PERSONAL);
    // What is kept of it is what the model saw.
    const sessions = join(home, "state", "audience", "sessions");
    const [transcript = ""] = readdirSync(sessions);
    expect(readFileSync(join(sessions, transcript), "utf8")).not.toMatch(PERSONAL);
    expect(readFileSync(join(home, "state", "audience", "ledger.jsonl"), "utf8")).not.toMatch(PERSONAL);
  });

  test("to a model, in a session: no answer of the rules, which may name people", async () => {
    const questions = write(
      '{"id":1,"session":"s","question":"top 3 first names"}\n{"id":2,"session":"s","question":"and by country?"}\n',
      "jsonl",
    );
    model.play([
      { status: 500 },
      { status: 500 },
      { status: 500 },
      { content: "CANNOT ANSWER: what is meant by that?" },
    ]);
    const { places, sent } = await recorded(["batch", questions], withModel());
    expect(places).toEqual([hostOf(model.url)]);
    expect(sent).not.toMatch(PERSONAL);
    const { messages = [] } = model.requests.at(-1) ?? {};
    expect(messages.filter(({ role }) => role === "assistant")).toMatchObject([
      { content: expect.stringContaining("answered by the program itself") },
    ]);
  });

  test("to Qdrant: the payload, which holds names, and nothing when a question is asked", async () => {
    const env = { QDRANT_URL: qdrant.url };
    const load = await recorded(["ingest", ...files, "--reindex"], env);
    expect({ code: load.code, places: load.places }).toEqual({ code: 0, places: [hostOf(qdrant.url)] });
    expect(load.sent).toMatch(PERSONAL); // by design: see docs/privacy.md
    expect(load.sent).not.toMatch(/ꝗ49|ꝗstreet|1960-03-07/); // what the payload does not name
    const asked = await recorded(["ask", "customers from Germany who are into socks"], env);
    expect({ code: asked.code, places: asked.places }).toEqual({ code: 0, places: [hostOf(qdrant.url)] });
    expect(asked.sent).not.toMatch(PERSONAL);
  });
});

describe("--mask", () => {
  mkdirSync(join(home, "in"));
  const criteria = write('{"attribute": "country", "op": "=", "value": "DE"}', "json");
  const questions = write("customers from Germany\n", "txt");

  test("without it the rows show who they are", async () => {
    const { code, stdout } = await runBinary(["sql", "select * from customers", "--output", "csv"], { home });
    expect(code).toBe(0);
    expect(stdout).toMatch(PERSONAL);
  });

  // Masked before it is rendered, so that one form of output stands for all.
  test.each([
    ["text", "ask", "customers from Germany"],
    ["jsonl", "batch", questions],
    ["json", "find", criteria],
    ["md", "like", "1"],
    ["csv", "sql", "select * from customers"],
    ["json", "schema", "customers"],
  ])("%s of %s: no personal value", async (output, ...args) => {
    const { code, stdout, stderr } = await runBinary([...args, "--output", output, "--mask"], { home });
    expect(code).toBe(0);
    if (args[0] !== "schema") expect(stdout).toContain("***");
    expect(stdout + stderr).not.toMatch(PERSONAL);
  });

  test("a setting says which columns, and does as well as the flag", async () => {
    const env = { AUDIENCE_MASK: "true", AUDIENCE_PERSONAL_COLUMNS: "last_name, coun*" };
    const { stdout } = await runBinary(
      ["sql", "select last_name, first_name, country from customers limit 1", "--output", "csv"],
      { home, env },
    );
    expect(stdout.split(/\r?\n/)[1]).toMatch(/^\*\*\*,ꝗuirin\d,\*\*\*$/);
  });

  test("what would be counted wrong is refused", async () => {
    const run = await runBinary(["sql", "select count(distinct first_name) from customers", "--mask"], { home });
    expect(run).toMatchObject({
      code: 5,
      stdout: "",
      stderr: expect.stringMatching(/first_name cannot be used so.*\nhint: /),
    });
  });
});

test("what is kept is for its owner only", () => {
  const modes = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(modes(join(home, "data", "audience"))).toBe("700");
  const state = join(home, "state", "audience");
  expect(modes(state)).toBe("700");
  expect(modes(join(state, "sessions"))).toBe("700");
  for (const name of ["ledger.jsonl", ...readdirSync(join(state, "sessions")).map((file) => join("sessions", file))]) {
    expect(modes(join(state, name)), name).toBe("600");
  }
});
