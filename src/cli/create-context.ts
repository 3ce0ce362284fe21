import { randomBytes } from "node:crypto";
import { latestSession, type RecordedSession, readSession } from "../agent/recorded-sessions.js";
import { loadConfig } from "../config/load.js";
import { stateDirectory } from "../config/paths.js";
import { AppError } from "../lib/errors.js";
import type { CommandContext } from "./context.js";
import type { Invocation } from "./parse-arguments.js";

/** Width of the text output where there is no terminal. */
const PIPE_WIDTH = 120;

/** Minutes are normal for these: only a time limit that somebody set ends them. */
const LONG_COMMANDS: readonly string[] = ["ingest", "sample", "demo"];

/** The context of a command, from the process and the configuration. Throws AppError "config". */
export function createContext(invocation: Invocation, interruption: AbortSignal): Omit<CommandContext, "dispatch"> {
  const { options, command, minScore } = invocation;
  const { env, stdout, stderr, stdin } = process;
  const { limit, mask, maxCost, maxCostSession, timeout, planner, model, dataDir } = options;
  const cwd = process.cwd();
  const loaded = loadConfig({
    flags: { limit, mask, maxCost, maxCostSession, timeoutSeconds: timeout, planner, model, dataDir, minScore },
    env,
    cwd,
  });
  const { config, origins } = loaded;
  const limited =
    command !== "batch" &&
    command !== "repl" &&
    (!LONG_COMMANDS.includes(command) || origins.timeoutSeconds.from !== "default");
  const color = options.color && stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const verbose = options.verbose ?? false;
  const resumed = resumedSession(invocation, stateDirectory(env));
  return {
    config,
    loaded,
    output: options.output,
    limit: config.limit,
    render: {
      width: stdout.columns || Number(env["COLUMNS"]) || PIPE_WIDTH,
      color,
      verbose,
      rawCsv: options.rawCsv,
      bom: options.bom,
    },
    stdout,
    stderr,
    stdin,
    env,
    cwd,
    signal: limited ? withTimeLimit(interruption, config.timeoutSeconds) : interruption,
    verbose,
    color,
    now: () => new Date(),
    session: resumed?.id ?? newSessionId(),
    resumed,
    ...(options.asOf === undefined ? {} : { asOf: options.asOf }),
  };
}

function newSessionId(): string {
  const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  return `${time}-${randomBytes(3).toString("hex")}`;
}

/** The session that --continue or --resume names. Throws AppError "usage". */
function resumedSession({ command, options }: Invocation, stateDir: string): RecordedSession | undefined {
  if (command === "batch") return undefined; // there --resume names a file of answers
  if (options.resume !== undefined) return readSession(stateDir, options.resume);
  return options.continue ? latestSession(stateDir) : undefined;
}

/**
 * Not AbortSignal.timeout inside AbortSignal.any: Node 20 collects that timer as garbage and it never fires. The timer
 * keeps no process alive.
 */
function withTimeLimit(interruption: AbortSignal, seconds: number): AbortSignal {
  const limit = new AbortController();
  const stop = () => limit.abort(interruption.reason);
  if (interruption.aborted) stop();
  interruption.addEventListener("abort", stop, { once: true });
  const late = new AppError("timeout", `The time limit of ${seconds} s was reached.`, {
    hint: "Raise it with --timeout SECONDS.",
  });
  setTimeout(() => limit.abort(late), Math.ceil(seconds * 1000)).unref();
  return limit.signal;
}
