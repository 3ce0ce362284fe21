import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { remembered } from "./editor/editor.js";

/** Lines that are read back; the file itself keeps all. */
const MOST_LINES = 2_000;

/** What was entered before, oldest first, from a file of one JSON object a line; a line that is none is passed over. */
export function readHistory(file: string): readonly string[] {
  let lines: readonly string[] = [];
  for (const text of textOf(file).split("\n").slice(-MOST_LINES)) {
    try {
      const { line } = JSON.parse(text) as { line?: unknown };
      if (typeof line === "string") lines = remembered(lines, line);
    } catch {
      // cut short, or somebody else's
    }
  }
  return lines;
}

/** Adds a line; a history that cannot be written stops nobody. */
export function appendHistory(file: string, line: string, time: Date): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    appendFileSync(file, `${JSON.stringify({ time: time.toISOString(), line })}\n`, { mode: 0o600 });
  } catch {
    // a full or read-only disk
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
