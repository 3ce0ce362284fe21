import type { AgentEvent } from "../agent/events.js";
import type { Stage, Usage } from "../render/answer.js";
import { NO_WORDS, type Words } from "./editor/completion.js";
import { createEditor, type Editor, putBack, submit, type } from "./editor/editor.js";
import type { Key } from "./terminal/keys.js";

/** A tool call as it is shown: one line while it runs and one when it is done. */
export interface Call {
  tool: string;
  stages: readonly Stage[];
  rows: number | undefined;
  ms: number | undefined;
  failure: string | undefined;
}

/** The line that is being worked on. */
export interface Turn {
  id: number;
  line: string;
  /** Milliseconds, of the same clock as the actions'. */
  since: number;
  thought: string;
  /** What the model says, as it comes. */
  said: string;
  calls: readonly Call[];
  waiting: string;
  llm: Usage["llm"] | undefined;
  cancelled: boolean;
}

/** All that is on the screen below the finished turns. */
export interface View {
  editor: Editor;
  words: Words;
  /** Lines entered while a turn runs, asked in this order. */
  queue: readonly string[];
  turn: Turn | undefined;
  turns: number;
  /** What stands below the composer. */
  status: string;
  notice: string;
  /** When Ctrl-C was pressed on an empty line. */
  leaving: number | undefined;
  /** Nothing is drawn: another program has the terminal. */
  hidden: boolean;
}

/** What has to be done because of an action; only the first of a turn's endings does anything. */
export type Effect =
  | { do: "run"; id: number; line: string }
  | { do: "cancel"; id: number }
  | { do: "remember"; line: string }
  | { do: "print"; text: string }
  | { do: "suspend" }
  | { do: "page" }
  | { do: "clear" }
  | { do: "leave" };

export type Action =
  | { type: "key"; key: Key; at: number }
  | { type: "event"; id: number; event: AgentEvent }
  | { type: "stage"; id: number; stage: Stage }
  /** A turn is over; `text` goes to the scrollback. */
  | { type: "finished"; id: number; text: string; at: number }
  | { type: "print"; text: string }
  | { type: "words"; words: Words }
  | { type: "status"; status: string }
  | { type: "hidden"; hidden: boolean };

/** Two presses of Ctrl-C within this time leave. */
const LEAVE_MS = 2_000;
/** Of what a model says the end is shown while it speaks. */
const MOST_SAID = 4_000;

export function createView(history: readonly string[] = []): View {
  return {
    editor: createEditor(history),
    words: NO_WORDS,
    queue: [],
    turn: undefined,
    turns: 0,
    status: "",
    notice: "",
    leaving: undefined,
    hidden: false,
  };
}

/** The view after an action, and what is to be done. */
export function reduce(view: View, action: Action): { view: View; effects: Effect[] } {
  switch (action.type) {
    case "key":
      return press(view, action.key, action.at);
    case "event":
      return changed(view, action.id, (turn) => observe(turn, action.event));
    case "stage":
      return changed(view, action.id, (turn) => withStage(turn, action.stage));
    case "finished":
      return finish(view, action.id, action.text, action.at);
    case "print":
      return { view, effects: [{ do: "print", text: action.text }] };
    case "words":
      return { view: { ...view, words: action.words }, effects: [] };
    case "status":
      return { view: { ...view, status: action.status }, effects: [] };
    case "hidden":
      return { view: { ...view, hidden: action.hidden }, effects: [] };
  }
}

