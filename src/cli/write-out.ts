import type { Writable } from "node:stream";
import { AppError } from "../lib/errors.js";

/**
 * Writes and waits until the text has left the process, so that a pipe gets all of it. A reader that has gone
 * (`| head`) is no error: the text is dropped. The stream needs an "error" listener of its own; `main` sets it.
 */
export function writeOut(stream: Writable, text: string): Promise<void> {
  if (text === "" || stream.destroyed) return Promise.resolve();
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error && !isClosedPipe(error) ? reject(unwritable(error)) : resolve()));
  });
}

/** A full disk behind `> file`, for one: what was written so far is not the whole. */
function unwritable(cause: Error): AppError {
  return new AppError("config", `The output cannot be written: ${cause.message}.`, {
    hint: "What has been written is not complete. Free space there, or write to another place.",
    cause,
  });
}

/** Whether the reader of a pipe has gone away. */
export function isClosedPipe(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}
