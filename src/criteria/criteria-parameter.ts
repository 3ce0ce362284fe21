import { z } from "zod";
import type { Catalogue } from "./catalogue.js";
import { dimensions, engagementLevels, numberOperators, operators } from "./schema.js";

/** Event types that this product itself names; others of the data are read with describe_data, as data. */
const KNOWN_EVENTS = ["purchase", "add_to_cart", "view", "refund", "view_cart", "wishlist", "search"];

/** What an event has of its own, which conditions do not name. */
const OWN = new Set(["event_id", "customer_id", "event_type", "event_time", "order_id"]);
const NUMBERS = new Set(["price", "quantity", "amount"]);

/**
 * The criteria language as a schema for language models: the columns of this data by name, two levels deep, since not
 * every provider takes schemas that refer to themselves. What arrives is checked by `parseCriteria`.
 */
export function criteriaParameter(catalogue: Catalogue): z.ZodType {
  const scalar = z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]);
  const limit = z.object({ op: z.enum(numberOperators), value: z.number() });
  const columns = catalogue.views.customers.columns.filter(({ filled }) => filled > 0).map(({ name }) => name);
  // Text by its value, numbers by a limit: each column stands here three times, and every call pays for it.
  const where = Object.fromEntries(
    catalogue.views.events.columns
      .filter(({ name, type, filled }) => filled > 0 && !OWN.has(name) && (type === "text" || NUMBERS.has(name)))
      .map(({ name, type }) => [name, (type === "text" ? z.string() : limit).optional()]),
  );
  const types = catalogue.eventTypes.map(({ value }) => value).filter((value) => KNOWN_EVENTS.includes(value));
  const condition = z.object({
    attribute: z
      .enum(columns as [string, ...string[]])
      .optional()
      .describe("A column of customers; with op and value."),
    op: z.enum(operators).optional(),
    value: scalar
      .optional()
      .describe("As stored; between takes [from, to], in takes a list. For an interest: its value."),
    event: z
      .string()
      .optional()
      .describe(`An event type (${types.join(", ")}) or "any": at least one such event.`),
    where: z.object(where).optional().describe("Columns of the event and the values they must have."),
    within: z
      .object({
        days: z.number().optional(),
        months: z.number().optional(),
        from: z.string().optional().describe("ISO date, included"),
        to: z.string().optional().describe("ISO date, excluded"),
      })
      .optional()
      .describe("The period of the event: the last days or months before as_of, or from and to."),
    count: limit.optional().describe("How many such events; {op: '=', value: 0} means never."),
    sum: limit
      .extend({ field: z.string() })
      .optional()
      .describe("The sum of a column of those events, such as amount."),
    interest: z
      .enum(dimensions)
      .optional()
      .describe("A weighted interest of the profile, with value and perhaps share."),
    share: limit.optional().describe("Share (0 to 1) of the customer's weight in that dimension."),
    engagement: z.enum(engagementLevels).optional(),
  });
  const nested = condition.extend({
    not: condition.optional().describe("The condition must not hold."),
    any: z.array(condition).optional().describe("At least one of these holds."),
  });
  return z
    .object({ all: z.array(nested).optional() })
    .describe(
      'Conditions that must hold; {} is everyone. Example: {"all": [{"attribute": "age", "op": ">", "value": 30}]}',
    );
}