function press(before: View, key: Key, at: number): { view: View; effects: Effect[] } {
  const view: View = { ...before, notice: "", leaving: undefined };
  const { editor, turn, words } = view;
  if (key.type === "key" && !editor.search) {
    const empty = editor.text === "";
    switch (key.name) {
      case "ctrl-c":
        if (turn) return cancel(view, turn);
        if (!empty) return { view: { ...view, editor: submit(editor, editor.text) }, effects: remember(editor.text) };
        if (before.leaving !== undefined && at - before.leaving <= LEAVE_MS)
          return { view, effects: [{ do: "leave" }] };
        return { view: { ...view, leaving: at, notice: "Press Ctrl-C again to leave." }, effects: [] };
      case "escape":
        if (editor.menu) return { view: { ...view, editor: { ...editor, menu: undefined } }, effects: [] };
        return turn ? cancel(view, turn) : { view, effects: [] };
      case "ctrl-d":
        if (empty) return { view, effects: [{ do: "leave" }] };
        break;
      case "ctrl-z":
        return { view, effects: [{ do: "suspend" }] };
      case "ctrl-o":
        if (turn) return { view: { ...view, notice: "The rows can be paged when the answer is there." }, effects: [] };
        return { view, effects: [{ do: "page" }] };
      case "ctrl-l":
        return { view, effects: [{ do: "clear" }] };
    }
  }
  const { editor: typed, submitted } = type(editor, key, words);
  if (submitted === undefined) return { view: { ...view, editor: typed }, effects: [] };
  const ready: View = { ...view, editor: submit(typed, submitted) };
  if (turn) return { view: { ...ready, queue: [...view.queue, submitted] }, effects: remember(submitted) };
  const begun = begin(ready, submitted, at);
  return { view: begun.view, effects: [...remember(submitted), ...begun.effects] };
}

function remember(line: string): Effect[] {
  return line.trim() === "" ? [] : [{ do: "remember", line }];
}

function begin(view: View, line: string, at: number): { view: View; effects: Effect[] } {
  const id = view.turns + 1;
  const turn: Turn = {
    ...{ id, line, since: at, thought: "", said: "", calls: [], waiting: "" },
    ...{ llm: undefined, cancelled: false },
  };
  return { view: { ...view, turns: id, turn }, effects: [{ do: "run", id, line }] };
}

/** What was queued was meant to follow an answer that now does not come: it goes back to where it can be edited. */
function cancel(view: View, turn: Turn): { view: View; effects: Effect[] } {
  if (turn.cancelled) return { view, effects: [] };
  const editor = view.queue.length > 0 ? putBack(view.editor, view.queue.join("\n")) : view.editor;
  const stopped: View = { ...view, editor, queue: [], turn: { ...turn, cancelled: true } };
  return { view: stopped, effects: [{ do: "cancel", id: turn.id }] };
}

function finish(view: View, id: number, text: string, at: number): { view: View; effects: Effect[] } {
  if (view.turn?.id !== id) return { view, effects: [] };
  const print: Effect = { do: "print", text };
  const [next, ...queue] = view.queue;
  const idle: View = { ...view, turn: undefined, queue };
  if (next === undefined) return { view: idle, effects: [print] };
  const begun = begin(idle, next, at);
  return { view: begun.view, effects: [print, ...begun.effects] };
}

function changed(view: View, id: number, change: (turn: Turn) => Turn): { view: View; effects: Effect[] } {
  if (view.turn?.id !== id) return { view, effects: [] };
  return { view: { ...view, turn: change(view.turn) }, effects: [] };
}

function observe(turn: Turn, event: AgentEvent): Turn {
  switch (event.type) {
    case "text":
      return { ...turn, waiting: "", said: (turn.said + event.delta).slice(-MOST_SAID) };
    case "retracted":
      return { ...turn, said: "", thought: event.reason };
    case "waiting":
      return { ...turn, waiting: event.reason };
    case "thought":
      return { ...turn, said: "", waiting: "", thought: event.text };
    case "tool_call": {
      const call: Call = { tool: event.call.tool, stages: [], rows: undefined, ms: undefined, failure: undefined };
      return { ...turn, waiting: "", calls: [...turn.calls, call] };
    }
    case "tool_result": {
      // Results come in the order of their calls.
      const open = turn.calls.findIndex((call) => call.ms === undefined);
      const done = {
        stages: event.outcome.stages,
        rows: event.outcome.total,
        ms: event.ms,
        failure: event.failure?.message,
      };
      return { ...turn, calls: turn.calls.map((call, i) => (i === open ? { ...call, ...done } : call)) };
    }
    case "spent":
      return { ...turn, llm: event.llm };
    case "answer":
      return { ...turn, waiting: "" };
  }
}

/** A part of a call that is done before the whole is: of the one call that runs. */
function withStage(turn: Turn, stage: Stage): Turn {
  const running = turn.calls.filter((call) => call.ms === undefined);
  if (running.length !== 1) return turn;
  return {
    ...turn,
    calls: turn.calls.map((call) => (call === running[0] ? { ...call, stages: [...call.stages, stage] } : call)),
  };
}
