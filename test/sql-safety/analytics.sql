--# Counting and grouping
select count(*) from customers
select count(*) as customers, count(distinct country) as countries from audience.customers;
select country, count(*) as n from customers group by country order by n desc, country limit 10
select country, gender, count(*) from customers group by 1, 2 having count(*) > 3 order by 3 desc
select count(*) filter (where age >= 40) as older, count(*) filter (where age < 40) as younger from customers
select country, city, count(*) from customers group by rollup (country, city)
select country, gender, grouping(country, gender) as level, count(*) from customers group by cube (country, gender)
select country, gender, count(*) from customers group by grouping sets ((country), (gender), ())
select event_type, category, sum(amount) from events group by distinct rollup (event_type, category), rollup (event_type)
select bool_and(age is not null), bool_or(age > 90), every(customer_id <> '') from customers
select min(age), max(age), avg(age)::numeric(10, 2), sum(total_spent), round(avg(total_spent), 2) from customers
select distinct on (country) country, customer_id, total_spent from customers order by country, total_spent desc nulls last
select distinct category, color from events order by 1, 2
select case when age < 30 then 'young' when age < 60 then 'middle' else 'old' end as band, count(*) from customers group by 1
select case event_type when 'purchase' then 3 when 'add_to_cart' then 2 else 1 end as weight, count(*) from events group by 1
select coalesce(country, '(none)') as country, nullif(count(*), 0) as n from customers group by 1
select greatest(age, 18), least(age, 65) from customers
select c.* from customers c where c.country is not null and not c.likes_luxury is true
select all country from customers fetch first 5 rows only
select country, count(*) from customers group by country order by count(*) desc fetch first 2 rows with ties
--# Statistics
select percentile_cont(0.5) within group (order by total_spent) from customers
select percentile_cont(array[0.25, 0.5, 0.75]) within group (order by age) from customers
select country, percentile_disc(0.9) within group (order by age desc) filter (where age > 0) from customers group by country
select mode() within group (order by favorite_color) from customers
select stddev(age), stddev_pop(age), stddev_samp(age), variance(age), var_pop(age), var_samp(age) from customers
select corr(age, total_spent), covar_pop(age, total_spent), regr_slope(total_spent, age), regr_r2(total_spent, age) from customers
select regr_count(age, purchases), regr_intercept(age, purchases), regr_avgx(age, purchases), regr_sxy(age, purchases) from customers
select width_bucket(age, 0, 100, 10) as bucket, count(*) from customers group by 1 order by 1
select width_bucket(age, array[18, 30, 45, 60]) as bucket, count(*) from customers group by 1 order by 1
select rank(40) within group (order by age), percent_rank(40) within group (order by age) from customers
select floor(age / 10.0)::int * 10 as decade, count(*) from customers group by 1 order by 1
--# Windows
select customer_id, row_number() over (order by total_spent desc nulls last) from customers
select country, customer_id, rank() over (partition by country order by total_spent desc), dense_rank() over (order by age) from customers
select customer_id, ntile(4) over (order by total_spent), cume_dist() over (order by total_spent), percent_rank() over (order by age) from customers
select event_id, lag(event_time) over w as before, lead(event_time, 2, event_time) over w as after from events window w as (partition by customer_id order by event_time, event_id)
select event_id, first_value(category) over w, last_value(category) over w, nth_value(category, 2) over w from events window w as (partition by customer_id order by event_time rows between unbounded preceding and unbounded following)
select event_time::date as day, sum(sum(amount)) over (order by event_time::date rows between 6 preceding and current row) as week from events where event_type = 'purchase' group by 1
select event_id, count(*) over (order by event_time range between interval '7 days' preceding and current row exclude current row) from events limit 20
select customer_id, sum(amount) over (partition by customer_id order by event_time groups between 1 preceding and 1 following exclude ties) from events
select distinct country, 100.0 * count(*) over (partition by country) / count(*) over () as share from customers
select * from (select c.customer_id, country, row_number() over (partition by country order by revenue desc) as place from customers c) ranked where place <= 3
--# Subqueries, joins and WITH
with buyers as (select customer_id, sum(amount) as spent from events where event_type = 'purchase' group by 1) select c.country, avg(b.spent) from buyers b join customers c using (customer_id) group by 1
with a as (select 1 as n), b as (select n + 1 as n from a), c as materialized (select n + 1 as n from b) select * from a union all select * from b union all select * from c
with firsts(customer_id, month) as (select customer_id, date_trunc('month', min(event_time)) from events group by 1) select month, count(*) from firsts group by 1 order by 1
select c.customer_id, last.product_name from customers c left join lateral (select product_name from events e where e.customer_id = c.customer_id order by event_time desc limit 1) last on true
select c.customer_id, t.what, t.n from customers c cross join lateral (values ('views', c.views), ('purchases', c.purchases)) as t(what, n)
select customer_id from customers c where exists (select 1 from events e where e.customer_id = c.customer_id and e.category = 'jewelry')
select customer_id from customers where customer_id not in (select customer_id from events where customer_id is not null)
select customer_id from customers where total_spent > all (select avg(total_spent) from customers group by country)
select customer_id from customers where total_spent >= any (array[800, 900, 1000])
select (select count(*) from customers) as customers, (select count(*) from events) as events, (select count(*) from interests) as interests
select array(select distinct country from customers where country is not null order by 1) as countries
select country from customers intersect select country from customers where age > 50 except select 'DE' order by 1
(select 'a' as x union select 'b') union all (select 'c' order by 1 limit 1) order by x
select * from (values (1, 'one'), (2, 'two')) as v(n, word) full join (values (2), (3)) as w(n) using (n)
values (1, 'a'), (2, 'b')
table customers
select c.customer_id from customers c natural join interests i where i.share > 0.5 limit 10
select a.customer_id, b.customer_id from customers a join customers b on a.city = b.city and a.customer_id < b.customer_id limit 10
select e.category, i.dimension, count(*) from events e join interests i on i.customer_id = e.customer_id and i.value = e.category group by 1, 2
with x as (select * from customers) select x.country, (with y as (select 1 as one) select one from y) from x limit 3
select c.customer_id, (select max(e.event_time) from events e where e.customer_id = c.customer_id) as last from customers c limit 5
--# Times
select date_trunc('month', event_time) as month, count(*) from events group by 1 order by 1
select extract(year from event_time)::int as year, extract(isodow from event_time) as weekday, count(*) from events group by 1, 2
select to_char(event_time, 'YYYY-MM') as month, sum(amount) from events where event_type = 'purchase' group by 1 order by 1
select day::date, count(e.event_id) from generate_series('2025-01-01'::date, '2025-01-31'::date, interval '1 day') as day left join events e on e.event_time::date = day::date group by 1 order by 1
select generate_series(1, 12) as month
select * from generate_series(timestamptz '2025-01-01', '2025-12-01', '1 month') with ordinality as m(month, n)
select age(max(event_time), min(event_time)), max(event_time) - min(event_time) from events
select (max(event_time)::date - min(event_time)::date) as days from events
select count(*) from events where event_time >= (select max(event_time) from events) - interval '30 days'
select count(*) from events where event_time between '2025-01-01' and timestamp '2025-03-31' + interval '1' day
select customer_id, current_date - signup_date as days from customers where signup_date is not null
select event_time at time zone 'Europe/Berlin' as local, event_time at time zone 'UTC' from events limit 3
select date_part('hour', event_time) as hour, count(*) from events group by 1 order by 2 desc
select now() > max(event_time), current_timestamp > max(event_time), localtimestamp is not null from events
select make_date(2025, 1, 31) + make_interval(months => 1), date '2025-03-01' - integer '1', justify_days(interval '45 days')
select (event_time, event_time + interval '1 hour') overlaps (timestamptz '2025-01-01', timestamptz '2025-02-01') from events limit 3
select to_date('31.12.2025', 'DD.MM.YYYY'), to_timestamp(1735689600), to_timestamp('2025-01-01 12', 'YYYY-MM-DD HH24')
select date_bin('15 minutes', event_time, timestamptz '2025-01-01') as slot, count(*) from events group by 1 limit 5
select extract(epoch from max(event_time) - min(event_time)) / 86400 from events
select daterange('2025-01-01', '2025-02-01') @> signup_date, isempty(daterange('2025-01-01', '2025-01-01')) from customers limit 2
--# Text
select lower(first_name) || ' ' || upper(last_name) as name, initcap(city), length(email) from customers limit 5
select count(*) from customers where email ilike '%@%.com' and first_name not like 'A\_%' escape '\'
select count(*) from customers where first_name similar to '(A|B)%' or email ~* '^[a-m].*' and email !~ '\s'
select split_part(email, '@', 2) as domain, count(*) from customers group by 1 order by 2 desc
select substring(email from '@(.*)$'), substring(email from 1 for 3), substr(email, 2, 3), left(email, 2), right(email, 3) from customers limit 2
select position('@' in email), strpos(email, '@'), overlay(email placing '***' from 2 for 3), trim(both ' ' from first_name), btrim(city), ltrim(city), rtrim(city) from customers limit 2
select regexp_replace(email, '^(.).*@', '\1***@', 'g'), (regexp_match(email, '@(.+)$'))[1] from customers limit 3
select word, count(*) from events, regexp_split_to_table(product_name, '\s+') as word group by 1 order by 2 desc limit 10
select country, string_agg(distinct city, ', ' order by city) from customers group by country
select country, array_agg(customer_id order by customer_id) from customers group by country
select format('%s %s', first_name, last_name), concat(first_name, ' ', last_name), concat_ws(', ', city, country), replace(city, 'a', 'o'), reverse(city), translate(city, 'ae', '43') from customers limit 2
select country, repeat('#', (count(*) / 5)::int) as bar from customers group by country order by count(*) desc
select lpad(customer_id, 6, '0'), rpad(city, 12, '.'), md5(email), starts_with(city, 'B'), ascii(city), chr(65), quote_literal(city) from customers limit 2
select count(*) from customers where first_name collate "C" < 'M' and city is distinct from country
select E'it\'s', 'it''s', $$it's$$, $tag$it's$tag$, U&'d\0061ta' -- ; nothing after this
/* a comment; of some /* depth */ here */ select 1 as "a column; with a semicolon"
--# Numbers
select round(avg(total_spent), 2), ceil(1.2), floor(-1.2), trunc(1.987, 2), abs(-3), sign(-2), mod(7, 3), div(7, 2), power(2, 10), sqrt(2), exp(1), ln(10), log(100), pi() from customers
select 7 / 2, 7 % 3, 2 ^ 10, |/ 16, @ -5, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 256 >> 2, 1.5e3, -7::numeric / 2
select 100.0 * count(*) filter (where purchases > 0) / nullif(count(*), 0) as conversion from customers
select total_spent::integer, age::text, customer_id::bigint, cast(age as double precision), age::numeric(5, 1), '12'::smallint, 1::boolean from customers limit 2
select count(*) from customers where age between symmetric 60 and 30 and age in (30, 31, 32) or age isnull
select random() between 0 and 1, gcd(12, 18), lcm(4, 6), degrees(pi()), greatest(1, null, 3), 1 is not null, (1 = 1) is not unknown
--# JSON and arrays
select json_build_object('country', country, 'n', count(*)) from customers group by country
select jsonb_agg(jsonb_build_object('id', customer_id, 'spent', total_spent) order by customer_id) from customers where age > 70
select country, json_object_agg(customer_id, age) from customers group by country
select to_jsonb(c) ->> 'country' as country, row_to_json(c) -> 'age', to_json(c) #>> '{city}' from customers c limit 2
select key, value from customers c, jsonb_each_text(to_jsonb(c)) where customer_id = '1'
select x ->> 'a', (x -> 'b' ->> 0)::int, x #>> '{b,1}', x ? 'a', x @> '{"a": "1"}', x - 'a', jsonb_typeof(x) from (select '{"a": "1", "b": [2, 3]}'::jsonb as x) t
select r.a, r.b from jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]') as r(a int, b text)
select value::int * 2 from jsonb_array_elements_text('[1, 2, 3]')
select unnest(array[1, 2, 3]) as n, array[1, 2] || 3, array_length(array[1, 2], 1), cardinality(array[1]), array[[1, 2], [3, 4]]
select u.n, u.letter from unnest(array[1, 2], array['a', 'b']) as u(n, letter)
select * from rows from (generate_series(1, 3), unnest(array['a', 'b'])) with ordinality as t(n, letter, place)
select (array_agg(category order by event_time))[1:3], array_to_string(array_agg(distinct color), '/'), array_position(array['a', 'b'], 'b') from events where customer_id = '1'
select customer_id from customers where array[gender] <@ array['F', 'M'] and string_to_array(customer_id, ',') && array['1', email]
select 'purchase' = any (array_agg(event_type)) from events group by customer_id limit 3
--# Rows
select c from customers c limit 1
select count(c), count(c.*) from customers c
select (c).email from customers c limit 1
select row(1, 'a') = row(1, 'a'), (1, 2) < (2, 1), (age, country) in ((30, 'DE'), (31, 'FR')) from customers limit 1
select a, b from customers as c(a, b) limit 1
select x from (select customer_id as x from customers) x limit 1
select "first_name" as "First name", age as "select" from "audience"."customers" limit 1
--# Empty results
select * from customers where false
select customer_id, age from customers limit 0
--# Since PostgreSQL 16
select json_object('country': country, 'n': count(*)), json_arrayagg(customer_id order by customer_id) from customers group by country
select any_value(country), json_array(1, 'a'), json_objectagg(customer_id: age), '{}' is json object from customers
