import type { AgentEvent } from "../agent/events.js";
import type { Stage } from "../render/answer.js";
import type { Words } from "./editor/completion.js";

/** What happens to a line while it is worked on. */
export interface Listener {
  event(event: AgentEvent): void;
  stage(stage: Stage): void;
}

/** Who answers what is entered: the only way from the terminal to the data. */
export interface Conversation {
  /** Opens the data; says what is loaded, or what to do first. Never throws. */
  open(): Promise<{ header: string; words: Words }>;
  /** Answers a question or runs a slash command; gives what is printed, errors too. Never throws. */
  respond(line: string, listener: Listener, signal: AbortSignal): Promise<Response>;
  /** What is said below the composer. */
  status(): string;
  /** Every row of the last answer, for the pager; undefined where there is none. */
  page(signal: AbortSignal): Promise<string | undefined>;
  /** Cells a line may take from now on. */
  resize(width: number): void;
  close(): Promise<void>;
}

export interface Response {
  text: string;
  /** What to do besides printing. */
  next?: "leave" | "clear";
  /** The data or what is known of them changed: words for completion. */
  words?: Words;
}
