import { latestSession, type RecordedTurn } from "../agent/recorded-sessions.js";
import { stateDirectory } from "../config/paths.js";
import { AppError } from "../lib/errors.js";
import type { CommandContext } from "./context.js";

/** The questions of the session that is open or named, else of the last on record. Throws AppError "usage" without any. */
export function turnsOf({ resumed, env }: CommandContext): readonly RecordedTurn[] {
  const { turns } = resumed ?? latestSession(stateDirectory(env));
  if (turns.length > 0) return turns;
  throw new AppError("usage", "There is no answer yet.", { hint: "Ask a question first." });
}

/** Its last question. */
export function lastTurn(context: CommandContext): RecordedTurn {
  return turnsOf(context).at(-1) as RecordedTurn;
}
