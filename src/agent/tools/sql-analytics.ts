import { z } from "zod";
import { runReadOnly } from "../../sql/read-only.js";
import type { Tool } from "../tool.js";

const parameters = z.object({
  sql: z
    .string()
    .describe("One SELECT over the views customers, events and interests; name every column of the result."),
});

/** One guarded SELECT over the views. */
export const sqlAnalytics: Tool<z.output<typeof parameters>> = {
  name: "sql_analytics",
  description:
    "Runs one PostgreSQL SELECT over the views customers, events and interests (join on customer_id): counts, sums, " +
    "averages, groups, shares, comparisons, time series, windows. Do arithmetic here, not in your head: every number of " +
    "the answer has to come out of a result. Stored values are as describe_data shows them (event types are lower snake " +
    "case: purchase, view). Periods end at as_of, not at now(). Example: select country, count(*) as customers from " +
    "customers group by country order by customers desc limit 10",
  parameters,
  async run({ sql }, context) {
    const { db, limit, signal, clock } = context;
    const result = await runReadOnly(db, sql, { limit, signal, clock, masking: context });
    return {
      columns: result.columns,
      rows: result.rows as never,
      total: result.total,
      truncated: result.rows.length < result.total,
      stages: [{ stage: "query", engine: "postgres", sql, rows: result.total, ms: result.ms }],
      warnings: [],
      embeddingTokens: 0,
    };
  },
};
