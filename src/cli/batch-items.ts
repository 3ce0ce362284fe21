import { AppError } from "../lib/errors.js";

/** A question of a batch, or the line that is none. */
export interface BatchItem {
  id: unknown;
  question?: string;
  /** Questions of one session follow each other: "those" means the audience of the one before. */
  session?: string | number;
  error?: AppError;
}

/** A question a line, or JSON with `question`, `id` and `session`; without an id it is the number of the line. */
export function parseBatch(text: string): BatchItem[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line, i): BatchItem[] => (line.trim() === "" ? [] : [parseLine(line.trim(), i + 1)]));
}

function parseLine(line: string, number: number): BatchItem {
  if (!line.startsWith("{")) return { id: number, question: line };
  try {
    const { id, question, session } = JSON.parse(line) as { id?: unknown; question?: unknown; session?: unknown };
    if (typeof question !== "string") {
      return { id: id ?? number, error: invalid(`Line ${number} has no question.`) };
    }
    const grouped = typeof session === "string" || typeof session === "number";
    return { id: id ?? number, question, ...(grouped && { session }) };
  } catch (cause) {
    return { id: number, error: invalid(`Line ${number} is not JSON: ${(cause as Error).message}.`) };
  }
}

function invalid(message: string): AppError {
  return new AppError("usage", message, { hint: '{"id": 1, "question": "How many customers ...?"}' });
}
