import { z } from "zod";
import { criteriaParameter } from "../../criteria/criteria-parameter.js";
import { checkMaskedCriteria, checkMaskedOrder } from "../../criteria/personal.js";
import { parseCriteria } from "../../criteria/shorthand.js";
import { discover } from "../../discovery/discover.js";
import { AppError } from "../../lib/errors.js";
import type { Stage } from "../../render/answer.js";
import { runReadOnly } from "../../sql/read-only.js";
import type { Tool, ToolContext } from "../tool.js";

const others = {
  intents: z
    .array(z.string())
    .default([])
    .describe('Wishes in two or three words each, such as "outdoor camping"; one entry for each wish.'),
  limit: z
    .number()
    .int()
    .min(1)
    .nullable()
    .optional()
    .describe("Most customers to give; leave it out for the user's own limit."),
  min_score: z.number().min(0).max(1).optional(),
  columns: z.array(z.string()).optional().describe("Columns of customers to show."),
  order: z.object({ column: z.string(), descending: z.boolean() }).optional(),
};
const sqlWhere = z
  .string()
  .optional()
  .describe("Instead of criteria: a SQL condition on customers c, for what criteria cannot say.");
const parameters = z.object({ criteria: z.unknown().optional(), sql_where: sqlWhere, ...others });

type Args = z.output<typeof parameters>;

/** Customers inside a gate of hard conditions, ranked by intents, each with its reasons. */
export const hybridDiscovery: Tool<Args> = {
  name: "hybrid_discovery",
  description:
    "Lists customers. Conditions that must hold are the gate (criteria, or sql_where); soft wishes are intents, which rank " +
    "those inside the gate by meaning; the result has each customer's score and reasons, and `total` is exact. " +
    "Use it for audiences: 'women over 40 who bought jewelry and are into luxury' is criteria for gender, age and " +
    "purchase, and the intent 'luxury'. Without intents it lists everyone in the gate. For counts and sums use sql_analytics.",
  parameters,
  declared: (catalogue) =>
    z.object({ criteria: criteriaParameter(catalogue).optional(), sql_where: sqlWhere, ...others }),
  run: runDiscovery,
};

/** The same without a gate. */
export const semanticSearch: Tool<{ intents: string[]; limit?: number | null | undefined }> = {
  name: "semantic_search",
  description:
    "Lists customers by their interests alone, best first, with score and reasons: for wishes without any condition that " +
    "must hold. With conditions use hybrid_discovery.",
  parameters: z.object({
    intents: z.array(z.string()).min(1),
    limit: z.number().int().min(1).nullable().optional(),
  }),
  run: ({ intents, limit }, context) => runDiscovery({ criteria: {}, intents, limit }, context),
};

async function runDiscovery(args: Omit<Args, "sql_where"> & { sql_where?: string | undefined }, context: ToolContext) {
  const gate = args.sql_where === undefined ? undefined : await gateOf(args.sql_where, args.criteria, context);
  const parsed = parseCriteria(gate?.criteria ?? args.criteria ?? {}, context.catalogue);
  if (context.mask) {
    checkMaskedCriteria(parsed.criteria, context.mask);
    if (args.order) checkMaskedOrder(args.order.column, context.mask);
  }
  const limit = args.limit === undefined ? context.limit : args.limit;
  const found = await discover(
    {
      criteria: parsed.criteria,
      intents: [...args.intents, ...parsed.intents],
      minScore: args.min_score ?? context.minScore,
      limit,
      columns: args.columns,
      order: args.order,
      asOf: context.asOf,
      asOfGiven: context.asOfGiven,
      signal: context.signal,
      see: context.see,
    },
    context.discovery,
  );
  return {
    columns: found.columns,
    rows: found.rows,
    total: found.total,
    truncated: found.rows.length < found.total,
    stages: [...(gate ? [gate.stage] : []), ...found.stages],
    warnings: [...parsed.warnings, ...found.warnings],
    embeddingTokens: found.embeddingTokens,
  };
}

/** The customers for whom a condition in SQL holds, through the same guard as any statement. */
async function gateOf(condition: string, criteria: unknown, context: ToolContext) {
  const { db, signal, clock } = context;
  if (criteria !== undefined && Object.keys(criteria as object).length > 0) {
    throw new AppError("usage", "criteria and sql_where are both given.", {
      hint: "Say all conditions in one of them.",
    });
  }
  const sql = `select c.customer_id from customers c where (${condition}\n)`;
  const { rows, total, ms } = await runReadOnly(db, sql, { limit: null, signal, clock, masking: context });
  const value = rows.map(([id]) => String(id));
  const stage: Stage = { stage: "query", engine: "postgres", sql, rows: total, ms };
  // Nobody: a condition that no customer meets.
  return {
    stage,
    criteria:
      value.length > 0
        ? { attribute: "customer_id", op: "in", value }
        : { attribute: "customer_id", op: "is_null", value: true },
  };
}
