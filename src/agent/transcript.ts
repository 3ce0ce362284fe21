import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { AgentEvent } from "./events.js";

/** Rows of a result that a transcript keeps. */
const MOST_ROWS = 20;

/** Writes down what happens in a session, event by event. */
export interface Transcript {
  write(
    event:
      | AgentEvent
      | { type: "question"; question: string; as_of: string; planner: string }
      | { type: "failed"; code: string; message: string },
  ): void;
}

/**
 * A transcript in a file of one JSON object a line, only ever appended to. Pieces of text are left out, since the
 * thought or answer that they make follows; results keep their first rows; `secrets` (keys) become ***. A transcript
 * that cannot be written stops no question.
 */
export function createTranscript(options: { file: string; secrets: readonly string[]; now: () => Date }): Transcript {
  const { file, secrets, now } = options;
  let broken = false;
  return {
    write(event) {
      if (broken || event.type === "text") return;
      const kept = event.type === "tool_result" ? shortened(event) : event;
      const line = JSON.stringify({ time: now().toISOString(), ...kept });
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        appendFileSync(file, `${withoutSecrets(line, secrets)}\n`, { mode: 0o600 });
      } catch {
        broken = true;
      }
    },
  };
}

function shortened(event: Extract<AgentEvent, { type: "tool_result" }>) {
  const { outcome } = event;
  return { ...event, outcome: { ...outcome, rows: outcome.rows.slice(0, MOST_ROWS) } };
}

function withoutSecrets(line: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), "***"), line);
}
