import type { CompletionArgs, Shell } from "../command-args.js";
import { bashCompletion } from "../completion/bash.js";
import { type CommandLine, commandLine } from "../completion/command-line.js";
import { fishCompletion } from "../completion/fish.js";
import { zshCompletion } from "../completion/zsh.js";
import type { CommandContext } from "../context.js";
import { createProgram } from "../program.js";
import { writeOut } from "../write-out.js";

const SCRIPTS: Record<Shell, (line: CommandLine) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `audience completion`: what the command line takes, as a script for a shell. */
export async function run({ shell }: CompletionArgs, { stdout }: CommandContext): Promise<number> {
  const program = createProgram(
    () => {},
    () => {},
  );
  await writeOut(stdout, SCRIPTS[shell](commandLine(program)));
  return 0;
}
