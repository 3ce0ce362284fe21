import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import { render } from "ink";
import { App } from "./app.js";
import type { Conversation } from "./conversation.js";
import { createDriver } from "./driver.js";
import { type EarlyInput, PASTE_OFF, PASTE_ON } from "./terminal/early-input.js";
import { isPaste, type Key, readKeys, readRest } from "./terminal/keys.js";
import { unlimitedHeight } from "./terminal/unlimited-height.js";

export interface Terminal {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  color: boolean;
  /** Command line of the pager; the text goes to its stdin. */
  pager: string;
  now(): number;
}

/** How long the rest of an escape sequence may take, over a slow line too. */
const ESCAPE_MS = 50;
/** What a terminal kept for us is read within this time. */
const COOKED_MS = 100;
/** Within this time ink has drawn what it was given. */
const DRAWN_MS = 60;
const CLEAR = "\u001b[2J\u001b[H";

/** Runs the REPL until its user leaves. */
export async function openRepl(
  conversation: Conversation,
  options: { terminal: Terminal; early: EarlyInput; history: readonly string[]; remember(line: string): void },
): Promise<void> {
  const { terminal } = options;
  const { stdin, stdout, now } = terminal;
  let write: (text: string) => void = (text) => void stdout.write(text);
  const screen = {
    /** A piece a screen at most: ink draws the rest of the screen between them. */
    print(text: string) {
      const lines = text.split("\n");
      const height = Math.max(1, stdout.rows - 2);
      for (let i = 0; i < lines.length; i += height) {
        const piece = lines.slice(i, i + height).join("\n");
        write(i + height < lines.length ? `${piece}\n` : piece);
      }
    },
    clear: () => write(CLEAR),
    suspend: () => void suspend(),
    page,
  };
  const driver = createDriver({ conversation, screen, now, history: options.history, remember: options.remember });
  const { dispatch } = driver;
  const input = listen(stdin, (key) => dispatch({ type: "key", key, at: now() }));
  const size = () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const early = options.early.take();
  const ink = render(
    <App
      store={{ view: driver.view, subscribe: driver.subscribe, size, now }}
      color={terminal.color}
      onReady={(ready) => {
        write = ready;
      }}
    />,
    { stdout: unlimitedHeight(stdout), stdin, exitOnCtrlC: false, patchConsole: false },
  );
  const redraw = () => dispatch({ type: "status", status: conversation.status() });
  const resized = () => {
    conversation.resize(size().columns);
    redraw();
  };
  stdout.on("resize", resized);
  conversation.resize(size().columns);
  input.start(early);
  void conversation.open().then(({ header, words }) => {
    dispatch({ type: "print", text: `${header}\n\n` });
    dispatch({ type: "words", words });
    redraw();
  });
  await driver.left;
  await lend(async () => {});
  stdout.off("resize", resized);
  ink.unmount();
  await conversation.close();

  /** Gives the terminal away as it was found; `take` takes it back. */
  async function lend(use: () => Promise<void>): Promise<void> {
    input.stop();
    dispatch({ type: "hidden", hidden: true });
    await sleep(DRAWN_MS);
    stdout.write(`${PASTE_OFF}\u001b[?25h`);
    stdin.setRawMode(false);
    await use();
  }

  function take(): void {
    stdin.setRawMode(true);
    stdout.write(PASTE_ON);
    dispatch({ type: "hidden", hidden: false });
    resized();
    input.start("");
  }

  /** Ctrl-Z: until `fg`. */
  async function suspend(): Promise<void> {
    await lend(async () => {
      process.once("SIGCONT", take);
      process.kill(process.pid, "SIGTSTP");
    });
  }

  async function page(text: string): Promise<void> {
    await lend(
      () =>
        new Promise((resolve) => {
          const child = spawn(terminal.pager, { shell: true, stdio: ["pipe", "inherit", "inherit"] });
          child.stdin.on("error", () => {}); // a pager that is left before it has read everything
          child.on("error", () => resolve());
          child.on("close", () => resolve());
          child.stdin.end(text);
        }),
    );
    take();
  }
}

/** Reads keys from the terminal, between `start` and `stop`. */
function listen(stdin: NodeJS.ReadStream, press: (key: Key) => void) {
  const decoder = new StringDecoder("utf8");
  let pending = { text: "" };
  let timer: NodeJS.Timeout | undefined;
  const read = (text: string) => {
    clearTimeout(timer);
    const found = readKeys(text, pending);
    pending = found.pending;
    for (const key of found.keys) press(key);
    if (pending.text === "" || isPaste(pending)) return;
    timer = setTimeout(() => {
      const rest = readRest(pending);
      pending = { text: "" };
      for (const key of rest) press(key);
    }, ESCAPE_MS);
  };
  // What was typed while another program had the terminal ends its lines with a line feed.
  let cooked = false;
  let forget: NodeJS.Timeout | undefined;
  const onData = (chunk: Buffer) => {
    const text = decoder.write(chunk);
    read(cooked ? text.replaceAll("\n", "\r") : text);
    cooked = false;
  };
  return {
    start(early: string) {
      cooked = true;
      forget = setTimeout(() => {
        cooked = false;
      }, COOKED_MS);
      stdin.on("data", onData);
      stdin.resume();
      if (early !== "") read(early);
    },
    stop() {
      clearTimeout(timer);
      clearTimeout(forget);
      stdin.off("data", onData);
      stdin.pause();
    },
  };
}
