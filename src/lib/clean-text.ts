/** What becomes of line feeds and tabs: a space (one line, the default), a visible escape, or left as they are. */
export type Whitespace = "space" | "escape" | "keep";

// C0, DEL and C1 (U+009B alone is a CSI), bidirectional marks and overrides, the line and paragraph separators.
const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const HOSTILE_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Makes data safe to print: control characters, which move the cursor, set the clipboard (OSC 52) or reorder text,
 * become visible as \x1b or \u202e. Nothing else changes.
 */
export function cleanForTerminal(text: string, options: { whitespace?: Whitespace } = {}): string {
  const whitespace = options.whitespace ?? "space";
  return text.replace(HOSTILE, (char) => {
    if (char === "\n" || char === "\t") {
      if (whitespace === "keep") return char;
      if (whitespace === "space") return " ";
      return char === "\n" ? "\\n" : "\\t";
    }
    return escaped(char);
  });
}

/** The same for serialised JSON, without loss: what JSON.stringify leaves raw becomes \u009b, which parses back. */
export function cleanJson(json: string): string {
  return json.replace(HOSTILE_IN_JSON, (char) => `\\u${hex(char, 4)}`);
}

function escaped(char: string): string {
  return char.charCodeAt(0) < 0x100 ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`;
}

function hex(char: string, digits: number): string {
  return char.charCodeAt(0).toString(16).padStart(digits, "0");
}
