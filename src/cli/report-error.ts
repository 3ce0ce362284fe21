import type { Writable } from "node:stream";
import { cleanForTerminal, cleanJson } from "../lib/clean-text.js";
import { AppError } from "../lib/errors.js";
import { writeOut } from "./write-out.js";

/** Says on stderr what went wrong: in words, or as one JSON object where the answer would have been JSON. */
export async function reportError(stderr: Writable, error: unknown, argv: readonly string[]): Promise<void> {
  const known = error instanceof AppError;
  const message = error instanceof Error ? error.message : String(error);
  const hint = known ? error.hint : "This is a bug in audience; please report it with the lines above.";
  const stack = known ? undefined : error instanceof Error ? error.stack : undefined;
  if (asksForJson(argv)) {
    const code = known ? error.code : "bug";
    await writeOut(stderr, `${cleanJson(JSON.stringify({ error: { code, message, hint, stack } }))}\n`);
    return;
  }
  const text = `error: ${stack ?? message}\n${hint ? `hint: ${hint}\n` : ""}`;
  await writeOut(stderr, cleanForTerminal(text, { whitespace: "keep" }));
}

/** Looks at the raw arguments, because the error may be about them. */
function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (arg, i) => /^--output=jsonl?$/.test(arg) || (arg === "--output" && /^jsonl?$/.test(argv[i + 1] ?? "")),
  );
}
