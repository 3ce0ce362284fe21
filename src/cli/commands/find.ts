import { sayCriteria } from "../../criteria/say.js";
import { parseCriteria } from "../../criteria/shorthand.js";
import { answerCall, toolContext, withRuntime, writeAnswer } from "../answering.js";
import type { FindArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { jsonArgument } from "../read-argument.js";

/** `audience find`: runs criteria, without any planner. */
export async function run(args: FindArgs, context: CommandContext): Promise<number> {
  const input = await jsonArgument(args.file, context.stdin);
  return withRuntime("find", context, async (runtime) => {
    if (args.intents.length > 0) runtime.embedder.prepare();
    const catalogue = await runtime.catalogue();
    const parsed = parseCriteria(input, catalogue);
    const intents = [...parsed.intents, ...args.intents];
    const reading =
      sayCriteria(parsed.criteria, catalogue) + (intents.length ? `; ranked by: ${intents.join(", ")}` : "");
    const call = { tool: "hybrid_discovery", args: { criteria: input, intents: args.intents } };
    const answer = await answerCall(call, toolContext(runtime, catalogue, context), ({ total }) => ({
      kind: "customers",
      answer: `${total.toLocaleString("en-US")} ${total === 1 ? "customer" : "customers"}.`,
      value: null,
      reading,
      criteria: parsed.criteria,
      warnings: [],
    }));
    await writeAnswer(answer, context);
    return 0;
  });
}
