import type { Answer } from "../render/answer.js";
import type { ToolContext } from "./tool.js";
import { runTool } from "./tools/tools.js";

/**
 * The answer with every row of its table: the call that gave the table is made once more, without a limit and as of the
 * same moment. No model is asked again, so what it costs is time. A recorded answer has personal columns masked: they
 * are as the user may see them now.
 */
export async function withEveryRow(answer: Answer, tools: ToolContext): Promise<Answer> {
  const step = answer.table === undefined ? undefined : answer.steps[answer.table];
  if (step === undefined) return answer;
  const asOf = answer.as_of ?? tools.asOf;
  const call = { tool: step.tool, args: step.args as Record<string, unknown> };
  const { columns, rows, total, truncated } = await runTool(call, { ...tools, asOf, limit: null });
  return { ...answer, columns, rows, total, truncated };
}
