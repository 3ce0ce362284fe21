import type { ToolContext } from "../../agent/tool.js";
import { sayCriteria } from "../../criteria/say.js";
import { parseCriteria } from "../../criteria/shorthand.js";
import type { Answer } from "../../render/answer.js";
import { answerCall, toolContext, writeAnswer } from "../answering.js";
import type { FindArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { jsonArgument } from "../read-argument.js";
import { createSettled } from "../settled.js";
import { withRuntime } from "../with-runtime.js";

/** `audience find`: runs criteria, without any planner. */
export async function run(args: FindArgs, context: CommandContext): Promise<number> {
  const input = await jsonArgument(args.file, context.stdin);
  return withRuntime("find", context, async (runtime) => {
    if (args.intents.length > 0) runtime.embedder.prepare();
    const settled = createSettled(runtime, async (catalogue) => toolContext(runtime, catalogue, context));
    const answer = await settled((tools) => find(input, args.intents, tools), { signal: context.signal });
    await writeAnswer(answer, context);
    return 0;
  });
}

function find(input: unknown, more: string[], tools: ToolContext): Promise<Answer> {
  const { catalogue } = tools;
  const { criteria, intents } = parseCriteria(input, catalogue);
  const wishes = [...intents, ...more];
  const reading = sayCriteria(criteria, catalogue) + (wishes.length ? `; ranked by: ${wishes.join(", ")}` : "");
  const call = { tool: "hybrid_discovery", args: { criteria: input, intents: more } };
  return answerCall(call, tools, ({ total }) => ({
    kind: "customers",
    answer: `${total.toLocaleString("en-US")} ${total === 1 ? "customer" : "customers"}.`,
    value: null,
    reading,
    criteria,
    warnings: [],
  }));
}
