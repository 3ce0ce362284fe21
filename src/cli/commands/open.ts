import { loadSavedQuestions, savedQuestions } from "../../config/saved-questions.js";
import { renderRows } from "../../render/render-rows.js";
import type { OpenArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { writeOut } from "../write-out.js";
import { answerOne } from "./ask.js";

/** `audience open`: asks a saved question of the data as they are now; without a name, lists what is saved. */
export async function run({ name }: OpenArgs, context: CommandContext): Promise<number> {
  if (name !== undefined) {
    const questions = savedQuestions(context.env, name);
    return answerOne({ question: questions.at(-1) as string, stream: false }, context, questions.slice(0, -1));
  }
  const saved = Object.entries(loadSavedQuestions(context.env));
  if (saved.length === 0 && context.output === "text") await writeOut(context.stdout, "No question is saved yet.\n");
  else {
    const rows = saved.map(([key, questions]) => [key, questions.at(-1) ?? ""]);
    await writeOut(context.stdout, renderRows(["name", "question"], rows, context.output, context.render));
  }
  return 0;
}
