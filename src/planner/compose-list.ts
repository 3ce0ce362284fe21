import type { Criteria } from "../criteria/schema.js";
import type { ToolCall } from "../model/model.js";
import { customersWord, figure, type Plan } from "./plan.js";
import type { Query } from "./query.js";

/** Customers by conditions, wishes and an order. */
export function composeList(query: Extract<Query, { kind: "list" }>, say: (criteria: Criteria) => string): Plan {
  const { customers, intents, columns, order, top } = query;
  const everyone = Object.keys(customers).length === 0;
  const gate = say(customers);
  const ranked = intents.length > 0 ? `ranked by interest in ${intents.map((i) => `"${i}"`).join(" and ")}` : "";
  const ordered = order ? `${order.descending ? "highest" : "lowest"} ${order.column} first` : "";
  const reading = [gate, ranked, ordered, top ? `first ${top}` : ""].filter((part) => part).join("; ");
  const limit = top === undefined ? {} : { limit: top };
  const call: ToolCall =
    everyone && intents.length > 0
      ? { tool: "semantic_search", args: { intents, ...limit } }
      : {
          tool: "hybrid_discovery",
          args: { criteria: customers, intents, ...limit, ...(columns && { columns }), ...(order && { order }) },
        };
  return {
    call,
    reading,
    criteria: customers,
    ...(intents.length === 0 && { customers }),
    ...(order && top && { cut: { column: order.column, top } }),
    tell: (outcome) => {
      const gateRows = outcome.stages.find((stage) => stage.stage === "gate")?.rows ?? 0;
      const { total } = outcome;
      if (intents.length > 0) {
        const wishes = intents.join(" and ");
        const inside = everyone ? "" : ` inside the gate of ${figure(gateRows)}`;
        return {
          kind: "customers",
          value: null,
          answer:
            total === 0
              ? `Nobody${inside} has an interest close to ${wishes}.`
              : `${figure(total)} ${customersWord(total)}${inside} ${total === 1 ? "has" : "have"} an interest close to ${wishes}, best first.`,
        };
      }
      if (top !== undefined && outcome.rows.length > 0) {
        return {
          kind: "customers",
          value: null,
          answer: `The first ${figure(outcome.rows.length)} of ${figure(total)} ${customersWord(total)}${ordered ? `, ${ordered}` : ""}.`,
        };
      }
      return { kind: "customers", value: null, answer: `${figure(total)} ${customersWord(total)}: ${gate}.` };
    },
  };
}
