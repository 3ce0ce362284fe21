import { readSession, sessionIds } from "../../agent/recorded-sessions.js";
import { stateDirectory } from "../../config/paths.js";
import { renderRows } from "../../render/render-rows.js";
import type { CommandContext } from "../context.js";
import { writeOut } from "../write-out.js";

const COLUMNS = ["session", "started", "last", "questions", "first_question"];

/** `audience sessions`: what was asked before, the last session first. */
export async function run(_args: Record<string, never>, context: CommandContext): Promise<number> {
  const stateDir = stateDirectory(context.env);
  const sessions = sessionIds(stateDir)
    .map((id) => readSession(stateDir, id))
    .filter(({ turns }) => turns.length > 0);
  const most = context.limit === "all" ? sessions.length : context.limit;
  const rows = sessions
    .slice(0, most)
    .map(({ id, started, last, turns }) => [id, minute(started), minute(last), turns.length, turns[0]?.question ?? ""]);
  if (rows.length === 0 && context.output === "text") {
    await writeOut(context.stdout, "There is no session yet.\n");
    return 0;
  }
  await writeOut(context.stdout, renderRows(COLUMNS, rows, context.output, context.render));
  if (sessions.length > rows.length) {
    await writeOut(context.stderr, `${rows.length} of ${sessions.length} sessions; --limit all shows every one.\n`);
  }
  return 0;
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
