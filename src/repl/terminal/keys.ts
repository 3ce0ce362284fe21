/** What a user typed: text as it is inserted, a paste as a whole, or a key by its name. */
export type Key = { type: "text"; text: string } | { type: "paste"; text: string } | { type: "key"; name: KeyName };

export type KeyName =
  | ("enter" | "newline" | "tab" | "shift-tab" | "escape" | "backspace" | "delete")
  | ("left" | "right" | "up" | "down" | "home" | "end" | "word-left" | "word-right" | "delete-word")
  | `ctrl-${string}`;

/** Input that is not yet whole: the start of an escape sequence, or a paste whose end has not come. */
export interface Pending {
  text: string;
}

const PASTE_START = "\u001b[200~";
const PASTE_END = "\u001b[201~";
const SEQUENCE = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z]|[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\))/;
const UNFINISHED = /^\u001b(?:$|\[[0-?]*[ -/]*$|O$|[\]P_^X][^\u0007\u001b]*\u001b?$)/;
const TEXT = /^[^\u0000-\u001f\u007f-\u009f]+/;

/** Sequences of xterm, the Linux console, tmux, iTerm2 and the CSI u scheme. */
const NAMES: Record<string, KeyName> = {
  ...{ "[A": "up", OA: "up", "[B": "down", OB: "down", "[C": "right", OC: "right", "[D": "left", OD: "left" },
  ...{ "[H": "home", OH: "home", "[1~": "home", "[7~": "home", "[F": "end", OF: "end", "[4~": "end", "[8~": "end" },
  ...{ "[1;5C": "word-right", "[1;3C": "word-right", "[1;5D": "word-left", "[1;3D": "word-left" },
  ...{ "[3~": "delete", "[3;5~": "delete", "[3;3~": "delete", "[Z": "shift-tab" },
  ...{ "[13;2u": "newline", "[13;3u": "newline", "[27;2;13~": "newline", "[27;3;13~": "newline", OM: "enter" },
};

/** Escape followed by a character: Alt. */
const ALT: Record<string, KeyName> = {
  ...{
    "\r": "newline",
    "\n": "newline",
    b: "word-left",
    f: "word-right",
    "\u007f": "delete-word",
    "\b": "delete-word",
  },
};

const CONTROLS: Record<string, KeyName> = {
  ...{ "\r": "enter", "\n": "newline", "\t": "tab", "\u007f": "backspace", "\b": "backspace" },
  ...{ "\u0001": "home", "\u0005": "end", "\u0002": "left", "\u0006": "right", "\u0010": "up", "\u000e": "down" },
  ...{ "\u0017": "delete-word", "\u001f": "ctrl-_" },
};

/** The keys in a piece of a terminal's input; what is not whole yet waits for the next piece, or for `readRest`. */
export function readKeys(input: string, pending: Pending = { text: "" }): { keys: Key[]; pending: Pending } {
  const keys: Key[] = [];
  let rest = pending.text + input;
  while (rest !== "") {
    if (rest.startsWith(PASTE_START)) {
      const end = rest.indexOf(PASTE_END);
      if (end < 0) return { keys, pending: { text: rest } };
      keys.push({ type: "paste", text: rest.slice(PASTE_START.length, end) });
      rest = rest.slice(end + PASTE_END.length);
      continue;
    }
    const text = TEXT.exec(rest)?.[0];
    if (text !== undefined) {
      keys.push({ type: "text", text });
      rest = rest.slice(text.length);
      continue;
    }
    if (rest.startsWith("\u001b")) {
      if (UNFINISHED.test(rest)) return { keys, pending: { text: rest } };
      const sequence = SEQUENCE.exec(rest)?.[0];
      const alt = sequence === undefined ? ALT[rest[1] ?? ""] : undefined;
      const name = sequence === undefined ? alt : NAMES[sequence.slice(1)];
      // Escape before another escape, or before a letter that means nothing, is the key itself.
      if (sequence === undefined && alt === undefined) keys.push({ type: "key", name: "escape" });
      else if (name) keys.push({ type: "key", name });
      rest = rest.slice(sequence?.length ?? (alt ? 2 : 1));
      continue;
    }
    const name = controlName(rest.charAt(0));
    if (name) keys.push({ type: "key", name });
    rest = rest.slice(1);
  }
  return { keys, pending: { text: "" } };
}

/** What was pending when nothing more came: the escape key itself; the rest of a sequence means nothing. */
export function readRest(pending: Pending): Key[] {
  return pending.text === "\u001b" ? [{ type: "key", name: "escape" }] : [];
}

/** A paste takes as long as it takes; the start of a sequence does not. */
export function isPaste(pending: Pending): boolean {
  return pending.text.startsWith(PASTE_START);
}

function controlName(char: string): KeyName | undefined {
  const known = CONTROLS[char];
  if (known) return known;
  const code = char.charCodeAt(0);
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : undefined;
}
