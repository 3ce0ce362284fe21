import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runBinary } from "../support/binary.js";
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

test("a Qdrant that answers is a warning while it is not used", async () => {
  const server = createServer((_, response) => response.end('{"title":"qdrant","version":"1.18.2"}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { code, of } = await doctor({ QDRANT_URL: `http://127.0.0.1:${port}` });
  server.close();
  expect(code).toBe(0);
  expect(of("qdrant")).toMatchObject({ status: "warn" });
  expect(of("qdrant")?.detail).toContain("1.18.2");
});

test("a broken database: exit 1", async () => {
  mkdirSync(join(home, "broken", "postgres"), { recursive: true });
  writeFileSync(join(home, "broken", "postgres", "PG_VERSION"), "18\n");
  const { code, of } = await doctor({}, "--data-dir", "broken");
  expect(code).toBe(1);
  expect(of("database")).toMatchObject({ status: "fail" });
});
