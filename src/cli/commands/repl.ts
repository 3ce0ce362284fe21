import { join } from "node:path";
import { stateDirectory } from "../../config/paths.js";
import { AppError } from "../../lib/errors.js";
import { appendHistory, readHistory } from "../../repl/history-file.js";
import type { CommandContext } from "../context.js";

/** Variables by which ink takes a terminal for a build machine and then draws nothing. */
const CI_VARIABLE = /^(CI|CI_.*|CONTINUOUS_INTEGRATION)$/;
const PAGER = "less -RS";

/** `audience`: the REPL. Throws AppError "usage" where there is no terminal. */
export async function run(_args: Record<string, never>, context: CommandContext): Promise<number> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new AppError("usage", "The REPL needs a terminal.", {
      hint: 'Use `audience ask "question"`; `audience --help` lists the commands.',
    });
  }
  const { env, now } = context;
  const file = join(stateDirectory(env), "history.jsonl");
  const history = readHistory(file);
  const remember = (line: string) => appendHistory(file, line, now());
  const clock = () => performance.now();
  if (env["TERM"] === "dumb" || env["AUDIENCE_SCREEN_READER"] || env["INK_SCREEN_READER"]) {
    const [{ openPlainRepl }, { createConversation }] = await Promise.all([
      import("../../repl/plain-repl.js"),
      import("../conversation/create-conversation.js"),
    ]);
    const terminal = { ...{ stdin, stdout, history, remember }, now: clock };
    await openPlainRepl(createConversation({ ...context, color: false }), terminal);
    return 0;
  }
  const { listenEarly } = await import("../../repl/terminal/early-input.js");
  const early = listenEarly({ stdin, stdout });
  for (const name of Object.keys(process.env)) if (CI_VARIABLE.test(name)) delete process.env[name];
  // Beside each other: the data open while ink is imported.
  const { createConversation } = await import("../conversation/create-conversation.js");
  const conversation = createConversation(context);
  const { openRepl } = await import("../../repl/open-repl.js");
  const pager = env["PAGER"] || PAGER;
  const terminal = { ...{ stdin, stdout, pager }, color: context.color, now: clock };
  await openRepl(conversation, { ...{ terminal, early, history, remember } });
  return 0;
}
