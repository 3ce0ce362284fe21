import { Readable } from "node:stream";
import type { Listener } from "../../repl/conversation.js";
import type { CommandContext } from "../context.js";
import { createContext } from "../create-context.js";
import { type Invocation, parseArguments } from "../parse-arguments.js";
import { captured } from "./captured.js";
import { type SlashCommand, splitWords } from "./slash-commands.js";

/** A slash command as it would stand on the command line. Throws AppError "usage". */
export function readCommand(slash: SlashCommand, rest: string): Invocation | { text: string } {
  // A statement is one argument, with its quotes.
  const words = slash.command === "sql" ? [rest] : splitWords(rest);
  return parseArguments(["node", "audience", slash.command as string, ...words]);
}

/**
 * Runs a command of the command line within the conversation, with its settings; gives what it printed. `listener` hears
 * what it says meanwhile, which then is not printed.
 */
export async function runCommand(
  invocation: Invocation,
  context: CommandContext,
  listener: Listener | undefined,
): Promise<string> {
  const out = captured();
  const told = captured((text) => listener?.event({ type: "thought", text: text.trim() }));
  const { config, verbose, asOf, output } = createContext(invocation, context.signal);
  const code = await context.dispatch(invocation, {
    ...context,
    output,
    config: { ...context.config, ...(invocation.options.limit !== undefined && { limit: config.limit }) },
    render: { ...context.render, verbose: verbose || context.verbose },
    // For the doctor: there is a terminal.
    stdout: Object.assign(out.stream, { isTTY: true }),
    stderr: told.stream,
    stdin: Readable.from([]),
    ...(asOf !== undefined && { asOf }),
  });
  const said = listener ? "" : told.text();
  return out.text() === "" && said === "" && code !== 0 ? `It ended with ${code}.\n` : `${out.text()}${said}`;
}
