import type { Criteria } from "../criteria/schema.js";
import type { Query } from "./query.js";

/** What a question leaves behind in its session: what the next one may refer to. */
export interface Previous {
  /** Who "those" are; undefined where no conditions say it, as of the first ten or of a share. */
  criteria: Criteria | undefined;
  /** The whole question, which a follow-up narrows or changes. */
  query: Query;
  /** Words of it say more than their conditions do ("VIPs", "whose last purchase"): they can be added to, not changed. */
  fixed: boolean;
}

/** What the next question may refer to. */
export function previousOf(query: Query, fixed: boolean): Previous {
  return { criteria: audienceOf(query), query, fixed };
}

/** Who "those" are after a query; undefined where no conditions say it. */
export function audienceOf(query: Query): Criteria | undefined {
  switch (query.kind) {
    case "count":
    case "statistic":
    case "distinct":
      return query.customers;
    case "list":
      // The first ten and the most interested are no conditions.
      return query.top === undefined && query.intents.length === 0 ? query.customers : undefined;
    case "groups": {
      const { groups, part, customers } = query;
      return groups.top === undefined && !groups.having && !part ? customers : undefined;
    }
    default:
      return undefined;
  }
}
