import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openServer } from "../../src/db/server.js";
import { createCluster, POSTGRES_BIN } from "../support/cluster.js";

const missing = !POSTGRES_BIN || spawnSync("openssl", ["version"]).status !== 0;

/** The certificate is for the name localhost, signed by itself. */
describe.skipIf(missing)("TLS, by sslmode", () => {
  let cluster: Awaited<ReturnType<typeof createCluster>>;
  let plain: Awaited<ReturnType<typeof createCluster>>;
  beforeAll(async () => {
    cluster = await createCluster({ tls: true });
    plain = await createCluster();
  });
  afterAll(async () => {
    await cluster?.remove();
    await plain?.remove();
  });

  async function connect(port: number, host: string, query: string): Promise<"encrypted" | "plain" | Error> {
    try {
      const db = await openServer(`postgres://audience@${host}:${port}/postgres${query}`, { command: "test" });
      const { rows } = await db.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
      await db.close();
      return rows[0]?.[0] === true ? "encrypted" : "plain";
    } catch (error) {
      return error as Error;
    }
  }

  test.each([
    ["", "encrypted"],
    ["?sslmode=disable", "plain"],
    ["?sslmode=allow", "plain"],
    ["?sslmode=prefer", "encrypted"],
    ["?sslmode=require", "encrypted"],
    ["?sslmode=verify-ca&sslrootcert=ROOT", "encrypted"],
    ["?sslmode=verify-full", "self-signed certificate"],
    ["?sslrootcert=system", "self-signed certificate"],
  ])("%s with a server that has it: %s", async (query, expected) => {
    const found = await connect(cluster.port, "127.0.0.1", query.replace("ROOT", cluster.root));
    if (found instanceof Error)
      expect(found).toMatchObject({ code: "unreachable", message: expect.stringContaining(expected) });
    else expect(found).toBe(expected);
  });

  test("verify-full checks the name, verify-ca does not", async () => {
    const query = `?sslmode=verify-full&sslrootcert=${cluster.root}`;
    expect(await connect(cluster.port, "localhost", query)).toBe("encrypted");
    const other = await connect(cluster.port, "127.0.0.1", query);
    expect((other as Error).message).toContain("IP: 127.0.0.1 is not in the cert's list");
  });

  test.each([
    ["", "plain"],
    ["?sslmode=prefer", "plain"],
    ["?sslmode=require", "does not support SSL"],
  ])("%s with a server that has none: %s", async (query, expected) => {
    const found = await connect(plain.port, "127.0.0.1", query);
    if (found instanceof Error) expect(found.message).toContain(expected);
    else expect(found).toBe(expected);
  });

  test("a cancel goes encrypted as well", async () => {
    const db = await openServer(cluster.url(), { command: "test" });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    const work = db.query("select pg_sleep(60)", [], { signal: controller.signal });
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    await db.close();
  });
});
