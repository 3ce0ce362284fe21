import type { ZodObject } from "zod";
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
  if (parsed.success) return tool.run(parsed.data, context);
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`);
  throw new AppError("usage", `${call.tool} cannot be called so: ${wrong.join("; ")}.`, {
    hint: `Its arguments are ${Object.keys((tool.parameters as ZodObject).shape).join(", ")}.`,
  });
}

export function unknownTool(name: string): AppError {
  const names = [...tools.keys()];
  return new AppError("usage", `There is no tool ${name}.`, {
    hint: didYouMean(name, names) ?? `The tools are ${names.join(", ")}.`,
  });
}
