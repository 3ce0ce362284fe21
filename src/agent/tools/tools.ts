import { AppError } from "../../lib/errors.js";
import type { ToolCall, ToolOutcome } from "../../model/model.js";
import type { Tool, ToolContext } from "../tool.js";
import { describeData } from "./describe-data.js";
import { hybridDiscovery, semanticSearch } from "./hybrid-discovery.js";
import { sqlAnalytics } from "./sql-analytics.js";
import { sqlDataRetriever } from "./sql-data-retriever.js";

/** Every tool by name. */
export const tools: ReadonlyMap<string, Tool> = new Map(
  [sqlAnalytics, hybridDiscovery, semanticSearch, sqlDataRetriever, describeData].map((tool) => [
    tool.name,
    tool as unknown as Tool,
  ]),
);

/** Checks the arguments and runs the tool. Throws AppError "usage" for an unknown tool or arguments that do not fit. */
export async function runTool(call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
  const tool = tools.get(call.tool);
  if (!tool) throw new AppError("usage", `There is no tool ${call.tool}.`);
  const parsed = tool.parameters.safeParse(call.args);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new AppError(
      "usage",
      `${call.tool}: ${issue?.path.join(".") ?? "arguments"}: ${issue?.message ?? "invalid"}.`,
    );
  }
  return tool.run(parsed.data, context);
}
