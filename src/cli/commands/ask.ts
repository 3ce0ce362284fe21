import type { Writable } from "node:stream";
import { createSession } from "../../agent/ask.js";
import type { AgentEvent } from "../../agent/events.js";
import { cleanForTerminal, cleanJson } from "../../lib/clean-text.js";
import { warmParser } from "../../sql/guard/parse-statement.js";
import { askInSession, createQuestioning, writeAnswer } from "../answering.js";
import type { AskArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { EXIT_REFUSED } from "../exit-codes.js";
import { textArgument } from "../read-argument.js";
import { createSettled } from "../settled.js";
import { withRuntime } from "../with-runtime.js";

/** `audience ask`: one question, one answer. */
export async function run(args: AskArgs, context: CommandContext): Promise<number> {
  const question = await textArgument(args.question, context.stdin);
  return answerOne({ ...args, question }, context);
}

/** Asks and prints one question; `earlier` ones are what it may refer to. */
export async function answerOne(
  { question, stream }: AskArgs,
  context: CommandContext,
  earlier: readonly string[] = [],
): Promise<number> {
  warmParser(); // while the database opens
  return withRuntime("ask", context, async (runtime) => {
    const settled = createSettled(runtime, (catalogue) => createQuestioning(runtime, catalogue, context));
    let shown = false;
    const write = streamTo(context.stdout);
    const streamed = (event: AgentEvent) => {
      shown = true;
      write(event);
    };
    const session = createSession(context.resumed?.turns, earlier);
    const answer = await askInSession(settled, question, session, {
      signal: context.signal,
      see: stream ? streamed : showThoughts(context.stderr),
      shown: () => shown,
    });
    if (!stream) await writeAnswer(answer, context);
    return answer.kind === "refusal" ? EXIT_REFUSED : 0;
  });
}

/** Every event as a line of JSON, at once. */
function streamTo(stdout: Writable): (event: AgentEvent) => void {
  return (event) => void stdout.write(`${cleanJson(JSON.stringify(event))}\n`);
}

/** On a terminal, what the model is about to do; the rules' thought is the reading of the answer anyway. */
function showThoughts(stderr: Writable & { isTTY?: boolean }): ((event: AgentEvent) => void) | undefined {
  if (stderr.isTTY !== true) return undefined;
  return (event) => {
    if (event.type === "waiting" && event.ms >= 1000) {
      stderr.write(`${cleanForTerminal(event.reason)} Trying again in ${Math.ceil(event.ms / 1000)} s.\n`);
    }
    if (event.type === "thought" && !event.text.startsWith("Read as: ")) {
      stderr.write(`${cleanForTerminal(event.text)}\n`);
    }
  };
}
