import { wrap } from "../../render/wrap.js";
import type { Response } from "../../repl/conversation.js";

/** Sentences broken between words; a stack is left as it is. */
export function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => (/^\s+at /.test(line) ? line : wrap(line, width)))
    .join("\n");
}

/** With an empty line behind it. */
export function spaced(response: Response): Response {
  return { ...response, text: response.text === "" ? "" : `${response.text.trimEnd()}\n\n` };
}
