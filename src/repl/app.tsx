import { Box, Text, useCursor, useStdout } from "ink";
import { useEffect, useState, useSyncExternalStore } from "react";
import { cleanForTerminal } from "../lib/clean-text.js";
import { createStyle, type Style } from "../render/style.js";
import { complete } from "./editor/completion.js";
import { ghost } from "./editor/editor.js";
import { clipped, layOut, windowed } from "./layout.js";
import { turnLines } from "./live-lines.js";
import type { View } from "./state.js";

/** What the app draws and where its answers come from. */
export interface Store {
  view(): View;
  subscribe(listener: () => void): () => void;
  size(): { columns: number; rows: number };
  now(): number;
}

const MENU_ROWS = 6;
const QUEUE_ROWS = 3;
/** The composer grows to this share of the screen, then it scrolls. */
const COMPOSER_SHARE = 0.4;
const PROMPT = 2;
const TICK_MS = 250;

/**
 * Everything below the scrollback: the turn that runs, what is queued, the composer, the menu and the status line. Each
 * is made of lines whose number is known before they are drawn: together they stay below the height of the screen, as
 * ink would clear the scrollback otherwise.
 */
export function App(props: { store: Store; color: boolean; onReady: (write: (text: string) => void) => void }) {
  const { store, color, onReady } = props;
  const view = useSyncExternalStore(store.subscribe, store.view);
  const { write } = useStdout();
  useEffect(() => onReady(write), [onReady, write]);
  useTicks(view.turn !== undefined);
  const { setCursorPosition } = useCursor();
  if (view.hidden) {
    setCursorPosition(undefined);
    return null;
  }
  const style = createStyle(color);
  const { columns, rows } = store.size();
  const width = Math.max(10, columns - 1);
  const room = Math.max(3, rows - 2);

  const composer = composerLines(view, { style, width, height: Math.max(1, Math.floor(room * COMPOSER_SHARE)) });
  const menu = menuLines(view, style, width);
  const status = [style.dim(clipped(view.notice || view.status, width))];
  const below = [...menu, ...status].slice(0, Math.max(0, room - composer.lines.length));
  const free = room - composer.lines.length - below.length;
  const queue = queueLines(view, style, width).slice(0, Math.max(0, free - 2));
  const turn = view.turn ? turnLines(view.turn, { style, width, now: store.now() }) : [];
  const above = [...fitted(turn, free - queue.length), ...queue];

  setCursorPosition({ x: PROMPT + composer.column, y: above.length + composer.row });
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">{[...above, ...composer.lines, ...below].join("\n")}</Text>
    </Box>
  );
}

/** Draws anew now and then, for the seconds that pass. */
function useTicks(running: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((n) => n + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
}

/** The first line, which says what is going on, and as many of the last ones as there is room for. */
function fitted(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  return room <= 0 ? [] : [...lines.slice(0, 1), ...lines.slice(lines.length - room + 1)];
}

function queueLines({ queue }: View, style: Style, width: number): string[] {
  const shown = queue.slice(0, QUEUE_ROWS).map((line) => clipped(`  next: ${cleanForTerminal(line)}`, width));
  if (queue.length > QUEUE_ROWS) shown.push(`  and ${queue.length - QUEUE_ROWS} more`);
  return shown.map(style.dim);
}

function composerLines(view: View, options: { style: Style; width: number; height: number }) {
  const { editor, words } = view;
  const { style, width, height } = options;
  const room = width - PROMPT;
  const { lines, row, column } = windowed(layOut(editor.text, editor.cursor, room), height);
  const hint = clippedHint(editor.text === "" ? emptyHint(view) : ghost(editor, words), lines.at(-1) ?? "", room);
  const mark = editor.search ? "? " : "> ";
  return {
    row,
    column,
    lines: lines.map((line, i) => {
      const end = i === lines.length - 1 ? style.dim(hint) : "";
      return `${i === 0 ? style.bold(mark) : "  "}${cleanForTerminal(line)}${end}`;
    }),
  };
}

function emptyHint({ turn, turns }: View): string {
  if (turn) return "Type ahead: it is asked next. Esc cancels.";
  return turns === 0 ? "Ask about your customers, or /help" : "";
}

function clippedHint(hint: string, line: string, room: number): string {
  const left = room - line.length - 1;
  return hint === "" || left < 2 ? "" : clipped(cleanForTerminal(hint), left);
}

function menuLines({ editor, words }: View, style: Style, width: number): string[] {
  if (editor.search) {
    const { query, found } = editor.search;
    const state = query !== "" && found === undefined ? "nothing found" : "Ctrl-R older, Enter asks, Esc back";
    return [style.dim(clipped(`search: ${cleanForTerminal(query)}  (${state})`, width))];
  }
  const { menu } = editor;
  // Slash commands are shown as they are typed; data only when Tab asks.
  const open = menu ?? (/^\/\S*$/.test(editor.text) ? complete(editor.text, editor.cursor, words) : undefined);
  if (!open) return [];
  const chosen = menu?.chosen ?? -1;
  const first = Math.max(0, Math.min(chosen - MENU_ROWS + 1, open.words.length - MENU_ROWS));
  const shown = open.words.slice(first, first + MENU_ROWS);
  const wide = Math.max(...shown.map(({ text }) => text.length)) + 2;
  const lines = shown.map(({ text, note }, i) => {
    const line = clipped(`  ${cleanForTerminal(text).padEnd(wide)}${cleanForTerminal(note)}`, width);
    return first + i === chosen ? style.bold(line) : style.dim(line);
  });
  const more = open.words.length - shown.length;
  return more > 0 ? [...lines, style.dim(`  and ${more} more`)] : lines;
}
