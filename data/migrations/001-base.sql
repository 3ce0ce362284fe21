-- Base tables. Analysts and tools never see them: they read the views of schema audience, which ingest makes.

create schema audience;
comment on schema audience is 'Customers, events and interests, for questions.';

-- One row. version grows with each change of the data; views_definition is the text of the views as they stand.
create table app.state (
  only_row boolean primary key default true check (only_row),
  version bigint not null default 0,
  as_of timestamptz,
  first_event_at timestamptz,
  luxury_above numeric not null default 800,
  weights jsonb not null default '{"purchase": 3, "add_to_cart": 2, "view": 1}',
  embedder text,
  -- Whether every customer id of the CRM is a number: then ids are ordered as numbers.
  numeric_ids boolean not null default false,
  views_definition text
);
insert into app.state default values;

-- Files that have been loaded, by content.
create table app.files (
  file_id integer primary key,
  kind text not null,
  name text not null,
  sha256 text not null,
  options text not null,
  loaded_at timestamptz not null default now(),
  rows_read bigint not null,
  stored bigint not null,
  duplicates bigint not null,
  rejected bigint not null,
  unique (kind, sha256, options)
);

-- Columns that a file brought beyond the known fields.
create table app.foreign_columns (
  view text not null,
  name text not null,
  position integer not null,
  type text not null,
  header text not null,
  primary key (view, name)
);

-- One row for each customer id ever seen. in_crm: a row of a CRM file; the others are known from events only.
create table app.customers (
  customer_key integer primary key,
  customer_id text not null unique,
  in_crm boolean not null default false,
  first_name text,
  last_name text,
  email text,
  country text,
  city text,
  age integer,
  birth_date date,
  gender text,
  favorite_color text,
  crm_total_spent numeric,
  signup_date date,
  first_seen_at timestamptz,
  last_seen_at timestamptz,
  last_purchase_at timestamptz,
  events bigint not null default 0,
  views bigint not null default 0,
  add_to_carts bigint not null default 0,
  purchases bigint not null default 0,
  revenue numeric not null default 0
);

create table app.events (
  event_id text primary key,
  load_id integer not null,
  customer_key integer,
  customer_id text,
  event_type text not null,
  event_time timestamptz not null,
  order_id text,
  product_id text,
  product_name text,
  category text,
  subcategory text,
  color text,
  price numeric,
  quantity numeric,
  amount numeric
);
create index events_customer on app.events (customer_id, event_time);
create index events_what on app.events (event_type, category, color, event_time) include (customer_id);
-- Rows of one load stand together, so block ranges find them.
create index events_load on app.events using brin (load_id) with (pages_per_range = 16);

create table app.interests (
  customer_key integer not null,
  dimension text not null,
  value text not null,
  weight numeric not null,
  share double precision not null,
  purchases bigint not null,
  add_to_carts bigint not null,
  views bigint not null,
  last_at timestamptz not null,
  primary key (customer_key, dimension, value)
);

-- What is embedded: each distinct phrase once. vector: 384 float32, little endian.
create table app.phrases (
  phrase_id integer primary key,
  phrase text not null unique,
  vector bytea not null
);

create table app.customer_phrases (
  customer_key integer not null,
  phrase_id integer not null,
  weight real not null,
  share real not null,
  primary key (customer_key, phrase_id)
);
create index customer_phrases_phrase on app.customer_phrases (phrase_id) include (customer_key, share, weight);

-- The catalogue: what stands in the columns of the views.
create table app.column_stats (
  view text not null,
  name text not null,
  filled bigint not null,
  distinct_values bigint,
  min text,
  max text,
  primary key (view, name)
);
create table app.stored_values (
  view text not null,
  name text not null,
  value text not null,
  rows bigint not null,
  primary key (view, name, value)
);
