import type { Key, KeyName } from "../terminal/keys.js";
import * as at from "./buffer.js";
import { bufferOf } from "./buffer.js";
import { type Completions, commonStart, complete, type Words } from "./completion.js";

/** The composer: what is being typed, what was typed before, what could be meant. */
export interface Editor extends at.Buffer {
  /** Lines submitted before, oldest first. */
  history: readonly string[];
  /** Which of them is shown; their number where it is the new one, kept in `draft` meanwhile. */
  shown: number;
  draft: string;
  /** Ctrl-R: what is looked for in the history; `before` is what Escape brings back. */
  search: { query: string; found: number | undefined; before: at.Buffer } | undefined;
  /** After Tab: what may stand there, and which of it does. */
  menu: (Completions & { chosen: number | undefined; typed: string }) | undefined;
  /** What Ctrl-K, Ctrl-U or Ctrl-W took away last. */
  killed: string;
  past: readonly at.Buffer[];
}

const MOST_UNDO = 100;

export function createEditor(history: readonly string[] = []): Editor {
  return {
    ...bufferOf(""),
    history,
    shown: history.length,
    draft: "",
    search: undefined,
    menu: undefined,
    killed: "",
    past: [],
  };
}

/** The editor after a key, or what was submitted with it. */
export function type(editor: Editor, key: Key, words: Words): { editor: Editor; submitted?: string } {
  if (editor.search) return searching(editor, key, words);
  if (key.type !== "key")
    return { editor: edit(editor, at.insert(editor, key.type === "paste" ? pasted(key.text) : key.text)) };
  if (key.name === "tab" || key.name === "shift-tab")
    return { editor: tab(editor, words, key.name === "tab" ? 1 : -1) };
  const closed: Editor = { ...editor, menu: undefined };
  if (key.name === "enter") return enter(closed);
  return { editor: press(closed, key.name, words) };
}

/** The editor emptied for the next line, with `line` in its history. */
export function submit(editor: Editor, line: string): Editor {
  return { ...createEditor(remembered(editor.history, line)), killed: editor.killed };
}

/** A line is kept once in a row. */
export function remembered(history: readonly string[], line: string): readonly string[] {
  return line.trim() === "" || history.at(-1) === line ? history : [...history, line];
}

/** With `text` before what is being typed. */
export function putBack(editor: Editor, text: string): Editor {
  return edit(editor, bufferOf(editor.text === "" ? text : `${text}\n${editor.text}`));
}

/** What the line would go on to be: the newest of the history that begins with it, else what is known; "" for nothing. */
export function ghost(editor: Editor, words: Words): string {
  const { text, cursor, history, menu, search } = editor;
  if (text.trim().length < 2 || cursor < text.length || menu || search || text.includes("\n")) return "";
  for (let i = history.length - 1; i >= 0; i--) {
    const line = history[i] ?? "";
    if (line.length > text.length && line.startsWith(text) && !line.includes("\n")) return line.slice(text.length);
  }
  const found = complete(text, cursor, words);
  const word = found?.words[0]?.text;
  return found && word && cursor - found.from >= 2 ? word.slice(cursor - found.from) : "";
}

function edit(editor: Editor, { text, cursor }: at.Buffer): Editor {
  const past =
    text === editor.text
      ? editor.past
      : [...editor.past.slice(1 - MOST_UNDO), { text: editor.text, cursor: editor.cursor }];
  return { ...editor, text, cursor, past, menu: undefined };
}

/** Line feeds as one, tabs as spaces, and no other control characters. */
function pasted(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, "  ")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "");
}

function enter(editor: Editor): { editor: Editor; submitted?: string } {
  const { text, cursor } = editor;
  if (cursor === text.length && text.endsWith("\\")) {
    return { editor: edit(editor, bufferOf(`${text.slice(0, -1)}\n`)) };
  }
  return text.trim() === "" ? { editor } : { editor, submitted: text };
}

