import { readAudience, readClauses } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { bandWidth } from "./bands.js";
import { customersByEvent } from "./customers-by-event.js";
import { isCustomerDimension, readDimension, readGroupings, readStatistic } from "./dimensions.js";
import { readPair } from "./pair.js";
import type { Query } from "./query.js";
import { filledColumn, LEADS, problem, type Reading } from "./reading.js";
import { readCustomers } from "./top-question.js";
import { readNumericColumn } from "./values.js";

/** "Compare the average total spend of men and women", "compare average age by country" */
export function readCompare(reading: Reading): Query | undefined {
  const { cursor } = reading;
  if (!cursor.take("compare")) return undefined;
  cursor.take("the");
  const counted = cursor.take("number of", "count of");
  const statistic = counted ? undefined : readStatistic(reading);
  const column = statistic && readNumericColumn(reading);
  if (!counted && !column) return undefined;
  const base = {
    kind: "groups",
    statistic: statistic ?? "count",
    column: column || undefined,
  } as const;
  const by = readGroupings(reading);
  if (by) return by.every(isCustomerDimension) ? { ...base, groups: { by }, customers: {} } : undefined;
  cursor.take("of", "between", "for", "among");
  const pair = readPair(reading);
  return pair && { ...base, ...pair };
}

/** "distribution of customers by favourite colour", "customers by country" */
export function readDistribution(reading: Reading): Query | undefined {
  const { cursor } = reading;
  cursor.take(...LEADS);
  cursor.take("the", "a");
  const split = cursor.attempt(() => {
    const by = readDimension(reading);
    if (!by || by.kind === "time" || !cursor.take("split", "distribution", "breakdown", "mix")) return undefined;
    const customers = cursor.done ? {} : cursor.take("of", "for", "among") ? readCustomers(reading) : undefined;
    return customers && (by.kind === "band" || by.view === "customers") ? { by, customers } : undefined;
  });
  if (split) {
    const numeric = split.by.kind === "column" && split.by.column === "age";
    const by = numeric ? ({ kind: "band", column: "age", width: 10 } as const) : split.by;
    return { kind: "groups", statistic: "count", column: undefined, groups: { by: [by] }, customers: split.customers };
  }
  const signups = cursor.attempt(() => readSignups(reading));
  if (signups) return signups;
  cursor.take("how are the", "how are our", "how are");
  const said = cursor.take("distribution of", "breakdown of", "split of");
  const spread = said ? cursor.attempt(() => readSpread(reading)) : undefined;
  if (spread) return spread;
  const draft = new AudienceDraft();
  if (!readAudience(reading, draft)) return undefined;
  if (said) cursor.take("over", "across");
  const bare = () => (said ? readDimension(reading) : undefined);
  const by = readGroupings(reading) ?? [bare()].filter((one) => one !== undefined);
  if (by.length === 0) return undefined;
  readClauses(reading, draft);
  const audience = finishAudience(reading, draft);
  if (!audience || audience.intents.length > 0) return undefined;
  if (!by.every(isCustomerDimension)) return customersByEvent(audience.criteria, { by });
  return { kind: "groups", statistic: "count", column: undefined, groups: { by }, customers: audience.criteria };
}

/** "signups per month", "new customers by week": by the day on which they signed up. */
function readSignups(reading: Reading): Query | undefined {
  const { cursor } = reading;
  cursor.take("number of", "count of", "how many");
  if (!cursor.take("signup", "sign up", "new signup", "registration", "customer signup", "customers signed up"))
    return undefined;
  const column = filledColumn(reading, "signup_date")?.name;
  const by = readGroupings(reading);
  if (!column || by?.length !== 1 || by[0]?.kind !== "time" || by[0].unit === "hour") return undefined;
  return {
    kind: "groups",
    statistic: "count",
    column: undefined,
    groups: { by: [{ ...by[0], column }] },
    customers: {},
  };
}

/** "(distribution of) total spent among women": a number in about ten bands. */
function readSpread(reading: Reading): Query | undefined {
  const { cursor, catalogue } = reading;
  cursor.take("customer", "the");
  const name = readNumericColumn(reading);
  const column = catalogue.views.customers.columns.find((c) => c.name === name);
  const width = column && bandWidth(column);
  const customers = cursor.done
    ? {}
    : cursor.take("of", "for", "among", "across", "over")
      ? readCustomers(reading)
      : undefined;
  if (!name || !customers) return undefined;
  if (!width)
    return problem(reading, `How far ${name} ranges is not known; ask for its average, or for those above a limit.`);
  const by = { kind: "band", column: name, width } as const;
  return { kind: "groups", statistic: "count", column: undefined, groups: { by: [by] }, customers };
}
