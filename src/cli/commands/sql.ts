import type { ToolContext } from "../../agent/tool.js";
import { warmParser } from "../../sql/guard/parse-statement.js";
import { answerCall, toolContext, writeAnswer } from "../answering.js";
import type { SqlArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { textArgument } from "../read-argument.js";
import { createSettled } from "../settled.js";
import { withRuntime } from "../with-runtime.js";

/** `audience sql`: one guarded SELECT over the views. */
export async function run(args: SqlArgs, context: CommandContext): Promise<number> {
  const sql = await textArgument(args.statement, context.stdin);
  warmParser(); // while the database opens
  return withRuntime("sql", context, async (runtime) => {
    const settled = createSettled(runtime, async (catalogue) => toolContext(runtime, catalogue, context));
    const ask = (tools: ToolContext) =>
      answerCall({ tool: "sql_analytics", args: { sql } }, tools, ({ total }) => ({
        kind: "table",
        answer: `${total.toLocaleString("en-US")} ${total === 1 ? "row" : "rows"}.`,
        value: null,
        reading: "",
        criteria: null,
        warnings: [],
      }));
    const answer = await settled(ask, { signal: context.signal });
    await writeAnswer(answer, context);
    return 0;
  });
}
