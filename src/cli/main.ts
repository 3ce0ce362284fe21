import { abortError } from "../lib/abort.js";
import { AppError } from "../lib/errors.js";
import type { CommandArgs, CommandName } from "./command-args.js";
import type { CommandContext } from "./context.js";
import { exitCodeOf } from "./exit-codes.js";
import { listenForInterruption } from "./interruption.js";
import { type Invocation, parseArguments } from "./parse-arguments.js";
import { reportError } from "./report-error.js";
import { isClosedPipe, writeOut } from "./write-out.js";

/** One file a command, loaded only when it runs: `--help` loads none of them. */
const COMMANDS: { [Name in CommandName]: () => Promise<CommandModule<CommandArgs[Name]>> } = {
  ask: () => import("./commands/ask.js"),
  batch: () => import("./commands/batch.js"),
  find: () => import("./commands/find.js"),
  like: () => import("./commands/like.js"),
  sql: () => import("./commands/sql.js"),
  ingest: () => import("./commands/ingest.js"),
  sample: () => import("./commands/sample.js"),
  schema: () => import("./commands/schema.js"),
  doctor: () => import("./commands/doctor.js"),
  cost: () => import("./commands/cost.js"),
  config: () => import("./commands/config.js"),
  demo: () => import("./commands/demo.js"),
  why: () => import("./commands/why.js"),
  export: () => import("./commands/export.js"),
  save: () => import("./commands/save.js"),
  open: () => import("./commands/open.js"),
  sessions: () => import("./commands/sessions.js"),
  completion: () => import("./commands/completion.js"),
  repl: () => import("./commands/repl.js"),
};

interface CommandModule<Args> {
  /** Resolves to the exit code. */
  run(args: Args, context: CommandContext): Promise<number>;
}

/** Runs the command line `argv` (as process.argv) and resolves to its exit code; it never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const { stdout, stderr } = process;
  const interruption = listenForInterruption();
  let readerGone = false;
  // A reader that has had enough (`| head`) is no failure: the work stops, and what it was is a success.
  stdout.on("error", (error) => {
    if (!isClosedPipe(error)) return; // `writeOut` rejects with it
    readerGone = true;
    interruption.stop();
  });
  stderr.on("error", () => {}); // nobody is left to be told
  try {
    const parsed = parseArguments(argv);
    if ("text" in parsed) {
      await writeOut(stdout, parsed.text);
      return 0;
    }
    return await runCommand(parsed, interruption.signal);
  } catch (error) {
    if (readerGone) return 0;
    await reportError(stderr, error, argv);
    return exitCodeOf(error);
  } finally {
    interruption.release();
  }
}

async function runCommand(invocation: Invocation, interruption: AbortSignal): Promise<number> {
  const { createContext } = await import("./create-context.js");
  const context = { ...createContext(invocation, interruption), dispatch };
  try {
    return await dispatch(invocation, context);
  } catch (error) {
    // What breaks because it was aborted is reported as the abortion.
    throw context.signal.aborted && !(error instanceof AppError) ? abortError(context.signal) : error;
  }
}

async function dispatch(invocation: Invocation, context: CommandContext): Promise<number> {
  const command = (await COMMANDS[invocation.command]()) as CommandModule<Invocation["args"]>;
  return command.run(invocation.args, context);
}