function press(editor: Editor, name: KeyName, words: Words): Editor {
  const kill = (to: number) => {
    const [a, b] = to < editor.cursor ? [to, editor.cursor] : [editor.cursor, to];
    return { ...edit(editor, at.eraseTo(editor, to)), killed: editor.text.slice(a, b) || editor.killed };
  };
  const accept = () => edit(editor, at.insert(editor, ghost(editor, words)));
  const atEnd = editor.cursor === editor.text.length;
  switch (name) {
    case "newline":
      return edit(editor, at.insert(editor, "\n"));
    case "backspace":
      return edit(editor, at.eraseTo(editor, at.before(editor)));
    case "delete":
    case "ctrl-d":
      return edit(editor, at.eraseTo(editor, at.after(editor)));
    case "delete-word":
      return kill(at.wordBefore(editor));
    case "ctrl-u":
      return kill(at.lineStart(editor));
    case "ctrl-k":
      return kill(at.lineEnd(editor));
    case "ctrl-y":
      return edit(editor, at.insert(editor, editor.killed));
    case "ctrl-_":
      return undo(editor);
    case "ctrl-r":
      return {
        ...editor,
        search: { query: "", found: undefined, before: { text: editor.text, cursor: editor.cursor } },
      };
    case "left":
      return { ...editor, cursor: at.before(editor) };
    case "right":
      return atEnd ? accept() : { ...editor, cursor: at.after(editor) };
    case "end":
      return atEnd ? accept() : { ...editor, cursor: at.lineEnd(editor) };
    case "home":
      return { ...editor, cursor: at.lineStart(editor) };
    case "word-left":
      return { ...editor, cursor: at.wordBefore(editor) };
    case "word-right":
      return { ...editor, cursor: at.wordAfter(editor) };
    case "up":
      return upOrOlder(editor);
    case "down":
      return downOrNewer(editor);
    default:
      return editor;
  }
}

function undo(editor: Editor): Editor {
  const last = editor.past.at(-1);
  return last ? { ...editor, ...last, past: editor.past.slice(0, -1) } : editor;
}

function upOrOlder(editor: Editor): Editor {
  const above = at.lineAbove(editor);
  if (above !== undefined) return { ...editor, cursor: above };
  if (editor.shown === 0) return editor;
  const draft = editor.shown === editor.history.length ? editor.text : editor.draft;
  return { ...editor, ...bufferOf(editor.history[editor.shown - 1] ?? ""), shown: editor.shown - 1, draft };
}

function downOrNewer(editor: Editor): Editor {
  const below = at.lineBelow(editor);
  if (below !== undefined) return { ...editor, cursor: below };
  if (editor.shown === editor.history.length) return editor;
  const shown = editor.shown + 1;
  return { ...editor, ...bufferOf(editor.history[shown] ?? editor.draft), shown };
}

/** One candidate is put in; of several what they share, then one after the other. */
function tab(editor: Editor, words: Words, step: 1 | -1): Editor {
  const { menu } = editor;
  if (menu) {
    const count = menu.words.length;
    const chosen = menu.chosen === undefined ? (step === 1 ? 0 : count - 1) : (menu.chosen + step + count) % count;
    return { ...replaced(editor, menu.from, menu.words[chosen]?.text ?? ""), menu: { ...menu, chosen } };
  }
  const found = complete(editor.text, editor.cursor, words);
  if (!found) return editor;
  const typed = editor.text.slice(found.from, editor.cursor);
  if (found.words.length === 1) return replaced(editor, found.from, `${found.words[0]?.text ?? ""} `);
  const shared = commonStart(found.words);
  const longer = shared.length > typed.length ? replaced(editor, found.from, shared) : editor;
  return { ...longer, menu: { ...found, chosen: undefined, typed } };
}

function replaced(editor: Editor, from: number, text: string): Editor {
  const without = at.eraseTo(editor, from);
  return edit(editor, at.insert(without, text));
}

/** Ctrl-R: each key narrows the search, Ctrl-R goes on to an older line, Enter takes it, Escape goes back. */
function searching(editor: Editor, key: Key, words: Words): { editor: Editor; submitted?: string } {
  const search = editor.search as NonNullable<Editor["search"]>;
  const look = (query: string, from: number): Editor => {
    const found = query === "" ? undefined : lookUp(editor.history, query, from);
    const line = found === undefined ? undefined : editor.history[found];
    return { ...editor, ...(line !== undefined && bufferOf(line)), search: { ...search, query, found } };
  };
  const newest = editor.history.length - 1;
  if (key.type !== "key") return { editor: look(search.query + key.text, search.found ?? newest) };
  switch (key.name) {
    case "backspace":
      return { editor: look(search.query.slice(0, -1), newest) };
    case "ctrl-r": {
      const older = search.found === undefined ? undefined : lookUp(editor.history, search.query, search.found - 1);
      return { editor: older === undefined ? editor : look(search.query, older) };
    }
    case "escape":
    case "ctrl-c":
    case "ctrl-g":
      return { editor: { ...editor, ...search.before, search: undefined } };
    default: {
      const taken: Editor = { ...editor, search: undefined };
      return key.name === "enter" ? enter(taken) : type(taken, key, words);
    }
  }
}

function lookUp(history: readonly string[], query: string, from: number): number | undefined {
  const wanted = query.toLowerCase();
  for (let i = from; i >= 0; i--) if (history[i]?.toLowerCase().includes(wanted)) return i;
  return undefined;
}
