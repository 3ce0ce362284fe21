import type { Transaction } from "../src/db/db.js";
import { READ_BY_QUESTIONS } from "../src/sql/question-rights.js";

/** Largest result of a statement, in bytes of JSON; beyond it the process would run out of memory. */
const LARGEST_RESULT = 256 * 1024 * 1024;

/**
 * The role that can read the views and nothing else; it owns the function through which free SQL runs. Roles belong to
 * the whole server, so that a load into another database may be making it at the same moment. What it has been given
 * beyond that is taken from it, where that is allowed; src/sql/reader-rights.ts looks at what is left.
 */
export async function ensureReader(tx: Transaction): Promise<void> {
  await tx.execute(
    `do $$ begin
       if not exists (select 1 from pg_roles where rolname = 'audience_reader') then
         create role audience_reader nologin noinherit;
       end if;
     exception when duplicate_object or unique_violation then null;
     end $$;
     do $$ begin
       -- From version 16 on, who makes a role may grant it, but is not yet one that may act as it.
       if not (case when current_setting('server_version_num')::integer < 160000
              then pg_has_role(current_user, 'audience_reader', 'member')
              else pg_has_role(current_user, 'audience_reader', 'set') end) then
         grant audience_reader to current_user;
       end if;
     end $$;
     do $$ declare held name; begin
       if exists (
         select 1 from pg_roles where rolname = 'audience_reader'
           and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls or rolcanlogin)
       ) then
         alter role audience_reader nosuperuser nocreaterole nocreatedb noreplication nobypassrls nologin;
       end if;
       for held in
         select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid
         where m.member = 'audience_reader'::regrole
       loop
         execute format('revoke %I from audience_reader', held);
       end loop;
     exception when insufficient_privilege then null;
     end $$`,
  );
  await tx.execute(CLOSE_EMBEDDED);
}

/**
 * The embedded database is ours alone, so there every role but the superuser also loses what PostgreSQL gives to all:
 * the catalogue, functions that act or wait (volatile, random numbers and clocks apart), settings, large objects and
 * queries in texts. On a server others may depend on these grants; there the checks before (src/sql) stand alone.
 */
const CLOSE_EMBEDDED = `
  do $$ declare f regprocedure; begin
    if version() not like '%PGlite%' then return; end if;
    for f in
      select oid from pg_proc
      where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f' and prorettype <> 'trigger'::regtype
        and (provolatile = 'v' and proname not in ('random', 'random_normal', 'clock_timestamp')
          or proname ~ '^(lo_|pg_(read|ls|stat_file|show|get_|settings|notify|terminate|cancel|sleep)|has_|inet_|txid_|to_reg)'
          or proname ~ '_to_xml(schema)?$|xmlschema$' or proname in ('current_setting', 'version', 'obj_description',
            'col_description', 'shobj_description', 'current_query', 'current_schemas'))
        and has_function_privilege('audience_reader', oid, 'execute')
    loop
      execute 'revoke execute on function ' || f || ' from public';
    end loop;
    revoke select on all tables in schema pg_catalog, information_schema from public;
    revoke all on schema public, information_schema from public;
    execute format('revoke all on database %I from public', current_database());
  end $$`;

/**
 * A statement runs inside a function of the restricted role: there, SET ROLE is refused, several statements are refused
 * and nothing but the views can be read. Rows come one by one through a cursor, until they are too many bytes. A row
 * that is only there to name the columns of an empty result has no "#row". The string syntax is set as the check of
 * statements (src/sql/guard.ts) reads it: with the old one a backslash could move the end of a text. Our own names start
 * with #, as no column of a question does: of two alike, the column would be taken.
 */
export function readerStatements(questionGrants: readonly string[]): string[] {
  return [
    "drop schema if exists audience_guard cascade",
    "create schema audience_guard",
    `create function audience_guard.run(statement text, row_limit bigint) returns setof json
       language plpgsql security definer
       set search_path = audience, pg_catalog, pg_temp
       set standard_conforming_strings = on
       set transform_null_equals = off as $guard$
     declare
       line json;
       bytes bigint := 0;
     begin
       for line in execute 'select to_json("#all") from (select t.* from (select 1) d left join (select q.*, true as "#row" from ('
         || statement || E'\\n) q) t on true limit ' || row_limit || ') "#all"'
       loop
         bytes := bytes + octet_length(line::text);
         if bytes > ${LARGEST_RESULT} then
           raise exception using errcode = 'AU001', message = 'the result is too large';
         end if;
         return next line;
       end loop;
     end $guard$`,
    "revoke all on function audience_guard.run(text, bigint) from public",
    "grant usage on schema audience to audience_reader",
    "grant select on all tables in schema audience to audience_reader",
    "grant usage, create on schema audience_guard to audience_reader",
    "alter function audience_guard.run(text, bigint) owner to audience_reader",
    "revoke create on schema audience_guard from audience_reader",
    "grant execute on function audience_guard.run(text, bigint) to current_user",
    ...questionGrants,
  ];
}

/** What the roles that questions log in as (`audience ingest --init`) are given: to read, and to run statements as above. */
export async function questionGrants(tx: Transaction): Promise<string[]> {
  const roles = await tx.query(
    "select quote_ident(r.rolname) from app.readers a join pg_roles r on r.rolname = a.name order by 1",
  );
  if (roles.rows.length === 0) return [];
  const to = roles.rows.map((row) => String(row[0])).join(", ");
  const tables = await tx.query(
    // The view is made by the statements before these.
    "select name from unnest($1::text[]) name where name = 'keyed_events' or to_regclass('app.' || name) is not null",
    [READ_BY_QUESTIONS],
  );
  return [
    `grant usage on schema app, audience, audience_guard to ${to}`,
    `grant select on all tables in schema audience to ${to}`,
    `grant select on ${tables.rows.map((row) => `app.${String(row[0])}`).join(", ")} to ${to}`,
    `grant execute on function audience_guard.run(text, bigint) to ${to}`,
  ];
}
