-- Roles that questions log in as (`audience ingest --init`): views that are made anew are granted to them.
create table app.readers (name text primary key);

-- Counted once a load, not once a question; and a reader needs no right on what they are counted from.
alter table app.state add column events bigint not null default 0, add column interests bigint not null default 0;
update app.state set events = (select coalesce(sum(stored), 0) from app.files where kind = 'events'),
  interests = (select count(*) from app.interests);

-- Whether the tables are keyed for Citus (`audience ingest --init --distributed`).
alter table app.state add column distributed boolean not null default false;
