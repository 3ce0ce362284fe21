import { z } from "zod";
import { runReadOnly } from "../../sql/read-only.js";
import type { Tool } from "../tool.js";

const parameters = z.object({ sql: z.string().describe("One SELECT over the views customers, events and interests.") });

/** One guarded SELECT over the views. */
export const sqlAnalytics: Tool<z.output<typeof parameters>> = {
  name: "sql_analytics",
  description:
    "Runs one SELECT over the views customers, events and interests: counts, sums, groups, comparisons. " +
    "Call describe_data first for columns and values.",
  parameters,
  async run({ sql }, context) {
    const { db, limit, signal, clock } = context;
    const result = await runReadOnly(db, sql, { limit, signal, clock });
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
