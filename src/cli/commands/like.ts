import { answerCall, toolContext, withRuntime, writeAnswer } from "../answering.js";
import type { LikeArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";

/** `audience like`: the customers most like those that are named. */
export async function run({ ids }: LikeArgs, context: CommandContext): Promise<number> {
  return withRuntime("like", context, async (runtime) => {
    const catalogue = await runtime.catalogue();
    const call = { tool: "similar_customers", args: { customer_ids: ids } };
    const answer = await answerCall(call, toolContext(runtime, catalogue, context), ({ total, rows }) => ({
      kind: "customers",
      answer: `The ${rows.length.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} customers most like ${ids.join(", ")}.`,
      value: null,
      reading: `customers by how much their interests are like those of ${ids.join(", ")}`,
      criteria: null,
      warnings: [],
    }));
    await writeAnswer(answer, context);
    return 0;
  });
}
