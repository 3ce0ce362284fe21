import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { AppError } from "../lib/errors.js";
import { stageInWords } from "../render/stage-in-words.js";
import type { Conversation } from "./conversation.js";

/**
 * The REPL in plain lines, for screen readers and terminals without cursor movement: a prompt, an answer, nothing that
 * moves or is drawn twice. Ctrl-C cancels a question; twice on an empty line, or Ctrl-D, leaves.
 */
export async function openPlainRepl(
  conversation: Conversation,
  options: {
    stdin: Readable;
    stdout: Writable;
    history: readonly string[];
    remember(line: string): void;
    now(): number;
  },
): Promise<void> {
  const { stdin, stdout, now } = options;
  const say = (text: string) => void stdout.write(text);
  const lines = createInterface({
    input: stdin,
    output: stdout,
    terminal: true,
    prompt: "> ",
    history: [...options.history].reverse(),
  });
  const { header } = await conversation.open();
  say(`${header}\n\n`);
  let running: AbortController | undefined;
  let pressed = Number.NEGATIVE_INFINITY;
  const queue: string[] = [];
  lines.on("SIGINT", () => {
    if (running) return running.abort(new AppError("cancelled", "Cancelled."));
    if (now() - pressed <= 2_000) return lines.close();
    pressed = now();
    say("\nPress Ctrl-C again to leave.\n");
    lines.prompt();
  });

  async function answer(line: string): Promise<void> {
    options.remember(line);
    running = new AbortController();
    const listener = {
      event: () => {},
      stage: (stage: Parameters<typeof stageInWords>[0]) => say(`${stageInWords(stage)}\n`),
    };
    const response = await conversation.respond(line, listener, running.signal);
    running = undefined;
    say(response.text);
    if (response.next === "leave") lines.close();
  }

  let working = false;
  async function work(): Promise<void> {
    if (working) return;
    working = true;
    for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
      if (line.trim() !== "") await answer(line);
    }
    working = false;
    lines.prompt();
  }
  lines.on("line", (line) => {
    queue.push(line);
    void work();
  });
  lines.prompt();
  await once(lines, "close");
  say("\n");
  running?.abort(new AppError("cancelled", "Cancelled."));
  await conversation.close();
}
