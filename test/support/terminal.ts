import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { packagePath } from "../../src/config/package-root.js";
import { SHELL_NODE } from "./node.js";

/** Whether tmux is there: the tests about terminals need it. */
export const noTmux = spawnSync("tmux", ["-V"]).status !== 0;

/** A real terminal of a size, in which a shell runs. */
export interface Terminal {
  home: string;
  /** Types text as it stands. */
  type(text: string): void;
  /** Presses keys by tmux's names: Enter, C-c, Escape, M-Enter. */
  press(...keys: string[]): void;
  /** Pastes as a terminal does, in brackets where the program asked for them. */
  paste(text: string): void;
  /** What is on the screen now. */
  screen(): string;
  /** The same with its colours and weights, as escape sequences. */
  styled(): string;
  /** Everything that was ever printed and not cleared, with the screen; wrapped lines joined. */
  scrollback(): string;
  cursor(): { x: number; y: number };
  resize(columns: number, rows: number): void;
  /** Resolves with the screen once it matches; throws with the screen after `seconds`. */
  until(pattern: RegExp | ((screen: string) => boolean), seconds?: number): Promise<string>;
  /** Process id of the program that runs in the foreground. */
  pid(): number;
  /** Ends the terminal, and waits until what ran in it has ended. */
  close(): void;
}

/** Opens a terminal with a shell in which `audience` is the binary, and no settings but those of `env`. */
export function openTerminal(options: {
  home: string;
  env?: Record<string, string>;
  columns?: number;
  rows?: number;
  term?: string;
}): Terminal {
  const { home, env = {}, columns = 100, rows = 30, term = "screen-256color" } = options;
  const socket = `audience-test-${process.pid}-${randomBytes(4).toString("hex")}`;
  const tmux = (...args: string[]) =>
    execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "", HOME: home, LC_ALL: "C.UTF-8", TERM: "xterm-256color" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const bin = `${SHELL_NODE} "${packagePath("bin", "audience.js")}"`;
  const variables = Object.entries({ HOME: home, XDG_STATE_HOME: `${home}/state`, PS1: "$ ", HISTFILE: "", ...env });
  const set = variables.flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), ...set, "bash --norc --noprofile -i");
  tmux("set-option", "-g", "history-limit", "100000");
  // The limit holds for panes made after it.
  tmux("new-window", ...set, "bash --norc --noprofile -i");
  tmux("kill-window", "-t", ":0");
  tmux("send-keys", `PS1="$ "; export TERM=${term}; cd "$HOME"; audience() { ${bin} "$@"; }; clear`, "Enter");
  const target = ":";
  const screen = () => tmux("capture-pane", "-p", "-t", target);
  return {
    home,
    type: (text) => void tmux("send-keys", "-t", target, "-l", text),
    press: (...keys) => void tmux("send-keys", "-t", target, ...keys),
    paste(text) {
      tmux("set-buffer", text);
      tmux("paste-buffer", "-p", "-r", "-t", target);
    },
    screen,
    styled: () => tmux("capture-pane", "-p", "-e", "-t", target),
    scrollback: () => tmux("capture-pane", "-p", "-J", "-S", "-", "-t", target),
    cursor() {
      const [x, y] = tmux("display-message", "-p", "-t", target, "#{cursor_x} #{cursor_y}").trim().split(" ");
      return { x: Number(x), y: Number(y) };
    },
    resize: (width, height) => void tmux("resize-window", "-x", String(width), "-y", String(height)),
    async until(pattern, seconds = 20) {
      const matches = typeof pattern === "function" ? pattern : (text: string) => pattern.test(text);
      for (const end = Date.now() + seconds * 1000; ; await sleep(40)) {
        const text = screen();
        if (matches(text)) return text;
        if (Date.now() > end) throw new Error(`The screen never showed ${pattern}:\n${text}`);
      }
    },
    pid() {
      const shell = tmux("display-message", "-p", "-t", target, "#{pane_pid}").trim();
      return Number(execFileSync("pgrep", ["-P", shell, "-n"], { encoding: "utf8" }));
    },
    close() {
      const shell = attempt(() => tmux("display-message", "-p", "-t", target, "#{pane_pid}")).trim();
      const children = attempt(() => execFileSync("pgrep", ["-P", shell], { encoding: "utf8" })).split("\n");
      attempt(() => tmux("kill-server"));
      const pids = children.filter((pid) => pid !== "").map(Number);
      for (const end = Date.now() + 5_000; pids.some(isAlive) && Date.now() < end; ) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    },
  };
}

/** What is asked of a terminal that may have ended by itself. */
function attempt(ask: () => string): string {
  try {
    return ask();
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
