import type { Db, Queryable } from "../db/db.js";
import { AppError } from "../lib/errors.js";

/** Whose reader has been found in order: it is looked at once in the life of a connection. */
const checked = new WeakSet<Db>();

/** What the role owns ("o") or is granted ("a"), as ingest/reader.ts makes it; anything else is too much. */
const ALLOWED: ReadonlySet<string> = new Set([
  "a schema audience",
  "a schema audience_guard",
  "a view audience.customers",
  "a view audience.events",
  "a view audience.interests",
  "o function audience_guard.run(text,bigint)",
]);

const VIEWS = ["audience.customers", "audience.events", "audience.interests"];

/**
 * Makes sure that the role whose rights a statement runs with can read the views and nothing else: roles belong to the
 * whole server, where others may have given it more since the load. What every role may do there is not counted. Throws
 * AppError "config" that names what is too much.
 */
export async function checkReader(db: Db, tx: Queryable): Promise<void> {
  if (checked.has(db)) return;
  const found = await excess(tx);
  if (found.length > 0) {
    throw new AppError("config", `SQL is not run, as the role audience_reader ${found.slice(0, 3).join(", ")}.`, {
      hint: "It may only read the views: revoke from audience_reader what is named here.",
    });
  }
  checked.add(db);
}

/** What is too much, each as it follows "the role". */
async function excess(tx: Queryable): Promise<string[]> {
  const changes = VIEWS.map(
    (view) => `has_table_privilege(r.oid, '${view}', 'insert, update, delete, truncate, trigger')`,
  );
  const role = await tx.query(
    `select array_to_json(array[
         case when rolsuper then 'is a superuser' end, case when rolcreaterole then 'may make roles' end,
         case when rolcreatedb then 'may make databases' end, case when rolreplication then 'may replicate' end,
         case when rolbypassrls then 'passes row security' end,
         case when exists (select from pg_auth_members m where m.member = r.oid) then 'is a member of other roles' end,
         case when has_schema_privilege(r.oid, 'app', 'usage') then 'may use schema app' end,
         case when has_schema_privilege(r.oid, 'audience', 'create') then 'may make things in schema audience' end,
         case when has_schema_privilege(r.oid, 'audience_guard', 'create') then 'may make things in schema audience_guard' end,
         case when ${changes.join(" or ")} then 'may change the views' end]),
       (select prosecdef and proowner = r.oid and 'search_path=audience, pg_catalog, pg_temp' = any(proconfig)
        from pg_proc where oid = to_regprocedure('audience_guard.run(text, bigint)'))
     from pg_roles r where rolname = 'audience_reader'`,
  );
  const [found, jailed] = role.rows[0] ?? [["does not exist"], true];
  const words = (found as (string | null)[]).filter((word) => word !== null);
  if (jailed !== true) words.push("does not own the function that statements run in");
  // pg_shdepend lists whatever a role owns or is granted, here and in what databases share.
  const held = await tx.query(
    `select d.deptype::text, o.type || ' ' || o.identity
     from pg_shdepend d, pg_identify_object(d.classid, d.objid, d.objsubid) o
     where d.refclassid = 'pg_authid'::regclass and d.refobjid = to_regrole('audience_reader')
       and d.dbid in (0, (select oid from pg_database where datname = current_database()))`,
  );
  for (const [how, object] of held.rows) {
    const name = String(object).replaceAll(/(?<=[(,])pg_catalog\./g, "");
    if (!ALLOWED.has(`${how} ${name}`)) words.push(`has rights on ${name}`);
  }
  return words;
}
