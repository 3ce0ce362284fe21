import { z } from "zod";
import { parseCriteria } from "../../criteria/shorthand.js";
import { discover } from "../../discovery/discover.js";
import type { Tool, ToolContext } from "../tool.js";

const parameters = z.object({
  criteria: z
    .unknown()
    .describe('Hard conditions, for example {"all": [{"attribute": "age", "op": ">", "value": 30}]}; {} is everyone.'),
  intents: z.array(z.string()).default([]).describe("Wishes in words, for example luxury; one entry each."),
  limit: z.number().int().min(1).nullable().optional().describe("Most customers to give."),
  min_score: z.number().min(0).max(1).optional(),
  columns: z.array(z.string()).optional().describe("Columns of customers to show."),
  order: z.object({ column: z.string(), descending: z.boolean() }).optional(),
});

type Args = z.output<typeof parameters>;

/** Customers inside a gate of hard conditions, ranked by intents, each with its reasons. */
export const hybridDiscovery: Tool<Args> = {
  name: "hybrid_discovery",
  description:
    "Lists customers: criteria are the gate (SQL), intents rank those inside it (vectors), then profiles and reasons " +
    "are added. Give conditions that must hold as criteria, and soft wishes as intents.",
  parameters,
  run: runDiscovery,
};

/** The same without a gate. */
export const semanticSearch: Tool<{ intents: string[]; limit?: number | null | undefined }> = {
  name: "semantic_search",
  description: "Lists customers by their interests alone, for wishes without any hard condition.",
  parameters: z.object({
    intents: z.array(z.string()).min(1),
    limit: z.number().int().min(1).nullable().optional(),
  }),
  run: ({ intents, limit }, context) => runDiscovery({ criteria: {}, intents, limit }, context),
};

async function runDiscovery(args: Args, context: ToolContext) {
  const parsed = parseCriteria(args.criteria, context.catalogue);
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
    },
    context.discovery,
  );
  return {
    columns: found.columns,
    rows: found.rows,
    total: found.total,
    truncated: found.rows.length < found.total,
    stages: found.stages,
    warnings: [...parsed.warnings, ...found.warnings],
    embeddingTokens: found.embeddingTokens,
  };
}
