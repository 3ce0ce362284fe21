import { cleanForTerminal } from "../lib/clean-text.js";
import { AppError } from "../lib/errors.js";
import type { Conversation } from "./conversation.js";
import { type Action, createView, type Effect, reduce, type View } from "./state.js";

/** What the terminal can do besides showing the view. */
export interface Screen {
  print(text: string): void;
  clear(): void;
  suspend(): void;
  /** Shows a long text until its reader has had enough. */
  page(text: string): Promise<void>;
}

/** Holds the view, hands lines to the conversation and prints what comes back. */
export interface Driver {
  view(): View;
  subscribe(listener: () => void): () => void;
  dispatch(action: Action): void;
  /** Resolves when the user leaves. */
  left: Promise<void>;
}

export function createDriver(options: {
  conversation: Conversation;
  history: readonly string[];
  remember(line: string): void;
  screen: Screen;
  now(): number;
}): Driver {
  const { conversation, screen, now } = options;
  let view = createView(options.history);
  const listeners = new Set<() => void>();
  const running = new Map<number, AbortController>();
  let leave: () => void = () => {};
  const left = new Promise<void>((resolve) => (leave = resolve));

  function dispatch(action: Action): void {
    const next = reduce(view, action);
    view = next.view;
    for (const effect of next.effects) perform(effect);
    for (const listener of listeners) listener();
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case "run":
        void run(effect.id, effect.line);
        return;
      case "cancel":
        running.get(effect.id)?.abort(new AppError("cancelled", "Cancelled."));
        return;
      case "remember":
        options.remember(effect.line);
        return;
      case "print":
        screen.print(effect.text);
        return;
      case "clear":
        screen.clear();
        return;
      case "suspend":
        screen.suspend();
        return;
      case "page":
        void page();
        return;
      case "leave":
        for (const turn of running.values()) turn.abort(new AppError("cancelled", "Cancelled."));
        leave();
    }
  }

  async function run(id: number, line: string): Promise<void> {
    const stop = new AbortController();
    running.set(id, stop);
    const listener = {
      event: (event: Extract<Action, { type: "event" }>["event"]) => dispatch({ type: "event", id, event }),
      stage: (stage: Extract<Action, { type: "stage" }>["stage"]) => dispatch({ type: "stage", id, stage }),
    };
    const { text, next, words } = await conversation.respond(line, listener, stop.signal);
    running.delete(id);
    if (words) dispatch({ type: "words", words });
    dispatch({ type: "status", status: conversation.status() });
    if (next === "clear") screen.clear();
    dispatch({ type: "finished", id, text: `${asked(line)}${text}`, at: now() });
    if (next === "leave") leave();
  }

  let paging = false;
  /** One pager at a time, however often the key is pressed; what fails is said. */
  async function page(): Promise<void> {
    if (paging) return;
    paging = true;
    try {
      const text = await conversation.page(new AbortController().signal);
      if (text === undefined) dispatch({ type: "print", text: "There is no table yet whose rows could be paged.\n\n" });
      else await screen.page(text);
    } catch (error) {
      dispatch({ type: "print", text: `error: ${cleanForTerminal((error as Error).message)}\n\n` });
    } finally {
      paging = false;
    }
  }

  return {
    view: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch,
    left,
  };
}

/** The line above its answer, as it stays in the scrollback. */
function asked(line: string): string {
  return `> ${line.replaceAll("\n", "\n  ")}\n`;
}
