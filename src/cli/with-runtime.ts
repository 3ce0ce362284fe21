import { stateDirectory } from "../config/paths.js";
import { createRuntime, type Runtime, type RuntimeOptions } from "../runtime.js";
import type { CommandContext } from "./context.js";

/** Commands that read questions. */
const ASKING: readonly string[] = ["ask", "batch", "repl"];
/** Of these, those of many questions. */
const LIVING_ON: readonly string[] = ["batch", "repl"];

/** Opens the configured database for a question, and closes it whatever happens; one that is open stays so. */
export async function withRuntime<T>(
  command: string,
  context: CommandContext,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const { loaded, config } = context;
  if (context.runtime) return work(context.runtime);
  const asks = ASKING.includes(command);
  const runtime = await createRuntime({ ...loaded, config }, { ...runtimeOptions(command, context, false), asks });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

export function runtimeOptions(command: string, context: CommandContext, create: boolean): RuntimeOptions {
  const { signal, session, now, env } = context;
  const livesOn = LIVING_ON.includes(command);
  return { command, create, livesOn, signal, session, now, stateDir: stateDirectory(env) };
}
