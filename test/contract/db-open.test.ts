import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { openEmbedded } from "../../src/db/embedded.js";
import { openServer } from "../../src/db/server.js";
import { AppError } from "../../src/lib/errors.js";
import { freshDirectory } from "../support/stores.js";

describe("a server that cannot be used", () => {
  test.each([
    ["nobody listens", "postgres://u:secret@127.0.0.1:1/x"],
    ["unknown host", "postgres://u:secret@no-such-host.invalid/x"],
  ])("%s", async (_, url) => {
    const error = await openServer(url, { command: "test" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: "unreachable", hint: expect.stringContaining("DATABASE_URL") });
    expect((error as Error).message).not.toContain("secret");
  });

  const server = process.env["AUDIENCE_TEST_DATABASE_URL"];
  test.skipIf(!server)("unknown database, unknown user", async () => {
    const url = new URL(server as string);
    url.pathname = "/no_such_database";
    await expect(openServer(url.href, { command: "test" })).rejects.toMatchObject({ code: "unreachable" });
    url.pathname = "/postgres";
    url.username = "no_such_user";
    await expect(openServer(url.href, { command: "test" })).rejects.toMatchObject({ code: "unreachable" });
  });

  test.skipIf(!server)("a connection that the server ends is AppError unreachable, and the pool goes on", async () => {
    const db = await openServer(server as string, { command: "test" });
    try {
      const work = db.transaction(async (tx) => {
        const pid = (await tx.query("select pg_backend_pid()")).rows[0]?.[0];
        await db.query("select pg_terminate_backend($1)", [pid]);
        await tx.query("select 1");
      });
      await expect(work).rejects.toMatchObject({ code: "unreachable" });
      expect((await db.query("select 1")).rows).toEqual([[1]]);
    } finally {
      await db.close();
    }
  });
});

describe("an embedded database", () => {
  let directory: string;
  beforeEach(() => {
    directory = freshDirectory();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const open = (more: { waitMs?: number; create?: boolean } = {}) =>
    openEmbedded({ directory, command: "test", create: true, waitMs: 100, ...more });
  const lockFile = () => join(directory, "lock.json");

  test("the packed empty database is the one of the PGlite that is installed", () => {
    const installed = JSON.parse(readFileSync(packagePath("node_modules/@electric-sql/pglite/package.json"), "utf8"));
    expect(readFileSync(packagePath("data/postgres", `pglite-${installed.version}.tar.br`)).length).toBeGreaterThan(
      1e6,
    );
  });

  test("that does not exist is AppError no_data, and is not made", async () => {
    await expect(open({ create: false })).rejects.toMatchObject({ code: "no_data" });
  });

  test("has one user at a time; the other one is told who", async () => {
    const db = await open();
    await expect(open()).rejects.toMatchObject({
      code: "locked",
      message: expect.stringContaining(`process ${process.pid} on ${hostname()} (test)`),
    });
    await db.close();
    await (await open()).close();
  });

  test("held by another process: waits for it, names it; taken over when it was killed", async () => {
    const module = pathToFileURL(packagePath("dist/src/db/embedded.js")).href;
    const script = `const { openEmbedded } = await import(${JSON.stringify(module)});
      const db = await openEmbedded({ directory: ${JSON.stringify(directory)}, command: "other", create: true });
      await db.query("create table t (x integer)"); await db.query("insert into t values (1)"); process.stdout.write("ready");
      process.stdin.once("data", async () => { await db.close(); process.exit(); });`;
    const start = async () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      return child;
    };
    const holder = await start();
    await expect(open()).rejects.toMatchObject({
      message: expect.stringMatching(`process ${holder.pid} .*\\(other\\)`),
    });
    const waiting = open({ waitMs: 20_000 });
    holder.stdin.write("end");
    const db = await waiting;
    await db.query("drop table t");
    await db.close();

    const killed = await start();
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const taken = await open();
    expect((await taken.query("select x from t")).rows).toEqual([[1]]);
    await taken.close();
  });

  test("locks left behind are taken over, others are not", async () => {
    mkdirSync(join(directory, "postgres"), { recursive: true });
    writeFileSync(join(directory, "postgres", "PG_VERSION"), "18\n");
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    const lock = (holder: object | string) =>
      writeFileSync(
        lockFile(),
        typeof holder === "string"
          ? holder
          : JSON.stringify({ host: hostname(), command: "gone", since: "then", startTicks: null, ...holder }),
      );
    lock({ pid: dead });
    await (await open()).close();
    lock({ pid: process.pid, startTicks: "1" }); // the number of a process that is gone, given out again
    await (await open()).close();
    lock({ pid: process.pid });
    await expect(open()).rejects.toMatchObject({ code: "locked" });
    lock({ pid: dead, host: "elsewhere" });
    await expect(open()).rejects.toMatchObject({ code: "locked", hint: expect.stringContaining(lockFile()) });
    for (const text of [
      "{}",
      "null",
      "[]",
      '"x"',
      '{"pid": 0, "host": "elsewhere"}',
      '{"pid": "1"}',
      "\0\u0001",
      "{",
    ]) {
      lock(text); // written by nobody who holds it: for a moment it might be, then no more
      utimesSync(lockFile(), new Date(0), new Date(0));
      await (await open()).close();
    }
    lock("");
    utimesSync(lockFile(), new Date(2100, 0), new Date(2100, 0)); // the clock was set back
    await (await open()).close();
    mkdirSync(lockFile());
    await expect(open()).rejects.toMatchObject({ code: "config", message: expect.stringContaining("lock.json") });
    rmSync(lockFile(), { recursive: true });
    lock(""); // made a moment ago, not written yet
    await expect(open()).rejects.toMatchObject({ code: "locked" });
    await (await open({ waitMs: 5_000 })).close(); // never written
  });
});
