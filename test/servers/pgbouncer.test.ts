import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db, Value } from "../../src/db/db.js";
import { openServer } from "../../src/db/server.js";
import { runInJail } from "../../src/sql/jail.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { checksums } from "../support/checksum.js";
import { type Cluster, createCluster, POSTGRES_BIN } from "../support/cluster.js";
import { load } from "../support/load.js";
import { PGBOUNCER, startPgBouncer } from "../support/pgbouncer.js";
import { SAMPLE } from "../support/sample.js";

const missing = !POSTGRES_BIN || !PGBOUNCER;
const title = PGBOUNCER ? "" : " (skipped: pgbouncer is not installed)";

describe.skipIf(missing)(`through PgBouncer in transaction mode${title}`, () => {
  let cluster: Cluster;
  let bouncer: Awaited<ReturnType<typeof startPgBouncer>>;
  let direct: Db;
  let db: Db;
  const cell = async (sql: string, on = db): Promise<Value | undefined> => (await on.query(sql)).rows[0]?.[0];

  beforeAll(async () => {
    // The server's own settings are none of ours: whatever holds is of our making.
    cluster = await createCluster({ settings: ["TimeZone=Asia/Tokyo", "DateStyle=German"] });
    bouncer = await startPgBouncer(cluster);
    const admin = await openServer(cluster.url(), { command: "test" });
    for (const name of ["direct", "bounced"]) await admin.query(`create database ${name}`);
    await admin.close();
    direct = await openServer(cluster.url("direct"), { command: "test" });
    db = await openServer(bouncer.url("bounced"), { command: "test" });
  });
  afterAll(async () => {
    await db?.close();
    await direct?.close();
    await bouncer?.stop();
    await cluster?.remove();
  });

  test("clients share few connections", async () => {
    const pids = await Promise.all(
      Array.from({ length: 40 }, () => cell("select pg_backend_pid() from pg_sleep(0.01)")),
    );
    expect(new Set(pids).size).toBeLessThanOrEqual(3);
  });

  test("every statement runs in UTC with ISO dates, on whichever connection", async () => {
    const zones = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 2
          ? cell("select current_setting('TimeZone') || current_setting('DateStyle') from pg_sleep(0.005)")
          : db.transaction(async (tx) => {
              await tx.query("select 1");
              return (await tx.query("select current_setting('TimeZone') || current_setting('DateStyle')"))
                .rows[0]?.[0];
            }),
      ),
    );
    expect(new Set(zones)).toEqual(new Set(["UTCISO, MDY"]));
  });

  test("a load gives the same as without", async () => {
    await load(direct, { crm: [SAMPLE.crm], events: [SAMPLE.events] });
    await load(db, { crm: [SAMPLE.crm], events: [SAMPLE.events] });
    expect(await checksums(db)).toEqual(await checksums(direct));
    expect(await loadCatalogue(db)).toEqual(await loadCatalogue(direct));
  });

  test("statements that are not ours leave nothing to the next client", async () => {
    const hostile = [
      "select pg_advisory_lock(7)",
      "select set_config('statement_timeout', '1', false)",
      "select set_config('TimeZone', 'Asia/Tokyo', false)",
      "select pg_advisory_lock(8) from (select 1/0) x",
    ];
    for (let round = 0; round < 6; round++) {
      await Promise.all(hostile.map((sql) => runInJail(db, sql, { limit: 1 }).catch(() => undefined)));
    }
    expect(await cell("select count(*) from pg_locks where locktype = 'advisory'", direct)).toBe(0);
    const settings = await Promise.all(
      Array.from({ length: 20 }, () =>
        cell("select current_setting('statement_timeout') || current_setting('TimeZone') from pg_sleep(0.01)"),
      ),
    );
    expect(new Set(settings)).toEqual(new Set(["0UTC"]));
    expect(await cell("select count(*) from pg_prepared_statements")).toBe(0);
  });

  test("a cancelled statement is gone from the server, and no other one is hit", async () => {
    const controller = new AbortController();
    const bystanders = Promise.all([cell("select 1 from pg_sleep(1)"), cell("select 1 from pg_sleep(1)")]);
    const work = db.query("select pg_sleep(60)", [], { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    expect(
      await cell(
        "select count(*) from pg_stat_activity where query like '%sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
        direct,
      ),
    ).toBe(0);
    expect(await bystanders).toEqual([1, 1]);
  });
});
