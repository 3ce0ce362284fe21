import type { FinalAnswer, ToolCall, ToolOutcome } from "../../model/model.js";
import { answerCall, toolContext, writeAnswer } from "../answering.js";
import type { LikeArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { createSettled } from "../settled.js";
import { withRuntime } from "../with-runtime.js";

/** `audience like`: the customers most like those that are named. */
export async function run({ ids }: LikeArgs, context: CommandContext): Promise<number> {
  const finish = ({ total, rows }: ToolOutcome): Omit<FinalAnswer, "table"> => ({
    kind: "customers",
    answer: `The ${rows.length.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} customers most like ${ids.join(", ")}.`,
    value: null,
    reading: `customers by how much their interests are like those of ${ids.join(", ")}`,
    criteria: null,
    warnings: [],
  });
  return withRuntime("like", context, async (runtime) => {
    const settled = createSettled(runtime, async (catalogue) => toolContext(runtime, catalogue, context));
    const call: ToolCall = { tool: "similar_customers", args: { customer_ids: ids } };
    const answer = await settled((tools) => answerCall(call, tools, finish), { signal: context.signal });
    await writeAnswer(answer, context);
    return 0;
  });
}
