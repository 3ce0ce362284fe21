import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { type Mask, maskRows } from "../criteria/personal.js";
import type { Cell } from "../render/answer.js";
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
 * A transcript in a file of one JSON object a line, only ever appended to. Pieces of text and sums so far are left out, since the
 * thought or answer that they make follows; results keep their first rows, as the model
 * saw them; `secrets` (keys) become ***. A transcript
 * that cannot be written stops no question.
 */
export function createTranscript(options: {
  file: string;
  secrets: readonly string[];
  now: () => Date;
  mask?: Mask | undefined;
}): Transcript {
  const { file, secrets, now, mask } = options;
  let broken = false;
  return {
    write(event) {
      if (broken || event.type === "text" || event.type === "spent") return;
      const kept = shortened(event, mask);
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

type Written = Parameters<Transcript["write"]>[0];

function shortened(event: Written, mask: Mask | undefined) {
  const hidden = <T extends { columns: string[]; rows: Cell[][] }>(result: T, most: number): T => ({
    ...result,
    rows: mask ? maskRows(result.columns, result.rows.slice(0, most), mask) : result.rows.slice(0, most),
  });
  if (event.type === "tool_result") return { ...event, outcome: hidden(event.outcome, MOST_ROWS) };
  if (event.type === "answer") return { ...event, answer: hidden(event.answer, Number.POSITIVE_INFINITY) };
  return event;
}

function withoutSecrets(line: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), "***"), line);
}
