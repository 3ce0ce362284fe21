import type { Queryable } from "../db/db.js";
import { AppError } from "../lib/errors.js";

/** The tables of schema app that questions read besides the views: catalogue and discovery (src/discovery, src/vectors). */
export const READ_BY_QUESTIONS = [
  "column_stats",
  "customer_phrases",
  "customers",
  "keyed_events",
  "phrases",
  "state",
  "stored_values",
  "vector_changes",
  "vector_index",
] as const;

/** What the role of questions is granted ("a") by `audience ingest --init`; anything else is too much. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...["app", "audience", "audience_guard"].map((schema) => `a schema ${schema}`),
  ...["customers", "events", "interests"].map((view) => `a view audience.${view}`),
  ...READ_BY_QUESTIONS.map((table) => `a ${table === "keyed_events" ? "view" : "table"} app.${table}`),
  "a function audience_guard.run(text,bigint)",
]);

const LIST = READ_BY_QUESTIONS.map((table) => `'${table}'`).join(", ");

/** What a role may do too much, each as it follows "the role": none of it is needed to answer questions. */
export async function excessRights(db: Queryable, role: string): Promise<string[]> {
  const { rows } = await db.query(OF_ALL_KINDS, [role]);
  const words = rows.map((row) => String(row[0]));
  // pg_shdepend lists whatever the role owns or is granted by name, here and in what databases share.
  const held = await db.query(
    `select d.deptype::text, o.type || ' ' || o.identity
     from pg_shdepend d, pg_identify_object(d.classid, d.objid, d.objsubid) o
     where d.refclassid = 'pg_authid'::regclass and d.refobjid = (select oid from pg_roles where rolname = $1)
       and d.dbid in (0, (select oid from pg_database where datname = current_database()))
       and (d.deptype = 'o' or d.classid <> 'pg_database'::regclass)`,
    [role],
  );
  for (const [how, object] of held.rows) {
    const name = String(object).replaceAll(/(?<=[(,])pg_catalog\./g, "");
    if (!ALLOWED.has(`${how} ${name}`)) words.push(`${how === "o" ? "owns" : "has rights on"} ${name}`);
  }
  return [...new Set(words)];
}

/**
 * Makes sure that the role of this connection can answer questions and do nothing else. Throws AppError "config" that
 * names what is too much, or that it may not read what it has to.
 */
export async function checkQuestionRights(db: Queryable): Promise<void> {
  const { rows } = await db.query(
    `select current_user::text, to_regnamespace('audience') is null
       or has_schema_privilege('audience', 'usage') and has_schema_privilege('app', 'usage')`,
  );
  const [role, reads] = rows[0] as [string, boolean];
  const found = await excessRights(db, role);
  if (found.length > 0) {
    const more = found.length > 3 ? ` and ${found.length - 3} more` : "";
    throw new AppError(
      "config",
      `The role ${role} of AUDIENCE_READER_URL may do more than answer questions: it ${found.slice(0, 3).join(", ")}${more}.`,
      { hint: "`audience ingest --init` restricts it; `audience doctor` lists what is too much." },
    );
  }
  if (!reads) {
    throw new AppError("config", `The role ${role} of AUDIENCE_READER_URL may not read the data.`, {
      hint: "Run `audience ingest --init` with the DATABASE_URL of the owner.",
    });
  }
}

/**
 * One row for each right too many, whether the role has it by itself, as a member of others or as everyone. What
 * PostgreSQL gives to everyone and changes nothing is not counted.
 */
const OF_ALL_KINDS = `
  with role as (select * from pg_roles where rolname = $1),
  schemas as (
    select n.oid, n.nspname, has_schema_privilege(r.oid, n.oid, 'usage') as usable,
      has_schema_privilege(r.oid, n.oid, 'create') as creates
    from pg_namespace n, role r
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname !~ '^pg_(toast_)?temp_'
  ),
  relations as (
    select s.nspname || '.' || c.relname as name,
      has_table_privilege(r.oid, c.oid, 'select') or has_any_column_privilege(r.oid, c.oid, 'select') as reads,
      has_table_privilege(r.oid, c.oid, 'insert, update, delete, truncate, references, trigger')
        or has_any_column_privilege(r.oid, c.oid, 'insert, update, references') as changes,
      s.nspname = 'audience' or s.nspname = 'app' and c.relname in (${LIST}) as ours
    from pg_class c join schemas s on s.oid = c.relnamespace and s.usable, role r
    where c.relkind in ('r', 'v', 'm', 'f', 'p')
  )
  select 'does not exist' where not exists (select from role)
  union all select 'is a superuser' from role where rolsuper
  union all select 'may make roles' from role where rolcreaterole
  union all select 'may make databases' from role where rolcreatedb
  union all select 'may replicate' from role where rolreplication
  union all select 'passes row security' from role where rolbypassrls
  union all select 'takes over the rights of other roles (INHERIT)' from role where rolinherit
  union all select 'is a member of ' || g.rolname
    from role r join pg_auth_members m on m.member = r.oid join pg_roles g on g.oid = m.roleid
  union all select 'may make schemas in the database' from role r
    where has_database_privilege(r.oid, current_database(), 'create')
  union all select 'may make temporary tables' from role r
    where has_database_privilege(r.oid, current_database(), 'temporary')
  union all select 'may make things in schema ' || nspname from schemas where creates
  union all select 'may change ' || name from relations where changes
  union all select 'may read ' || name from relations where reads and not ours
  union all select 'may use sequence ' || s.nspname || '.' || c.relname
    from pg_class c join schemas s on s.oid = c.relnamespace and s.usable, role r
    where c.relkind = 'S' and has_sequence_privilege(r.oid, c.oid, 'usage, select, update')
  union all select 'may call ' || s.nspname || '.' || p.proname || ', which runs with the rights of another'
    from pg_proc p join schemas s on s.oid = p.pronamespace and s.usable, role r
    where p.prosecdef and s.nspname <> 'audience_guard' and has_function_privilege(r.oid, p.oid, 'execute')
  union all select 'may write large objects (' || string_agg(distinct p.proname, ', ' order by p.proname) || ')'
    from pg_proc p, role r
    where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in (
        'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import', 'lo_open', 'lo_put', 'lo_truncate', 'lo_truncate64',
        'lo_unlink', 'lowrite')
      and has_function_privilege(r.oid, p.oid, 'execute')
    having count(*) > 0`;
