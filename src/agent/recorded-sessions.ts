import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../lib/errors.js";
import { didYouMean } from "../lib/nearest.js";
import type { Answer } from "../render/answer.js";

/** A question of a session, with the answer that it was given. */
export interface RecordedTurn {
  question: string;
  answer: Answer;
}

/** A session as its transcript tells it; questions that failed are left out. */
export interface RecordedSession {
  id: string;
  /** ISO 8601 UTC, of its first and its last line. */
  started: string;
  last: string;
  turns: RecordedTurn[];
}

/** The folder of transcripts inside the state folder. */
export function sessionsFolder(stateDir: string): string {
  return join(stateDir, "sessions");
}

export function sessionFile(stateDir: string, id: string): string {
  return join(sessionsFolder(stateDir), `${id}.jsonl`);
}

/** Ids of the sessions there are, the one last used first. */
export function sessionIds(stateDir: string): string[] {
  const folder = sessionsFolder(stateDir);
  const found: { id: string; used: number }[] = [];
  for (const name of listed(folder)) {
    if (!name.endsWith(".jsonl")) continue;
    try {
      found.push({ id: name.slice(0, -".jsonl".length), used: statSync(join(folder, name)).mtimeMs });
    } catch {
      // gone meanwhile
    }
  }
  return found.sort((a, b) => b.used - a.used || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
}

/** Reads a transcript; lines that are cut short are passed over. Throws AppError "usage" where there is no such session. */
export function readSession(stateDir: string, id: string): RecordedSession {
  const known = /^[\w-]+$/.test(id) ? textOf(sessionFile(stateDir, id)) : undefined;
  if (known === undefined) {
    throw new AppError("usage", `There is no session ${JSON.stringify(id)}.`, {
      hint: didYouMean(id, sessionIds(stateDir)) ?? "`audience sessions` lists them.",
    });
  }
  const session: RecordedSession = { id, started: "", last: "", turns: [] };
  for (const line of known.split("\n")) {
    const entry = parsed(line);
    if (!entry) continue;
    session.started ||= entry.time;
    session.last = entry.time;
    if (entry.type === "answer" && entry.answer) {
      session.turns.push({ question: entry.answer.question, answer: entry.answer });
    }
  }
  return session;
}

/** The session last used that has an answer. Throws AppError "usage" where there is none. */
export function latestSession(stateDir: string): RecordedSession {
  for (const id of sessionIds(stateDir)) {
    const session = readSession(stateDir, id);
    if (session.turns.length > 0) return session;
  }
  throw new AppError("usage", "There is no earlier session.", { hint: 'Ask first: audience ask "question".' });
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function parsed(line: string): { time: string; type: string; answer?: Answer } | undefined {
  try {
    const entry = JSON.parse(line) as { time?: unknown; type?: unknown; answer?: Answer };
    return typeof entry.time === "string" && typeof entry.type === "string"
      ? (entry as { time: string; type: string; answer?: Answer })
      : undefined;
  } catch {
    return undefined;
  }
}
