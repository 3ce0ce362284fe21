import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../src/db/migrate.js";
import { openServer } from "../../src/db/server.js";
import { checkQuestionRights } from "../../src/sql/question-rights.js";
import { runBinary } from "../support/binary.js";
import { type Cluster, createCluster, POSTGRES_BIN } from "../support/cluster.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory } from "../support/stores.js";

const PASSWORD = "pä ss:w'ord";
const ask = "how many customers bought red socks in the last 60 days?";
const find = '{"event": "purchase", "where": {"category": "jewelry"}}';

describe.skipIf(!POSTGRES_BIN)("owner and reader", () => {
  const home = freshDirectory();
  let cluster: Cluster;
  let env: Record<string, string>;
  const as = (role: string, password?: string) => {
    const url = new URL(cluster.url("shop"));
    url.username = role;
    url.password = password === undefined ? "" : encodeURIComponent(password);
    return url.href;
  };
  const admin = async (sql: string, database = "shop") => {
    const db = await openServer(cluster.url(database), { command: "test" });
    try {
      return (await db.query(sql)).rows;
    } finally {
      await db.close();
    }
  };
  const audience = (args: string[], more: Record<string, string> = {}, stdin?: string) =>
    runBinary(args, { home, env: { ...env, ...more }, ...(stdin !== undefined && { stdin }) });

  beforeAll(async () => {
    cluster = await createCluster({ settings: ["log_statement=all"] });
    // As a company would: the owner is no superuser, the database is its own.
    await admin("create role shop_owner login createrole password 'owner'", "postgres");
    await admin("create database shop owner shop_owner", "postgres");
    await admin("alter schema public owner to shop_owner");
    env = { DATABASE_URL: as("shop_owner", "owner"), AUDIENCE_READER_URL: as("shop_reader", PASSWORD) };
  });
  afterAll(async () => {
    await cluster?.remove();
    rmSync(home, { recursive: true, force: true });
  });

  test("before --init, what is missing is said", async () => {
    const { code, stderr } = await audience(["ask", ask]);
    expect(code).toBe(3);
    expect(stderr).toContain("AUDIENCE_READER_URL");
  });

  test("--init by an owner who is no superuser says what is left to do, and never the password", async () => {
    const { code, stdout, stderr } = await audience(["ingest", "--init"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("Role shop_reader is made, with its password.");
    expect(stdout).toContain("! The role shop_reader still may write large objects (lo_creat, ");
    expect(stdout).not.toContain("pä ss");
    const refused = await audience(["ask", ask]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/shop_reader of AUDIENCE_READER_URL may do more .*: it may write large objects/);
  });

  test("--init by a superuser closes the rest; a second time changes nothing", async () => {
    const superuser = { DATABASE_URL: cluster.url("shop") };
    // The superuser only lends its rights: the objects stay the owner's.
    expect((await audience(["ingest", "--init"], superuser)).stdout).toContain("large objects (lo_*) is revoked");
    const again = await audience(["ingest", "--init"]);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout).not.toContain("!");
    expect(again.stdout).not.toContain("revoked");
    const empty = await audience(["ask", ask]);
    expect(empty.stderr).toContain("No data has been loaded yet");
  });

  test("questions answer as the reader as they do as the owner, whoever loads", async () => {
    const loaded = await audience(["ingest", "--crm", SAMPLE.crm, "--events", SAMPLE.events]);
    expect(loaded).toMatchObject({ code: 0 });
    const commands: [string[], string?][] = [
      [["ask", ask]],
      [["ask", "women who are into luxury and bought jewelry"]],
      [["find", "-"], find],
      [["sql", "select country, count(*) from customers group by country order by 2 desc, 1"]],
      [["batch", "-"], "how many customers are there?\nrevenue by month\n"],
      [["schema"]],
    ];
    for (const [args, stdin] of commands) {
      const plain = (text: string) => text.replaceAll(/"?ms"?: ?[\d.]+|[\d.]+ ms/g, "");
      const owner = await audience([...args, "--output", "json"], { AUDIENCE_READER_URL: "" }, stdin);
      const reader = await audience([...args, "--output", "json"], { DATABASE_URL: "" }, stdin);
      expect(reader).toMatchObject({ code: 0, stderr: "" });
      expect(plain(reader.stdout)).toBe(plain(owner.stdout));
    }
  });

  test("a load needs the owner", async () => {
    const { code, stderr } = await audience(["ingest", "--crm", SAMPLE.crm], { DATABASE_URL: "" });
    expect(code).toBe(2);
    expect(stderr).toContain("DATABASE_URL");
  });

  test.each([
    "create temporary table t (x integer)",
    "create schema s",
    "create table public.t (x integer)",
    "insert into app.readers values ('x')",
    "update app.customers set age = 1",
    "select * from app.events",
    "select * from app.interests",
    "select * from app.files",
    "select lo_create(0)",
    "select pg_read_file('PG_VERSION')",
    "set role audience_reader",
    "set role shop_owner",
    "create function audience.f() returns integer language sql as 'select 1'",
    "copy app.customers to program 'true'",
    "alter role shop_reader superuser",
    "create role other",
  ])("the reader may not: %s", async (sql) => {
    const db = await openServer(as("shop_reader", PASSWORD), { command: "test" });
    try {
      // Its setting to read only is no fence: it may undo it.
      const work = db.transaction(async (tx) => {
        await tx.execute("set transaction read write");
        await tx.query(sql);
      });
      await expect(work).rejects.toMatchObject({ sqlState: "42501" });
    } finally {
      await db.close();
    }
  });

  test.each([
    [
      "grant select on app.events to shop_reader",
      "revoke select on app.events from shop_reader",
      "may read app.events",
    ],
    ["grant pg_monitor to shop_reader", "revoke pg_monitor from shop_reader", "is a member of pg_monitor"],
    ["alter role shop_reader createdb", "alter role shop_reader nocreatedb", "may make databases"],
    ["alter role shop_reader bypassrls", "alter role shop_reader nobypassrls", "passes row security"],
    ["grant temporary on database shop to public", "revoke temporary on database shop from public", "temporary tables"],
    [
      "grant update (age) on app.customers to public",
      "revoke update (age) on app.customers from public",
      "may change app.customers",
    ],
    [
      "grant create on schema audience to shop_reader",
      "revoke create on schema audience from shop_reader",
      "schema audience",
    ],
    [
      "grant usage on foreign data wrapper w to shop_reader",
      "revoke all on foreign data wrapper w from shop_reader",
      "foreign-data wrapper w",
    ],
    [
      "create table public.own (); alter table public.own owner to shop_reader",
      "drop table public.own",
      "owns table public.own",
    ],
  ])("a right too many is named at the start: %s", async (grant, revoke, named) => {
    await admin(
      "do $$ begin if not exists (select from pg_foreign_data_wrapper) then create foreign data wrapper w; end if; end $$",
    );
    await change(grant);
    const { code, stderr } = await audience(["sql", "select 1"]);
    await change(revoke);
    expect(stderr).toContain(named);
    expect(code).toBe(2);
    const db = await openServer(as("shop_reader", PASSWORD), { command: "test" });
    await checkQuestionRights(db).finally(() => db.close());
  });

  const change = async (sql: string) => {
    const db = await openServer(cluster.url("shop"), { command: "test" });
    await db.transaction((tx) => tx.execute(sql)).finally(() => db.close());
  };

  test("doctor looks at both roles, and lists what is too much", async () => {
    const rows = async (more: Record<string, string> = {}) => {
      const { code, stdout } = await audience(["doctor", "--output", "json"], more);
      const all = JSON.parse(stdout) as { check: string; status: string; detail: string }[];
      return { code, of: (name: string) => all.find(({ check }) => check === name) };
    };
    const well = await rows();
    expect(well.code).toBe(0);
    expect(well.of("server")).toMatchObject({ status: "ok", detail: expect.stringMatching(/^PostgreSQL 1\d\./) });
    expect(well.of("owner")).toMatchObject({ status: "ok", detail: "shop_owner may load" });
    expect(well.of("lock")).toMatchObject({ status: "ok" });
    expect(well.of("reader")).toMatchObject({ status: "ok" });
    expect(well.of("questions")).toMatchObject({ status: "ok", detail: expect.stringContaining("shop_reader") });
    const alone = await rows({ DATABASE_URL: "" });
    expect(alone.code).toBe(0);
    expect(alone.of("data")).toMatchObject({ status: "ok" });
    await change("grant select on app.files, app.readers to shop_reader; grant pg_monitor to shop_owner");
    const holder = await openServer(as("shop_owner", "owner"), { command: "ingest" });
    const broken = await holder.transaction(async (tx) => {
      await migrate(tx);
      return rows();
    });
    await holder.close();
    await change("revoke select on app.files, app.readers from shop_reader; revoke pg_monitor from shop_owner");
    expect(broken.code).toBe(1);
    expect(broken.of("questions")?.detail).toContain("may read app.files, may read app.readers");
    expect(broken.of("lock")).toMatchObject({
      status: "warn",
      detail: expect.stringMatching(/^held by audience ingest, server process \d+, user shop_owner, .*since/),
    });
  });

  test("the owner as reader, a superuser and a role with rights of its own are refused by --init", async () => {
    const owner = await audience(["ingest", "--init"], { AUDIENCE_READER_URL: as("shop_owner", "owner") });
    expect(owner.stderr).toContain("is the owner");
    const superuser = await audience(["ingest", "--init"], { AUDIENCE_READER_URL: cluster.url("shop") });
    expect(superuser.stderr).toContain("is a superuser");
    await change("create role other login; grant select on app.files to other");
    const other = await audience(["ingest", "--init"], {
      AUDIENCE_READER_URL: as("other", "x"),
      DATABASE_URL: cluster.url("shop"),
    });
    expect(other.stderr).toContain("may read app.files");
    expect(other.code).toBe(2);
    expect(await admin("select count(*) from app.readers")).toEqual([[1]]);
  });

  test("no password stands in the server's log", async () => {
    const log = await admin("select pg_read_file('../log')");
    expect(String(log[0]?.[0])).toContain("SCRAM-SHA-256$4096:");
    expect(String(log[0]?.[0])).not.toContain("pä ss");
    const kept = await admin(
      "select rolpassword like 'SCRAM-SHA-256$4096:%' from pg_authid where rolname = 'shop_reader'",
    );
    expect(kept).toEqual([[true]]);
  });
});
