-- What a vector index outside this database (Qdrant) holds. No row: none has been built. It is behind when its version is
-- not that of app.state; readers then compare the interests in SQL.
create table app.vector_index (
  only_row boolean primary key default true check (only_row),
  collection text not null,
  version bigint not null,
  embedder text not null,
  points bigint not null,
  -- as_of at that version: ages are of this day
  as_of timestamptz,
  updated_at timestamptz not null default now()
);

-- Customers whose points are to be written anew, by the version of the data that changed them; rows are only added and
-- removed, so that an update of the index and the next load never wait for each other.
create table app.vector_changes (
  customer_key integer not null,
  version bigint not null,
  primary key (customer_key, version)
);
