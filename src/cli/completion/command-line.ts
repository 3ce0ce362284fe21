import type { Argument, Command, Option } from "commander";

/**
 * What is offered in one place: words, or what has to be looked up. "nothing" is for what only the user can know, such
 * as a number or a question: a file name there would be wrong.
 */
export type Offer = readonly string[] | "files" | "folders" | "questions" | "sessions" | "nothing";

export interface OptionLine {
  /** "-p", "--prompt" */
  flags: readonly string[];
  description: string;
  /** What its value may be; absent: it takes none. */
  value?: { name: string; offer: Offer; many: boolean };
}

export interface ArgumentLine {
  name: string;
  offer: Offer;
  /** It takes all that follow. */
  many: boolean;
}

export interface CommandLine {
  name: string;
  description: string;
  options: readonly OptionLine[];
  arguments: readonly ArgumentLine[];
  /** Options of `audience` itself stand before and after the name of a command. */
  commands: readonly CommandLine[];
}

/** The program as its scripts of completion and its manual see it: all that `--help` shows, and nothing else. */
export function commandLine(program: Command): CommandLine {
  const help = program.createHelp();
  const commands = help.visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    ...describe(program),
    arguments: [],
    commands: commands.map((command) => ({ ...describe(command), commands: [] })),
  };

  function describe(command: Command): Omit<CommandLine, "commands"> {
    return {
      name: command.name(),
      description: command.description(),
      options: help.visibleOptions(command).map(describeOption),
      arguments: command.registeredArguments.map((argument) => ({
        name: argument.name(),
        many: argument.variadic,
        offer: argument.name() === "command" ? names : offerOf(argument, `${command.name()} ${argument.name()}`),
      })),
    };
  }
}

function describeOption(option: Option): OptionLine {
  const { short, long, description, required, optional, variadic, flags } = option;
  const name = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1]?.replace(/\.+$/, "") ?? "";
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    ...((required || optional) && { value: { name, offer: offerOf(option, `${long} ${name}`), many: variadic } }),
  };
}

/** Choices where there are some; else the name of the place says what it takes. */
function offerOf({ argChoices }: Pick<Option | Argument, "argChoices">, place: string): Offer {
  if (argChoices) return argChoices;
  if (place === "open name") return "questions";
  if (place === "--resume id") return "sessions";
  if (/folder$/.test(place)) return "folders";
  return /(file|files|\.json)$/.test(place) ? "files" : "nothing";
}
