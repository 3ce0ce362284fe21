import { savedQuestionsFile, saveQuestions } from "../../config/saved-questions.js";
import type { SaveArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { turnsOf } from "../recorded.js";
import { writeOut } from "../write-out.js";

/** Earlier questions that are kept with the last one, which may refer to them. */
const MOST_EARLIER = 20;

/** `audience save`: keeps a question, or the last one of a session with those it may refer to, under a name. */
export async function run({ name, question }: SaveArgs, context: CommandContext): Promise<number> {
  const questions =
    question !== undefined
      ? [question]
      : turnsOf(context)
          .slice(-MOST_EARLIER)
          .map((turn) => turn.question);
  const before = saveQuestions(context.env, name, questions);
  const instead = before ? `, in the place of "${before.at(-1)}"` : "";
  await writeOut(
    context.stderr,
    `Saved "${questions.at(-1)}" as ${name}${instead} in ${savedQuestionsFile(context.env)}.\n`,
  );
  return 0;
}
