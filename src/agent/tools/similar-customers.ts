import { z } from "zod";
import { findLookAlikes } from "../../discovery/look-alikes.js";
import type { Tool } from "../tool.js";

const parameters = z.object({
  customer_ids: z.array(z.string()).min(1).max(100).describe("The customers to resemble, by their ids."),
  limit: z
    .number()
    .int()
    .min(1)
    .nullable()
    .optional()
    .describe("Most customers to give; leave it out for the user's own limit."),
  columns: z.array(z.string()).optional().describe("Columns of customers to show."),
});

/** Look-alikes. A tool of its own: wishes and ids in one would need arguments of which either is required. */
export const similarCustomers: Tool<z.output<typeof parameters>> = {
  name: "similar_customers",
  description:
    "Lists the customers whose interests are most like those of given customers (look-alikes), best first, with score and " +
    "shared interests; the given ones are not in the list. `total` counts everyone who was compared. For interests in " +
    "words use semantic_search.",
  parameters,
  async run({ customer_ids, limit, columns }, context) {
    const { asOf, asOfGiven, signal } = context;
    const found = await findLookAlikes(
      {
        customerIds: customer_ids,
        limit: limit === undefined ? context.limit : limit,
        columns,
        asOf,
        asOfGiven,
        signal,
      },
      context.discovery,
    );
    return { ...found, truncated: found.rows.length < found.total };
  },
};
