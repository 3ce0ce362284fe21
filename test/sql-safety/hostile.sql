--# Files
select pg_read_file('{file}')
select pg_read_file('/etc/passwd')
select pg_read_binary_file('{file}')
select encode(pg_read_binary_file('{file}'), 'escape')
select * from pg_read_file('{file}')
select * from pg_read_file('{file}') as secret(line)
select x from rows from (pg_read_file('{file}')) as t(x)
select * from customers c, lateral pg_read_file('{file}') f limit 1
select * from pg_ls_dir('.')
select pg_ls_dir('.')
select * from pg_ls_logdir()
select * from pg_ls_waldir()
select * from pg_ls_tmpdir()
select * from pg_stat_file('PG_VERSION')
select (pg_stat_file('PG_VERSION')).size
select pg_catalog.pg_read_file('{file}')
select "pg_read_file"('{file}')
select "pg_catalog"."pg_read_file"('{file}')
select U&"pg\005fread_file"('{file}')
select PG_READ_FILE('{file}')
select pg_read_file/**/('{file}')
select coalesce(pg_read_file('{file}'), 'x')
select case when true then pg_read_file('{file}') end
select array[pg_read_file('{file}')]
select array[array[1, length(pg_read_file('{file}'))]]
select row(1, pg_read_file('{file}'))
select (select pg_read_file('{file}'))
select 1 where exists (select pg_read_file('{file}'))
select 1 where 'x' in (select pg_read_file('{file}'))
select 1 where 1 in (1, length(pg_read_file('{file}')))
select count(*) from customers group by pg_read_file('{file}')
select count(*) from customers having pg_read_file('{file}') <> ''
select customer_id from customers order by pg_read_file('{file}')
select customer_id from customers limit length(pg_read_file('{file}'))
select customer_id from customers offset length(pg_read_file('{file}'))
select sum(1) over (order by pg_read_file('{file}')) from customers
select sum(1) over w from customers window w as (partition by pg_read_file('{file}'))
select sum(1) over (order by age range between length(pg_read_file('{file}')) preceding and current row) from customers
select count(*) filter (where pg_read_file('{file}') <> '') from customers
select string_agg(email, pg_read_file('{file}')) from customers
select string_agg(email, ',' order by pg_read_file('{file}')) from customers
select percentile_cont(0.5) within group (order by length(pg_read_file('{file}'))) from customers
select distinct on (pg_read_file('{file}')) customer_id from customers
select count(*) from customers group by grouping sets ((pg_read_file('{file}')), ())
select count(*) from customers group by rollup (pg_read_file('{file}'))
values (pg_read_file('{file}'))
select 1 union all select length(pg_read_file('{file}'))
select * from (values (1, pg_read_file('{file}'))) v
select (array[1, 2])[length(pg_read_file('{file}'))]
select (array[1, 2])[1:length(pg_read_file('{file}'))]
select make_interval(days => length(pg_read_file('{file}')))
select concat(variadic array[pg_read_file('{file}')])
select cast(pg_read_file('{file}') as text)
select pg_read_file('{file}') collate "C"
select pg_read_file('{file}') is null
select (pg_read_file('{file}') = 'x') is true
select nullif(pg_read_file('{file}'), 'x')
select greatest(pg_read_file('{file}'), 'x')
select c.customer_id from customers c join events e on pg_read_file('{file}') = e.event_id
with f as (select pg_read_file('{file}') as line) select * from f
with a as (with b as (select pg_read_file('{file}')) select * from b) select * from a
select json_object('x': pg_read_file('{file}'))
select json_array(pg_read_file('{file}'))
select json_arrayagg(pg_read_file('{file}'))
copy (select 1) to '/tmp/audience-copied'
copy customers to '/tmp/audience-copied'
copy customers from '/etc/passwd'
copy (select 1) to program 'id'
copy customers to stdout
--# Large objects
select lo_import('/etc/passwd')
select lo_import('{file}')
select lo_export(424242, '/tmp/audience-exported')
select lo_create(434343)
select lo_creat(-1)
select lo_from_bytea(434343, 'x')
select lo_get(424242)
select encode(lo_get(424242), 'escape')
select convert_from(lo_get(424242), 'utf8')
select lo_put(424242, 0, 'changed')
select lo_unlink(424242)
select loread(lo_open(424242, 262144), 1000)
select lowrite(lo_open(424242, 131072), 'x')
select lo_truncate(lo_open(424242, 131072), 0)
select * from pg_largeobject
select data from pg_catalog.pg_largeobject
select * from pg_largeobject_metadata
--# Settings
select current_setting('audience.secret')
select current_setting('data_directory')
select current_setting('audience.secret', true)
select set_config('statement_timeout', '0', false)
select set_config('role', 'postgres', false)
select set_config('session_authorization', 'postgres', true)
select set_config('search_path', 'app', false)
select set_config('transaction_read_only', 'off', false)
select set_config('default_transaction_read_only', 'off', false)
select set_config('audience.changed', 'yes', false)
select set_config('standard_conforming_strings', 'off', false)
set statement_timeout = 0
set local role postgres
set session authorization default
set transaction read write
set default_transaction_read_only = off
set search_path = app
reset all
reset role
show all
show data_directory
show audience.secret
select * from pg_settings
select name, setting from pg_catalog.pg_settings
select * from pg_file_settings
select * from pg_hba_file_rules
select * from pg_db_role_setting
select * from pg_show_all_settings()
alter system set work_mem = '1GB'
alter database postgres set audience.changed = 'yes'
--# Roles
set role postgres
create role audience_thief superuser
alter role audience_reader superuser
alter role audience_reader set statement_timeout = 0
alter role current_user password 'x'
drop role audience_reader
grant all on schema app to public
grant pg_read_all_data to audience_reader
revoke all on audience.customers from audience_reader
grant select on app.secret to audience_reader
reassign owned by current_user to audience_reader
drop owned by audience_reader
security label on table app.secret is 'x'
alter default privileges grant all on tables to public
select current_user
select session_user
select user
select current_role
select current_catalog
select current_schema
select current_schema()
select current_schemas(true)
select pg_has_role('audience_reader', 'member')
select has_table_privilege('app.secret', 'select')
--# Definitions
create table audience.planted (x int)
create table planted as select * from customers
create temp table planted as select * from customers
select * into planted from customers
select 1 into temp planted
select * into unlogged planted from customers
create view planted as select 1
create or replace view audience.customers as select 1
create function planted() returns int language sql as 'select 1'
create extension dblink
create extension plpythonu
create schema planted
create database planted
create index planted on app.customers (age)
create trigger planted before insert on app.customers execute function planted()
create rule planted as on select to audience.customers do instead select 1
create server planted foreign data wrapper x
create publication planted for all tables
create materialized view planted as select 1
create sequence planted
create type planted as (x int)
create cast (text as int) with inout
create event trigger planted on ddl_command_start execute function planted()
create policy planted on app.customers
create tablespace planted location '/tmp'
drop view audience.customers
drop schema audience cascade
drop table app.customers
alter table app.customers add column planted int
alter view audience.customers owner to audience_reader
alter function audience_guard.run(text, bigint) security invoker
truncate app.customers
comment on view audience.customers is 'planted'
vacuum
analyze
cluster
reindex database postgres
checkpoint
refresh materialized view planted
load 'planted'
import foreign schema x from server y into z
--# Changes
insert into customers (customer_id) values ('planted')
insert into app.customers (customer_key, customer_id) values (-1, 'planted') returning customer_id
update customers set age = 1
update app.customers set age = 1 returning *
delete from customers
delete from app.events returning *
merge into app.customers c using events e on false when matched then delete
with x as (insert into app.secret values ('planted') returning *) select * from x
with x as (update app.customers set age = 1 returning *) select * from x
with x as (delete from app.customers returning *) select count(*) from x
with x as (merge into app.customers c using events e on false when matched then delete returning c.*) select * from x
with a as (select 1), b as (with c as (delete from app.events returning *) select * from c) select * from b
with x as (delete from app.customers returning *) insert into app.secret select customer_id from x
select * from (delete from app.customers returning *) x
explain analyze delete from app.customers
explain select * from customers
explain (analyze) select * from customers
select nextval('planted')
select setval('planted', 1)
select currval('planted')
select lastval()
select customer_id from customers for update
select customer_id from customers for share
select customer_id from customers for no key update skip locked
select customer_id from (select customer_id from customers for update) x
lock table app.customers
lock table app.customers in access exclusive mode nowait
--# Statements of a session
begin
commit
rollback
abort
start transaction read write
end
savepoint planted
release savepoint planted
rollback to planted
prepare transaction 'planted'
commit prepared 'planted'
prepare planted as select 1
prepare planted(text) as select $1
execute planted
deallocate all
declare planted cursor for select 1
declare planted cursor with hold for select * from app.secret
fetch all from planted
move all in planted
close all
discard all
listen planted
notify planted, 'x'
unlisten *
select pg_notify('planted', 'x')
set constraints all deferred
call planted()
do $$ begin perform pg_sleep(1); end $$
do language plpgsql $$ begin execute 'create table planted()'; end $$
do 'begin null; end'
--# Several statements and tricks of the lexer
select 1; select 2
select 1; drop table app.customers
select 1; commit; drop table app.customers
commit; alter role audience_reader superuser; begin
select 1 as a; set transaction read write; delete from app.customers
;drop table app.customers
select 1 /* ; */; delete from app.secret -- ;
select 1) q) t on true) x; drop table app.customers; --
select 1) q) t on true limit 1) x union all select to_json(s) from app.secret s --
select 1) q, (select secret from app.secret
select 1) q) t on true) "#all" union all select to_json(s) from (select * from app.secret) s; --
) q; drop table app.customers; --
select '\'; select secret from app.secret; --'
select E'\'; select 1; --' from app.secret
select $$;$$ from app.secret
select $a$ $b$ $a$ || secret from app.secret --$b$
select/**/secret/**/from/**/app.secret
select/*/**/*/secret from app.secret
select secret from "app"."secret"
select secret from U&"\0061pp"."secret"
select secret from U&"!0061pp" uescape '!' .secret
sElEcT secret FrOm ApP.sEcReT
select 1 ＋ 1
select U&'\006' from app.secret
\copy customers to '/tmp/x'
\! id
--# Other tables
select * from app.secret
select secret from app.secret
select * from app.customers
select * from app.events
select * from app.phrases
select * from app.state
select * from app.migrations
table app.secret
select * from only app.secret
select * from secret
select (select secret from app.secret limit 1)
select * from customers c join app.secret s on true
select * from customers natural join app.secret
select * from customers left join lateral (select secret from app.secret) s on true limit 1
select * from customers where exists (select from app.secret where secret like 'p%')
select count(*) from customers where email > all (select secret from app.secret)
select 1 union select secret from app.secret
select 1 except select 2 intersect (select length(secret) from app.secret)
(select secret from app.secret)
((select secret from app.secret)) order by 1
with s as (select secret from app.secret) select * from s
with a as (select 1 from b), b as (select 1) select * from a
with x as (select 1) select * from (with y as (select 2) select 3) z, y
select 1 from customers where age = (with y as (select 1) select * from y) and exists (select * from y)
select * from postgres.app.secret
select * from postgres.audience.customers
select * from public.customers
select app.secret from app.secret
select array(select secret from app.secret)
select * from (select * from (select * from (select * from app.secret) a) b) c
select customers.secret from app.secret customers
select * from app.secret tablesample system (100)
select * from customers tablesample bernoulli (1)
--# The catalogue
select * from pg_authid
select rolname, rolpassword from pg_authid
select * from pg_shadow
select * from pg_user
select * from pg_roles
select * from pg_catalog.pg_roles
select * from pg_class
select relname from pg_catalog.pg_class
select * from pg_proc
select prosrc from pg_proc where proname = 'run'
select * from pg_stat_activity
select query from pg_stat_activity
select * from pg_stat_statements
select * from pg_locks
select * from pg_database
select * from pg_stats
select * from pg_statistic
select * from pg_user_mappings
select * from pg_foreign_server
select * from pg_prepared_statements
select * from pg_cursors
select * from pg_views
select definition from pg_views where viewname = 'customers'
select * from pg_description
select * from information_schema.tables
select * from information_schema.columns
select * from information_schema.role_table_grants
select * from information_schema.sql_features
select pg_get_viewdef('audience.customers')
select pg_get_functiondef('audience_guard.run'::regproc)
select obj_description('audience.customers'::regclass)
select version()
select pg_typeof(email) from customers
select inet_server_addr()
select inet_client_addr()
select pg_backend_pid()
select pg_postmaster_start_time()
select pg_conf_load_time()
select pg_current_wal_lsn()
select txid_current()
select pg_current_xact_id()
select pg_database_size('postgres')
select pg_relation_size('app.secret')
select pg_size_pretty(pg_total_relation_size('app.customers'))
select pg_is_in_recovery()
select ctid from customers
select xmin, xmax from customers
select tableoid::regclass from customers
select c.tableoid from customers c
select c.pg_typeof from customers c limit 1
select c.pg_column_size from customers c limit 1
select c.record_out from customers c limit 1
select (c).pg_typeof from customers c limit 1
select collation for (email) from customers
--# Casts that look names up, and errors that carry values
select 'app.secret'::regclass
select 'app.secret'::regclass::oid
select regclass 'app.secret'
select cast('app.secret' as regclass)
select 'pg_read_file'::regproc
select 'pg_read_file(text)'::regprocedure
select 'postgres'::regrole
select 'app'::regnamespace
select '+'::regoper
select 'int'::regtype
select email::regclass from customers
select email::regrole from customers
select email::regtype from customers
select email::regproc from customers
select email::jsonpath from customers
select email::tsquery from customers
select email::xml from customers
select email::pg_lsn from customers
select to_regclass(email) from customers
select to_regrole('postgres')
select to_tsquery(email) from customers
select current_setting(email) from customers
select nextval(email) from customers
select null::app.secret
select null::audience.customers
select (null::pg_authid).rolname
select json_populate_record(null::app.secret, '{}')
select jsonb_populate_recordset(null::pg_authid, '[]')
select x::app.secret%type from customers
select 1::oid
select '{1}'::int2vector
select 'x'::"char"
select 'a'::name
select '(1,2)'::point
select '1'::money
select '10.0.0.1'::inet
select 'a=>1'::hstore
select * from json_to_record('{"a": "app.secret"}') as r(a regclass)
select * from jsonb_to_recordset('[{"a": "app.secret"}]') as r(a regclass, b int)
select json_object('a': 1 returning regclass)
--# Statements in texts
select query_to_xml('select * from app.secret', true, true, '')
select query_to_xml_and_xmlschema('select 1', true, true, '')
select query_to_xmlschema('select 1', true, true, '')
select table_to_xml('app.secret', true, true, '')
select table_to_xmlschema('app.secret', true, true, '')
select schema_to_xml('app', true, true, '')
select schema_to_xmlschema('app', true, true, '')
select database_to_xml(true, true, '')
select database_to_xmlschema(true, true, '')
select cursor_to_xml('x', 1, true, true, '')
select * from xpath('//x', query_to_xml('select * from app.secret', true, true, ''))
select xmlelement(name x, email) from customers
select xmlforest(email) from customers
select xmlparse(document '<a/>')
select xmlserialize(content '<a/>' as text)
select xmlpi(name php)
select xmlconcat('<a/>', '<b/>')
select xmlroot('<a/>', version '1.0')
select '<a/>' is document
select * from xmltable('/a' passing '<a/>' columns x text)
select xpath_exists('//x', '<a/>')
select ts_stat('select secret::tsvector from app.secret')
select * from ts_stat('select to_tsvector(secret) from app.secret')
select ts_rewrite('a'::tsquery, 'select secret::tsquery, secret::tsquery from app.secret')
select * from dblink('dbname=postgres', 'select 1') as t(x int)
select dblink_connect('host=10.0.0.1')
select dblink_exec('dbname=postgres', 'drop table app.customers')
select * from crosstab('select secret, secret, secret from app.secret') as t(a text)
select * from connectby('app.secret', 'a', 'b', 'c', 1)
select * from audience_guard.run('select * from app.secret', 10)
select audience_guard.run('select secret from app.secret', 10)
select json_value('{}', '$.a')
select json_query('{}', '$.a')
select json_exists('{}', '$.a')
select * from json_table('[1]', '$[*]' columns (a int path '$'))
select jsonb_path_query('{}', '$.**')
select '{}'::jsonb @? '$.a'
select '{}'::jsonb @@ '$.a == 1'
select jsonb_path_exists_tz('{}', '$.a')
--# Waiting and filling
select pg_sleep(60)
select pg_sleep_for('1 minute')
select pg_sleep_until(now() + interval '1 minute')
select count(*) from customers, pg_sleep(60)
select case when email like 'a%' then pg_sleep(5) end from customers
select * from generate_series(1, 10000000000)
select count(*) from generate_series(1, 100000000) a
select * from generate_series(0::bigint, 9000000000)
select * from generate_series(1, 100000000, 2)
select generate_series(-100000000, 1)
select repeat('x', 1000000000)
select repeat('x', '1000000000')
select lpad('x', 1000000000)
select rpad('x', 1000000000, 'y')
select array_fill(1, array[100000000])
select factorial(1000000)
with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r
with recursive r(n) as (values (1) union all select n * 2 from r) select * from r limit 5
with recursive r as (select 1) select * from r
with r as (select 1 as n) search depth first by n set o select * from r
with recursive r(n) as (select 1 union all select n from r) cycle n set c using p select * from r
select pg_advisory_lock(4242)
select pg_advisory_lock(1, 2)
select pg_advisory_lock_shared(4242)
select pg_advisory_xact_lock(4242)
select pg_try_advisory_lock(4242)
select pg_try_advisory_lock_shared(4242) from customers
select pg_advisory_unlock_all()
--# Running the server
select pg_terminate_backend(1)
select pg_terminate_backend(pid) from pg_stat_activity
select pg_cancel_backend(1)
select pg_reload_conf()
select pg_rotate_logfile()
select pg_promote()
select pg_switch_wal()
select pg_create_restore_point('x')
select pg_backup_start('x')
select pg_create_physical_replication_slot('planted')
select pg_create_logical_replication_slot('planted', 'pgoutput')
select pg_drop_replication_slot('planted')
select pg_logical_emit_message(false, 'x', 'y')
select pg_export_snapshot()
select pg_stat_reset()
select pg_stat_reset_shared('bgwriter')
select pg_log_backend_memory_contexts(1)
select * from pg_get_backend_memory_contexts()
select * from pg_config
select pg_import_system_collations('pg_catalog')
select binary_upgrade_set_next_pg_authid_oid(1)
select pg_extension_config_dump('x', 'y')
select setseed(0.5)
select pg_replication_origin_create('planted')
--# Names that hide others
with customers as (select 'planted' as email) select email from customers
with events as (select 1) select * from events
with interests as materialized (select 1) select * from interests
with pg_authid as (select 1) select * from pg_authid
with x as (with customers as (select 1 as age) select * from customers) select * from x
select * from customers c, (with customers as (select 1) select * from customers) d
with "customers" as (select 1) select * from "customers"
with x as (select 1) select * from app.x
with secret as (select 1) select * from secret, app.secret
with x as (select * from x) select * from x
select * from pg_temp.customers
select pg_temp.lower('x')
select public.lower('x')
select app.lower(email) from customers
select audience.lower(email) from customers
select a.b.c.lower('x')
select 1 operator(app.+) 2
select 1 operator(public.=) 1
select email collate app."C" from customers
select email collate "planted" from customers
select '1'::app.int4
select '1'::public.text
select pg_catalog.pg_authid.rolname from customers
select information_schema.tables.table_name from customers
select email !~~~ 'x' from customers
select email @@@ 'x' from customers
select '(0,0)' <-> '(1,1)'
--# Parameters and parts of statements
select $1
select * from customers where email = $1
select customer_id from customers limit $1
select default
select * from customers where current of planted
values (default)
select from
select * from
customers
select * customers
update
null
--# Words of other tools
exec xp_cmdshell 'id'
select load_file('/etc/passwd')
select * from customers into outfile '/tmp/x'
select sleep(5)
select benchmark(1000000, md5('x'))
attach database 'x' as y
pragma table_info(customers)
describe customers
show tables
use postgres
select @@version
select sys_eval('id')
select * from openrowset('x')
select system('id')
select shell('id')
