import { expect, test } from "vitest";
import { checkStatement } from "./guard.js";

test.each([
  [
    "select pg_read_file('x')",
    "pg_read_file() is not among the functions that can be used here.",
    /functions for numbers/,
  ],
  ["select lenght(email) from customers", "lenght() is not among the functions", /^Did you mean length/],
  ["select median(age) from customers", "median() is not among", /percentile_cont\(0.5\) within group/],
  ["select datediff(a, b) from customers", "datediff() is not among", /a::date - b::date/],
  ["select constructor(1)", "constructor() is not among", /./],
  ["select 1::strng", "Type strng is not among the types", /./],
  ["select 1::string", "Type string is not among the types", /^Did you mean text\?$/],
  ["select 1::datetime", "Type datetime is not among the types", /^Did you mean timestamp\?$/],
  ["select * from custmers", "custmers is not among the views.", /^Did you mean customers\? The views are/],
  ["select * from app.customers", "app.customers is not among the views.", /^Did you mean customers\?/],
  ["with buyers as (select 1) select * from buyrs", "buyrs is not among the views.", /^Did you mean buyers\?/],
  ["with customers as (select 1) select 1", "WITH cannot name a subquery customers.", /name that no view/],
  ["with recursive r as (select 1) select 1", "WITH RECURSIVE cannot be used here.", /generate_series/],
  ["select * into t from customers", "INTO cannot be used here.", /nothing can be stored/],
  ["select 1 from customers for update", "FOR UPDATE or FOR SHARE cannot be used here.", /only read/],
  ["delete from customers", "Only SELECT can be run, not DELETE.", /nothing can be changed/],
  [
    "with x as (delete from events returning 1) select 1",
    "Only SELECT can be run, not DELETE.",
    /nothing can be changed/,
  ],
  ["refresh materialized view x", "Only SELECT can be run, not REFRESH MATERIALIZED VIEW.", /./],
  ["select 1; select 2", "One statement is taken; these are 2.", /UNION ALL/],
  ["select $1", "A parameter ($1) cannot be used here.", /value itself/],
  ["select 1 !~~~ 2", "Operator !~~~ is not among the operators", /comparison/],
  ["select current_user", "current_user cannot be used here.", /current_date/],
  ["select generate_series(1, 2000000)", "generate_series() of 2e+6 rows is too long.", /1000000/],
  ["select repeat('x', 20000)", "repeat() to 20000 characters is too long.", /10000/],
  ["select 1\n  fro customers", 'Syntax error at or near "customers" (line 2, column 7).', /PostgreSQL's dialect/],
  ["select 'é', '日本' form customers", 'Syntax error at or near "customers" (line 1, column 23).', /./],
  ["select 'a", "Unterminated quoted string", /./],
  ["-- nothing", "The statement is empty.", /SELECT/],
  [";;", "The statement is empty.", /SELECT/],
  ["select 1\0; select 2", "The statement holds control characters", /chr\(n\)/],
  [`select ${"1".repeat(100_000)}`, "The statement has 100007 characters; at most 100000 are taken.", /./],
])("refuses %j", async (statement, message, hint) => {
  await expect(checkStatement(statement)).rejects.toMatchObject({
    code: "query",
    message: expect.stringContaining(message),
    hint: expect.stringMatching(hint),
  });
});

test.each([
  ["  select 1 ; ", "select 1"],
  ["select 'é' as a; -- done", "select 'é' as a"],
  ["/* first */ select 1 -- last", "select 1 -- last"],
])("gives the statement itself of %j", async (input, statement) => {
  expect((await checkStatement(input)).trim()).toBe(statement);
});
