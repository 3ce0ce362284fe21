-- Ids are only looked up, never ordered by: compared byte by byte (text_pattern_ops), their indexes are made in half the
-- time where the database has a collation other than C.
do $$ begin
  if not (select distributed from app.state) then
    alter table app.events drop constraint events_pkey;
    create unique index events_id on app.events (event_id text_pattern_ops);
  end if;
end $$;
drop index app.events_customer;
create index events_customer on app.events (customer_id text_pattern_ops, event_time);
