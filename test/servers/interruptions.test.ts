import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Progress } from "../../ingest/options.js";
import { createSettled } from "../../src/cli/settled.js";
import { packagePath } from "../../src/config/package-root.js";
import type { Db, Value } from "../../src/db/db.js";
import { migrate } from "../../src/db/migrate.js";
import { openServer } from "../../src/db/server.js";
import { loadCatalogue, loadVersion } from "../../src/sql/load-catalogue.js";
import { checksums } from "../support/checksum.js";
import { type Cluster, createCluster, POSTGRES_BIN } from "../support/cluster.js";
import { load } from "../support/load.js";
import { NODE_FLAGS } from "../support/node.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory } from "../support/stores.js";

/** Long enough to be interrupted, and to be over when it is asked again. */
const SLOW = "select count(*) as n from events a cross join events b where a.event_id < b.event_id";

describe.skipIf(!POSTGRES_BIN)("a server that is restarted, a question that is cancelled, two loads", () => {
  const home = freshDirectory();
  let cluster: Cluster;
  let db: Db;
  let whole: Record<string, string>;
  const open = (name: string) => openServer(cluster.url(name), { command: "test" });
  const query = async (sql: string): Promise<Value[][]> => (await db.query(sql)).rows;
  const fresh = async (name: string): Promise<Db> => {
    await query(`create database ${name}`);
    return open(name);
  };
  /** Server processes that run a question of ours. */
  const running = () =>
    query("select pid from pg_stat_activity where application_name = 'audience sql' and state = 'active'");
  const untilRunning = async () => {
    while ((await running()).length === 0) await sleep(50);
  };
  const audience = (...args: string[]): ChildProcess & { said: () => string } => {
    const child = spawn(process.execPath, [...NODE_FLAGS, packagePath("bin", "audience.js"), ...args], {
      cwd: home,
      env: { PATH: process.env["PATH"] ?? "", HOME: home, DATABASE_URL: cluster.url("whole") },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += part));
    return Object.assign(child, { said: () => text });
  };

  beforeAll(async () => {
    cluster = await createCluster();
    db = await open("postgres");
    const reference = await fresh("whole");
    await load(reference, { crm: [SAMPLE.crm], events: [SAMPLE.events] });
    whole = await checksums(reference);
    await reference.close();
  });
  afterAll(async () => {
    await db?.close();
    await cluster?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  test.each(["read", "store", "profile", "embed"] as const)(
    "a load in which the server crashes at the stage %s fails, changes nothing, and can be repeated",
    async (stage) => {
      const name = `crash_${stage}`;
      const target = await fresh(name);
      let crashed = false;
      const progress = (at: Progress) => {
        if (crashed || at.stage !== stage) return;
        crashed = true;
        cluster.crash();
      };
      const work = load(target, { crm: [SAMPLE.crm], events: [SAMPLE.events], progress });
      await expect(work).rejects.toMatchObject({ code: "unreachable" });
      await cluster.start();
      // The pool goes on by itself.
      await expect(loadCatalogue(target)).rejects.toMatchObject({ code: "no_data" });
      await load(target, { crm: [SAMPLE.crm], events: [SAMPLE.events] });
      expect(await checksums(target)).toEqual(whole);
      await target.close();
    },
  );

  test("a question in which the server is restarted is asked again and answered", async () => {
    const child = audience("sql", SLOW, "--output", "csv");
    const ended = once(child, "close");
    await untilRunning();
    await cluster.stop("immediate");
    await cluster.start();
    const [code] = await ended;
    const n = Number((await query("select 1")).length && child.said().split("\n")[1]);
    expect(code).toBe(0);
    const other = await open("whole");
    const events = (await other.query("select count(*) from audience.events")).rows[0]?.[0] as number;
    await other.close();
    expect(n).toBe((events * (events - 1)) / 2);
  });

  test("a question of a server that stays away ends with a clear error", async () => {
    const other = await open("whole");
    const runtime = { db: other, catalogue: () => loadCatalogue(other), version: () => loadVersion(other) };
    const settled = createSettled(runtime, async () => "prepared");
    let asked = 0;
    const shownAlready = settled(
      async () => {
        asked++;
        cluster.crash();
        return other.query("select 1");
      },
      { signal: new AbortController().signal, shown: () => true },
    );
    await expect(shownAlready).rejects.toMatchObject({ code: "unreachable", hint: expect.stringContaining("doctor") });
    expect(asked).toBe(1);
    await cluster.start();
    await other.close();
  });

  test("Ctrl-C ends the query on the server", async () => {
    const child = audience("sql", `${SLOW} and exists (select 1 from events c where c.price > a.price + b.price)`);
    const ended = once(child, "close");
    await untilRunning();
    child.kill("SIGINT");
    expect((await ended)[0]).toBe(130);
    expect(await running()).toEqual([]);
  });

  test("of two loads the second waits for the first", async () => {
    const [one, two] = [await fresh("pair"), await open("pair")];
    const both = await Promise.all([
      load(one, { crm: [SAMPLE.crm], events: [SAMPLE.events] }),
      load(two, { crm: [SAMPLE.crm], events: [SAMPLE.events] }),
    ]);
    expect(both.map((summary) => summary.files.filter((file) => file.skipped).length).sort()).toEqual([0, 2]);
    expect(await checksums(one)).toEqual(whole);
    await one.close();
    await two.close();
  });

  test("a load that waits too long says who holds the lock", async () => {
    const [one, two] = [await open("whole"), await open("whole")];
    const error = await one.transaction(async (tx) => {
      await migrate(tx);
      const pid = (await tx.query("select pg_backend_pid()")).rows[0]?.[0];
      const failure = await two.transaction((other) => migrate(other, { waitMs: 200 })).catch((e: unknown) => e);
      expect(failure).toMatchObject({ code: "locked" });
      expect((failure as Error).message).toMatch(
        new RegExp(`audience test, server process ${pid}, user audience, from 127.0.0.1, since \\d{4}-.* UTC`),
      );
      return failure;
    });
    expect(error).toBeInstanceOf(Error);
    await one.close();
    await two.close();
  });
});
