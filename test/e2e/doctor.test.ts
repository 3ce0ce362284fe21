import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBinary } from "../support/binary.js";
import { startQdrant } from "../support/qdrant-server.js";
import { freshDirectory } from "../support/stores.js";

const home = freshDirectory();
afterAll(() => rmSync(home, { recursive: true }));

interface Row {
  check: string;
  status: string;
  detail: string;
  hint: string;
}

async function doctor(env: Record<string, string> = {}, ...args: string[]) {
  const { code, stdout, stderr } = await runBinary(["doctor", "--output", "json", ...args], { home, env });
  const rows = JSON.parse(stdout) as Row[];
  return { code, stderr, stdout, of: (check: string) => rows.find((row) => row.check === check), rows };
}

beforeAll(async () => {
  writeFileSync(join(home, "crm.csv"), "customer_id,age\n1,30\n2,40\n");
  const header = "event_id,customer_id,event_type,timestamp,category\n";
  writeFileSync(join(home, "events.csv"), `${header}1,1,purchase,2025-05-01T10:00:00Z,jewelry\n`);
  const files = ["--crm", "crm.csv", "--events", "events.csv", "--data-dir", "loaded"];
  expect(await runBinary(["ingest", ...files], { home })).toMatchObject({ code: 0 });
});

test("no data: a warning, exit 0, and nothing is made", async () => {
  const before = readdirSync(home);
  const { code, of, rows } = await doctor();
  expect(code).toBe(0);
  expect(of("database")).toMatchObject({ status: "warn", detail: "No data has been loaded yet." });
  expect(rows.filter((row) => row.status === "fail")).toEqual([]);
  expect(readdirSync(home)).toEqual(before);
});

test("a loaded database: everything is well, and the folder is as it was", async () => {
  const { code, of, rows } = await doctor({}, "--data-dir", "loaded");
  expect(rows.filter((row) => row.status !== "ok")).toEqual([]);
  expect(code).toBe(0);
  expect(of("data")?.detail).toBe("2 customers, 1 events, as of 2025-05-01T10:00:00Z");
  expect(of("embedder")?.detail).toMatch(/cosine 0\.6/);
  expect(of("reader")?.detail).toBe("reads the views and nothing else");
  expect(readdirSync(join(home, "loaded"))).toEqual(["postgres"]);
});

test("a held lock is a warning that names the holder, without a wait", async () => {
  const lock = join(home, "loaded", "lock.json");
  const holder = { pid: process.pid, host: hostname(), command: "ingest", since: "2025-06-01", startTicks: null };
  writeFileSync(lock, JSON.stringify(holder));
  const start = Date.now();
  const { code, of } = await doctor({}, "--data-dir", "loaded");
  expect(Date.now() - start).toBeLessThan(8_000);
  expect(code).toBe(0);
  expect(of("lock")).toMatchObject({ status: "warn" });
  expect(of("lock")?.detail).toContain(`process ${process.pid}`);
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
});

test("what does not answer: exit 3, and no secret is shown", async () => {
  const { code, of, stdout, stderr } = await doctor({
    DATABASE_URL: "postgres://someone:hush1@127.0.0.1:1/shop",
    QDRANT_URL: "http://someone:hush2@127.0.0.1:2",
    QDRANT_API_KEY: "hush3",
    OPENAI_API_KEY: "hush4",
    AUDIENCE_BASE_URL: "http://127.0.0.1:3/v1",
  });
  expect(code).toBe(3);
  expect(of("database")).toMatchObject({ status: "fail" });
  expect(of("qdrant")).toMatchObject({ status: "fail" });
  expect(of("language model")?.detail).toContain("http");
  expect(stdout + stderr).not.toContain("hush");
});

test("Qdrant: version, alias, points against customers, behind or not", async () => {
  const server = await startQdrant();
  server.apiKey = "hush5";
  const env = { QDRANT_URL: server.url, QDRANT_API_KEY: "hush5" };
  const loaded = ["--data-dir", "loaded"];
  const none = await doctor(env, ...loaded);
  expect(none.of("qdrant")).toMatchObject({ status: "ok", detail: expect.stringContaining("1.18.2") });
  expect(none.of("qdrant index")).toMatchObject({ status: "warn", detail: expect.stringContaining("no collection") });
  const wrong = await doctor({ ...env, QDRANT_API_KEY: "hush6" }, ...loaded);
  expect(wrong).toMatchObject({ code: 1 });
  expect(wrong.of("qdrant")).toMatchObject({ status: "fail", hint: "Check QDRANT_API_KEY." });
  expect(await runBinary(["ingest", "--reindex", ...loaded], { home, env })).toMatchObject({ code: 0, stderr: "" });
  const current = await doctor(env, ...loaded);
  expect(current.of("qdrant index")).toMatchObject({ status: "ok" });
  expect(current.of("qdrant index")?.detail).toMatch(
    /^customers is customers_v\d+_[0-9a-f]{8}, 2 points for 2 customers, up to date$/,
  );
  server.under("customers").points.delete(1);
  const lost = await doctor(env, ...loaded);
  expect(lost.of("qdrant index")).toMatchObject({
    status: "warn",
    detail: expect.stringContaining("1 of 2 customers"),
  });
  server.version = "1.17.0";
  expect((await doctor(env, ...loaded)).of("qdrant")).toMatchObject({ status: "warn" });
  expect(current.stdout + wrong.stdout + wrong.stderr).not.toContain("hush");
  await server.close();
});

test("without Qdrant: loads and questions go on, and say so", async () => {
  const env = { QDRANT_URL: "http://127.0.0.1:9", QDRANT_API_KEY: "hush7" };
  const loaded = ["--data-dir", "loaded"];
  writeFileSync(join(home, "more.csv"), "customer_id,age\n3,50\n");
  const ingest = await runBinary(["ingest", "--crm", "more.csv", ...loaded], { home, env });
  expect(ingest).toMatchObject({ code: 0 });
  expect(ingest.stdout).toMatch(/The data are loaded, but the index in Qdrant is behind: it does not answer/);
  const asked = ["ask", "customers interested in jewelry", "--output", "json", "--planner", "rules", ...loaded];
  const { code, stdout } = await runBinary(asked, { home, env });
  expect(code).toBe(0);
  const answer = JSON.parse(stdout);
  expect(answer.total).toBe(1);
  expect(answer.warnings.join()).toMatch(
    /Qdrant was not used: its index is behind the data.* The same list was made in SQL/,
  );
  expect(ingest.stdout + ingest.stderr + stdout).not.toContain("hush");
});

test("a broken database: exit 1", async () => {
  mkdirSync(join(home, "broken", "postgres"), { recursive: true });
  writeFileSync(join(home, "broken", "postgres", "PG_VERSION"), "18\n");
  const { code, of } = await doctor({}, "--data-dir", "broken");
  expect(code).toBe(1);
  expect(of("database")).toMatchObject({ status: "fail" });
});
