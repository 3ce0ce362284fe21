-- What events say again and again (what happened, to which product) and the values of interests are stored once and named
-- by a number: rows are half as long, and they are grouped, sorted and looked up by numbers.

-- The views stand on columns that go; the load that brings the schema up to date makes them anew.
drop schema audience cascade;
create schema audience;
comment on schema audience is 'Customers, events and interests, for questions.';
update app.state set views_definition = null;

-- Of two alike either may be used: a very long load does not remember all of them.
create table app.event_kinds (
  kind_id integer primary key,
  event_type text not null,
  product_id text,
  product_name text,
  category text,
  subcategory text,
  color text
);
create table app.interest_values (
  value_id integer primary key,
  dimension text not null,
  value text not null
);
do $$ begin
  if (select distributed from app.state) then
    perform create_reference_table('app.event_kinds');
    perform create_reference_table('app.interest_values');
  end if;
end $$;

-- A column of a file's own that was called as ours is now.
do $$ begin
  if exists (select 1 from app.foreign_columns where view = 'events' and name = 'kind_id') then
    alter table app.events rename column kind_id to event_kind_id;
    update app.foreign_columns set name = 'event_kind_id' where view = 'events' and name = 'kind_id';
    update app.column_stats set name = 'event_kind_id' where view = 'events' and name = 'kind_id';
    update app.stored_values set name = 'event_kind_id' where view = 'events' and name = 'kind_id';
  end if;
end $$;

insert into app.event_kinds
  select row_number() over ()::integer, d.*
  from (select distinct event_type, product_id, product_name, category, subcategory, color from app.events) d;
analyze app.event_kinds;
alter table app.events add column kind_id integer;
update app.events e set kind_id = k.kind_id from app.event_kinds k
  where k.event_type = e.event_type
    and (coalesce(k.product_id, ''), coalesce(k.product_name, ''), coalesce(k.category, ''), coalesce(k.subcategory, ''), coalesce(k.color, ''))
      = (coalesce(e.product_id, ''), coalesce(e.product_name, ''), coalesce(e.category, ''), coalesce(e.subcategory, ''), coalesce(e.color, ''));
alter table app.events alter column kind_id set not null,
  drop column event_type, drop column product_id, drop column product_name,
  drop column category, drop column subcategory, drop column color;
create index events_kind on app.events (kind_id, event_time) include (customer_key, customer_id);

insert into app.interest_values
  select row_number() over (order by dimension, value collate "C")::integer, d.*
  from (select distinct dimension, value from app.interests) d;
create table app.interests_by_number (
  customer_key integer not null,
  value_id integer not null,
  share double precision not null,
  last_at timestamptz not null,
  purchases integer not null,
  add_to_carts integer not null,
  views integer not null,
  weight numeric not null
);
insert into app.interests_by_number
  select customer_key, value_id, share, last_at, purchases, add_to_carts, views, weight
  from app.interests join app.interest_values using (dimension, value);
drop table app.interests;
alter table app.interests_by_number rename to interests;
alter table app.interests add constraint interests_pkey primary key (customer_key, value_id);
do $$ begin
  if (select distributed from app.state) then
    perform create_distributed_table('app.interests', 'customer_key', colocate_with => 'app.customers');
  end if;
end $$;

-- What files of customers have brought: a load that brings none need not look.
alter table app.state add column has_totals boolean not null default false,
  add column has_birth_dates boolean not null default false;
update app.state set has_totals = exists (select 1 from app.customers where crm_total_spent is not null),
  has_birth_dates = exists (select 1 from app.customers where birth_date is not null);

-- Those whom only events know are few.
create index customers_in_crm on app.customers (customer_key) where in_crm;
create index customers_not_in_crm on app.customers (customer_key) where not in_crm;

-- Each load writes the counts of customers anew: where their pages have room, without touching the indexes.
alter table app.customers set (fillfactor = 50);
