import type { ZodObject } from "zod";
import { maskRows } from "../../criteria/personal.js";
import { AppError } from "../../lib/errors.js";
import { didYouMean } from "../../lib/nearest.js";
import type { ToolCall, ToolOutcome } from "../../model/model.js";
import type { Tool, ToolContext } from "../tool.js";
import { describeData } from "./describe-data.js";
import { hybridDiscovery, semanticSearch } from "./hybrid-discovery.js";
import { similarCustomers } from "./similar-customers.js";
import { sqlAnalytics } from "./sql-analytics.js";
import { sqlDataRetriever } from "./sql-data-retriever.js";

/** Every tool by name. */
export const tools: ReadonlyMap<string, Tool> = new Map(
  [sqlAnalytics, hybridDiscovery, semanticSearch, similarCustomers, sqlDataRetriever, describeData].map((tool) => [
    tool.name,
    tool as unknown as Tool,
  ]),
);

/** Checks the arguments and runs the tool. Throws AppError "usage" for an unknown tool or arguments that do not fit. */
export async function runTool(call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
  const tool = tools.get(call.tool);
  if (!tool) throw unknownTool(call.tool);
  const parsed = tool.parameters.safeParse(call.args);
  if (parsed.success) return masked(await tool.run(parsed.data, context), call.tool, context);
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`);
  throw new AppError("usage", `${call.tool} cannot be called so: ${wrong.join("; ")}.`, {
    hint: `Its arguments are ${Object.keys((tool.parameters as ZodObject).shape).join(", ")}.`,
  });
}

/** Free SQL has been masked where it ran (src/sql/mask-statement.ts), the other tools name the columns that they give. */
function masked(outcome: ToolOutcome, tool: string, { mask }: ToolContext): ToolOutcome {
  if (!mask || (mask.forModel && tool !== "sql_analytics")) return outcome;
  const { columns, warnings } = outcome;
  const hidden = columns.filter((name) => mask.columns.customers.has(name) || mask.columns.events.has(name));
  if (hidden.length === 0) return outcome;
  const who = mask.forModel ? "; lists of customers and `audience sql` show them" : "";
  return {
    ...outcome,
    rows: maskRows(columns, outcome.rows, mask),
    warnings: [...warnings, `Personal columns are masked: ${hidden.join(", ")}${who}.`],
  };
}

export function unknownTool(name: string): AppError {
  const names = [...tools.keys()];
  return new AppError("usage", `There is no tool ${name}.`, {
    hint: didYouMean(name, names) ?? `The tools are ${names.join(", ")}.`,
  });
}
