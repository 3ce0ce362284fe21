import { CommanderError } from "commander";
import { AppError } from "../lib/errors.js";
import { didYouMean } from "../lib/nearest.js";
import type { CommandArgs, CommandName } from "./command-args.js";
import { createProgram, type GlobalOptions } from "./program.js";

/** A command with its arguments. */
export type Invocation = {
  [Name in CommandName]: { command: Name; args: CommandArgs[Name] };
}[CommandName] & { options: GlobalOptions; minScore?: string | undefined };

/** What the command line asks for: text to print (help, version), or a command to run. Throws AppError "usage". */
export function parseArguments(argv: readonly string[]): { text: string } | Invocation {
  let text = "";
  let found: Invocation | undefined;
  const program = createProgram((command, args, minScore) => {
    found = { command, args, minScore, options: program.opts<GlobalOptions>() } as Invocation;
  }, refuse);
  const output = {
    writeOut: (part: string) => {
      text += part;
    },
    writeErr: () => {}, // the error is thrown as well, and reported by main
  };
  for (const command of [program, ...program.commands]) command.configureOutput(output);
  try {
    program.parse(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { text };
    throw usageError(error);
  }
  if (!found) throw new Error("The command line was parsed to nothing.");
  return found;

  function refuse(words: string[]): never {
    const [word = ""] = words;
    const names = program.commands.map((command) => command.name());
    const question = words.join(" ");
    const hint = didYouMean(word, names) ?? "`audience --help` lists the commands.";
    throw new AppError("usage", `Unknown command ${JSON.stringify(word)}.`, {
      hint: /\s/.test(question) ? `To ask a question: audience ask ${JSON.stringify(question)}` : hint,
    });
  }
}

/** "error: unknown option '--limt'\n(Did you mean --limit?)" as message and hint. */
function usageError(error: CommanderError): AppError {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = rest.join(" ").replace(/^\((.*)\)$/, "$1");
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}${/[.?!]$/.test(first) ? "" : "."}`;
  return new AppError("usage", message, {
    hint: suggestion || "`audience --help` and `audience COMMAND --help` show what there is.",
  });
}
