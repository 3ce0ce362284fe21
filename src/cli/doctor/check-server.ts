import type { Db } from "../../db/db.js";
import { lockHolder } from "../../db/migrate.js";
import { LIMITS, openServer, POOL_SIZE } from "../../db/server.js";
import { readServerAddress } from "../../db/server-address.js";
import { checkQuestionRights, excessRights } from "../../sql/question-rights.js";
import { type Check, fail, failed, ok, warn } from "./check.js";

/** Checks of the data over an open connection; `Inspect` may close it. */
export type Inspect = (db: Db, signal: AbortSignal) => Promise<Check[]>;

/** Major versions whose features the product keeps to. */
const VERSIONS = { from: 14, to: 17 };
const INIT = "`audience ingest --init` sees to it; docs/servers-postgres.md has the SQL.";

/** The server as its owner sees it: version, encryption, connections, rights, who loads; then the data. */
export async function checkOwner(url: string, inspect: Inspect, signal: AbortSignal): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const db = await openServer(url, { command: "doctor", signal });
    try {
      for (const check of [checkVersion, checkTls, checkConnections, checkOwnerRights, checkLock]) {
        checks.push(await check(db, url, signal));
      }
    } catch (error) {
      await db.close();
      throw error;
    }
    return [...checks, ...(await inspect(db, signal))];
  } catch (error) {
    return [...checks, failed("database", error)];
  }
}

/** The role of AUDIENCE_READER_URL: that it connects, and may do nothing but answer questions. */
export async function checkQuestions(
  url: string | undefined,
  inspectData: Inspect | null,
  signal: AbortSignal,
): Promise<Check[]> {
  const name = "questions";
  if (url === undefined) {
    return [warn(name, "asked as the owner: AUDIENCE_READER_URL is not set", `Set it to a role of its own; ${INIT}`)];
  }
  try {
    const db = await openServer(url, { command: "doctor", signal, setting: "AUDIENCE_READER_URL" });
    try {
      const { rows } = await db.query("select current_user::text", [], { signal });
      const role = String(rows[0]?.[0]);
      const found = await excessRights(db, role);
      if (found.length > 0) return [fail(name, `The role ${role} ${found.join(", ")}.`, INIT)];
      await checkQuestionRights(db);
      const checks = [ok(name, `asked as ${role}, who may read and nothing else`)];
      if (inspectData === null) return checks;
      const version = await checkVersion(db, url, signal);
      return [version, await checkTls(db, url, signal), ...checks, ...(await inspectData(db, signal))];
    } finally {
      await db.close();
    }
  } catch (error) {
    return [failed(name, error)];
  }
}

async function checkVersion(db: Db, _url: string, signal: AbortSignal): Promise<Check> {
  const { rows } = await db.query(
    "select current_setting('server_version'), current_setting('server_version_num')::integer / 10000",
    [],
    { signal },
  );
  const [version, major] = rows[0] as [string, number];
  const detail = `PostgreSQL ${version}`;
  if (major < VERSIONS.from) return fail("server", detail, `Version ${VERSIONS.from} or later is needed.`);
  if (major > VERSIONS.to) return warn("server", detail, `Versions ${VERSIONS.from} to ${VERSIONS.to} are supported.`);
  return ok("server", detail);
}

async function checkTls(db: Db, url: string, signal: AbortSignal): Promise<Check> {
  const { rows } = await db.query("select version, cipher from pg_stat_ssl where pid = pg_backend_pid() and ssl", [], {
    signal,
  });
  const [version, cipher] = rows[0] ?? [];
  if (version) return ok("encryption", `${version}, ${cipher}`);
  const { host } = readServerAddress(url);
  if (host.startsWith("/") || /^(localhost|127\..*|::1)$/.test(host)) return ok("encryption", "none, on this machine");
  return warn(
    "encryption",
    `none, to ${host}`,
    "Add ?sslmode=verify-full to the URL, or require where there is no CA.",
  );
}

/** Where the server's port is not the one of the URL, somebody stands between: a pooler, or a forwarder of ports. */
async function checkConnections(db: Db, url: string, signal: AbortSignal): Promise<Check> {
  const { rows } = await db.query(
    `select current_setting('max_connections')::integer, (select count(*) from pg_stat_activity where backend_type = 'client backend'),
       inet_server_port()`,
    [],
    { signal },
  );
  const [most, used, port] = rows[0] as [number, number, number | null];
  const between = port !== null && port !== readServerAddress(url).port ? "; through a pooler or a forwarded port" : "";
  const seconds = (ms: number) => (ms === 0 ? "none" : `${ms / 1000} s`);
  const { read, write } = LIMITS;
  const detail =
    `${used} of ${most} in use, at most ${POOL_SIZE} a process${between}; limits of a question (of a load): ` +
    `statement ${seconds(read.statement_timeout)} (${seconds(write.statement_timeout)}), ` +
    `lock ${seconds(read.lock_timeout)} (${seconds(write.lock_timeout)}), ` +
    `idle in transaction ${seconds(read.idle_in_transaction_session_timeout)} ` +
    `(${seconds(write.idle_in_transaction_session_timeout)})`;
  if (most - used > POOL_SIZE) return ok("connections", detail);
  return warn("connections", detail, "Raise max_connections, or put PgBouncer in between (transaction mode).");
}

async function checkOwnerRights(db: Db, _url: string, signal: AbortSignal): Promise<Check> {
  const { rows } = await db.query(
    `select current_user::text, array_to_json(array_remove(array[
         case when not has_database_privilege(current_database(), 'create')
                and (to_regnamespace('app') is null or not pg_has_role(current_user, (select nspowner from pg_namespace where nspname = 'app'), 'usage'))
           then 'make schemas in the database' end,
         case when not has_database_privilege(current_database(), 'temporary') then 'make temporary tables' end,
         case when not rolsuper and not rolcreaterole and not exists (select from pg_roles where rolname = 'audience_reader')
           then 'make roles' end], null))
     from pg_roles where rolname = current_user`,
    [],
    { signal },
  );
  const [role, missing] = rows[0] as [string, string[]];
  if (missing.length === 0) return ok("owner", `${role} may load`);
  return fail("owner", `${role} may not ${missing.join(", ")}.`, "Loads need it: grant it, or load as another role.");
}

async function checkLock(db: Db): Promise<Check> {
  const holder = await lockHolder(db);
  return holder === undefined
    ? ok("lock", "free: nobody loads")
    : warn("lock", `held by ${holder}`, "A load is going on.");
}
