import { callTool, FunctionTool } from "llamaindex";
import type { Catalogue } from "../../criteria/catalogue.js";
import { AppError } from "../../lib/errors.js";
import type { ToolCall, ToolOutcome } from "../../model/model.js";
import { portableSchema } from "../../model/portable-schema.js";
import type { ToolContext } from "../tool.js";
import { runTool, tools, unknownTool } from "../tools/tools.js";

/** llamaindex prints arguments and results: rows of customers have no place in a log. */
const SILENT = { log() {}, error() {}, warn() {} };

type Declared = FunctionTool<unknown, Promise<string>>;

/** The tools as llamaindex declares them to a language model, for this data. Calling them is `callFunctionTool`'s. */
export function declareTools(catalogue: Catalogue): Declared[] {
  return [...tools.values()].map((tool) =>
    declared(
      tool.name,
      tool.description,
      portableSchema(tool.declared?.(catalogue) ?? tool.parameters),
      async () => "",
    ),
  );
}

/**
 * Runs a call as a language model wrote it, its arguments still text. Throws AppError "usage" for a tool that does not
 * exist and for arguments that are no JSON or do not fit; nothing is run with them.
 */
export async function callFunctionTool(call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
  const tool = tools.get(call.tool);
  if (!tool) throw unknownTool(call.tool);
  let outcome: ToolOutcome | undefined;
  let thrown: unknown;
  const run = async (args: unknown) => {
    try {
      outcome = await runTool({ ...call, args: withoutNulls(args) }, context);
    } catch (error) {
      thrown = error;
    }
    return "";
  };
  const input = typeof call.args === "string" ? call.args || "{}" : JSON.stringify(call.args ?? {});
  const { isError, output } = await callTool(
    declared(tool.name, tool.description, {}, run),
    { id: call.id ?? "", name: call.tool, input },
    SILENT,
  );
  if (thrown !== undefined) throw thrown;
  if (isError || !outcome) {
    throw new AppError("usage", String(output), { hint: "Write the arguments as one JSON object." });
  }
  return outcome;
}

/** Models write null for what they leave out. */
function withoutNulls(args: unknown): unknown {
  if (args === null || typeof args !== "object" || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

function declared(
  name: string,
  description: string,
  parameters: Record<string, unknown>,
  run: (args: unknown) => Promise<string>,
): Declared {
  return FunctionTool.from(run, { name, description, parameters: parameters as never }) as Declared;
}
