import { answerQuestion } from "../../agent/loop.js";
import type { ToolContext } from "../../agent/tool.js";
import { AppError } from "../../lib/errors.js";
import type { Model } from "../../model/model.js";
import type { Answer } from "../../render/answer.js";
import { createPlanner, toolContext, withRuntime, writeAnswer } from "../answering.js";
import type { AskArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { EXIT_REFUSED } from "../exit-codes.js";
import { textArgument } from "../read-argument.js";

/** `audience ask`: one question, one answer. */
export async function run(args: AskArgs, context: CommandContext): Promise<number> {
  const question = await textArgument(args.question, context.stdin);
  return withRuntime("ask", context, async (runtime) => {
    const catalogue = await runtime.catalogue();
    const tools = toolContext(runtime, catalogue, context);
    const answer = await askOne(question, createPlanner(runtime, catalogue, context)(question, tools), tools);
    await writeAnswer(answer, context);
    return answer.kind === "refusal" ? EXIT_REFUSED : 0;
  });
}

/** The answer at the end of a question's events. */
export async function askOne(question: string, model: Model, tools: ToolContext): Promise<Answer> {
  for await (const event of answerQuestion(question, model, tools)) {
    if (event.type === "answer") return event.answer;
  }
  throw new AppError("refused", "The question ended without an answer.");
}
