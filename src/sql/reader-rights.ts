import type { Db, Queryable } from "../db/db.js";
import { AppError } from "../lib/errors.js";

/** Whose reader has been found in order: it is looked at once in the life of a connection. */
const checked = new WeakSet<Db>();

/**
 * Makes sure that the role whose rights a statement runs with can read the views and nothing else: roles belong to the
 * whole server, where others may have given it more since the load. What every role may do there is not counted. Throws
 * AppError "config" that names what is too much.
 */
export async function checkReader(db: Db, tx: Queryable): Promise<void> {
  if (checked.has(db)) return;
  const { rows } = await tx.query(EXCESS);
  if (rows.length > 0) {
    const found = rows.slice(0, 3).map((row) => String(row[0]));
    throw new AppError("config", `SQL is not run, as the role audience_reader ${found.join(", ")}.`, {
      hint: "It may only read the views. Take that from it; any `audience ingest` that may do so does it too.",
    });
  }
  checked.add(db);
}

/** One row for each right too many, as what follows "the role". */
const EXCESS = `
  with reader as (select * from pg_roles where rolname = 'audience_reader')
  select 'does not exist' where not exists (select 1 from reader)
  union all select 'is a superuser' from reader where rolsuper
  union all select 'may make roles' from reader where rolcreaterole
  union all select 'may make databases' from reader where rolcreatedb
  union all select 'may replicate' from reader where rolreplication
  union all select 'passes row security' from reader where rolbypassrls
  union all select 'is a member of ' || g.rolname
    from reader r join pg_auth_members m on m.member = r.oid join pg_roles g on g.oid = m.roleid
  union all select 'may use schema ' || n.nspname
    from reader r, pg_namespace n where n.nspname = 'app' and has_schema_privilege(r.oid, n.oid, 'usage')
  union all select 'may make things in schema ' || n.nspname
    from reader r, pg_namespace n
    where n.nspname in ('audience', 'audience_guard', 'app') and has_schema_privilege(r.oid, n.oid, 'create')
  union all select 'owns ' || n.nspname || '.' || c.relname
    from reader r join pg_class c on c.relowner = r.oid join pg_namespace n on n.oid = c.relnamespace
  union all select 'may ' || lower(a.privilege_type) || ' ' || n.nspname || '.' || c.relname
    from reader r, pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
    where a.grantee = r.oid and (n.nspname, a.privilege_type) <> ('audience', 'SELECT')
  union all select 'may call ' || n.nspname || '.' || p.proname
    from reader r, pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname <> 'audience_guard' and p.proacl is not null
      and exists (select 1 from aclexplode(p.proacl) a where a.grantee = r.oid)
  union all select 'does not own the function that statements run in'
    where not exists (
      select 1 from reader r join pg_proc p on p.proowner = r.oid join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = 'audience_guard' and p.proname = 'run' and p.prosecdef
        and 'search_path=audience, pg_catalog, pg_temp' = any(p.proconfig))`;
