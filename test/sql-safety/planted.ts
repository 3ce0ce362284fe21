import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Db } from "../../src/db/db.js";
import { checksums } from "../support/checksum.js";
import { freshDirectory } from "../support/stores.js";

/** What must never be seen: each secret tells where it was planted. */
const SECRETS = {
  file: "planted-in-a-file-5b1f",
  table: "planted-in-a-table-90ac",
  setting: "planted-in-a-setting-77d3",
  largeObject: "planted-in-an-object-e2c8",
  comment: "planted-in-a-comment-41fb",
  role: "audience_planted_role",
};

/** Hashes of passwords, lines of /etc/passwd and of pg_hba.conf, and names of what is not for readers. */
const NEVER = [...Object.values(SECRETS), "SCRAM-SHA-256$", "root:x:", "crm_total_spent", "views_definition"];

export interface Planted {
  /** A statement of the corpus with the names of what was planted. */
  fill(statement: string): string;
  /** What is planted outside the database: the file and, on a server, the role. */
  remove(db: Db): Promise<void>;
}

/** Plants secrets in a database that holds the views. `directory`: the folder of an embedded one. */
export async function plant(db: Db, directory: string | null): Promise<Planted> {
  // The embedded database sees its own folder only; a server may read any file that its user may.
  const folder = directory === null ? freshDirectory() : join(directory, "postgres");
  const file = join(folder, "planted.txt");
  writeFileSync(file, SECRETS.file);
  if (directory === null) {
    chmodSync(folder, 0o755);
    chmodSync(file, 0o644);
  }
  await db.transaction((tx) =>
    tx.execute(`
      create table app.secret (secret text);
      insert into app.secret values ('${SECRETS.table}');
      comment on table app.secret is '${SECRETS.comment}';
      select lo_from_bytea(424242, '${SECRETS.largeObject}');
      do $$ begin
        if not exists (select 1 from pg_roles where rolname = '${SECRETS.role}') then
          create role ${SECRETS.role} password 'planted';
        end if;
        execute format('alter database %I set audience.secret = %L', current_database(), '${SECRETS.setting}');
      end $$`),
  );
  return {
    fill: (statement) => statement.replaceAll("{file}", directory === null ? file : "planted.txt"),
    remove: async (open) => {
      await open.query(`drop role ${SECRETS.role}`);
      if (directory === null) rmSync(folder, { recursive: true });
      else rmSync(file);
    },
  };
}

/** The secrets in a text, whatever stands around them. Numbers of bytes and arrays of characters count too. */
export function secretsIn(output: unknown): string[] {
  const text = JSON.stringify(output) ?? "";
  return NEVER.filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString("hex")));
}

/** All that a statement could have changed: rows, definitions, rights, roles, settings, objects, locks, the session. */
export async function stateOf(db: Db): Promise<Record<string, unknown>> {
  const one = async (sql: string) => JSON.stringify((await db.query(sql)).rows);
  return {
    ...(await checksums(db)),
    secret: await one("select * from app.secret"),
    relations: await one(
      "select oid::regclass::text, relkind, relacl::text, relowner from pg_class where oid >= 16384 order by oid",
    ),
    columns: await one("select count(*) from pg_attribute where attrelid >= 16384"),
    functions: await one("select oid, proname, prosecdef, proacl::text from pg_proc where oid >= 16384 order by oid"),
    others: await one(`select (select count(*) from pg_namespace), (select count(*) from pg_type where oid >= 16384),
      (select count(*) from pg_trigger), (select count(*) from pg_rewrite), (select count(*) from pg_extension),
      (select count(*) from pg_policy), (select count(*) from pg_publication), (select count(*) from pg_cast),
      (select count(*) from pg_replication_slots), (select count(*) from pg_collation),
      (select json_agg(description order by description) from pg_description where objoid >= 16384)`),
    roles:
      await one(`select json_agg(a.rolname || a.rolsuper || coalesce(a.rolpassword, '') order by a.oid) from pg_authid a
      where a.rolname like 'audience%'`),
    members: await one("select roleid::regrole::text, member::regrole::text from pg_auth_members order by 1, 2"),
    settings: await one("select setdatabase, setrole, setconfig from pg_db_role_setting order by 1, 2"),
    session: await one(`select json_object_agg(name, setting order by name) from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'search_path', 'role', 'session_authorization', 'work_mem',
        'default_transaction_read_only', 'standard_conforming_strings', 'TimeZone', 'temp_file_limit')`),
    // A setting that was made and taken back is empty rather than none.
    custom: await one("select nullif(current_setting('audience.changed', true), '')"),
    objects: await one("select loid, pageno, md5(data) from pg_largeobject order by 1, 2"),
    locks: await one(`select count(*) from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`),
    prepared: await one("select count(*) from pg_prepared_statements where name <> ''"),
    cursors: await one("select name from pg_cursors where name like 'planted%'"),
    listening: await one("select pg_listening_channels()"),
  };
}
