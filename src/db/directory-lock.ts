import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { throwIfAborted } from "../lib/abort.js";
import { AppError } from "../lib/errors.js";

interface Holder {
  pid: number;
  host: string;
  command: string;
  since: string;
  /** Start time of the process in clock ticks since boot (Linux), so that a reused pid is not taken for it. */
  startTicks: string | null;
}

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes the exclusive lock of a data directory: two processes on one embedded database silently lose rows. Waits up
 * to `waitMs` for another holder, whose name is in the AppError "locked" that follows. A lock whose process is gone
 * is taken over.
 */
export async function lockDirectory(
  directory: string,
  command: string,
  options: { waitMs: number; signal?: AbortSignal | undefined },
): Promise<DirectoryLock> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 }); // it holds personal data
  } catch (cause) {
    throw new AppError("config", `The data directory ${directory} cannot be made: ${(cause as Error).message}.`, {
      hint: "Choose another with --data-dir.",
      cause,
    });
  }
  const file = join(directory, "lock.json");
  const deadline = performance.now() + options.waitMs; // no clock that can be set
  for (;;) {
    const holder = tryLock(file, directory, command);
    if (holder === null) return { release: () => release(file) };
    if (performance.now() >= deadline) {
      throw new AppError(
        "locked",
        `${directory} is in use by process ${holder.pid} on ${holder.host} (${holder.command}), since ${holder.since}.`,
        {
          hint:
            holder.host === hostname()
              ? "Wait for it to end, end it, or use another --data-dir."
              : `Wait for it to end, or use another --data-dir. If that process is gone for good, remove ${file}.`,
        },
      );
    }
    throwIfAborted(options.signal);
    await sleep(50);
  }
}

/** Null when the lock is ours now, else who holds it. */
function tryLock(file: string, directory: string, command: string): Holder | null {
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    command,
    since: new Date().toISOString(),
    startTicks: startTicks(process.pid),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const fd = openSync(file, "wx");
      writeSync(fd, JSON.stringify(mine));
      closeSync(fd);
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || isDirectory(file)) {
        throw new AppError(
          "config",
          `The data directory ${directory} cannot be written: ${(error as Error).message}.`,
          {
            hint: "Choose another with --data-dir.",
            cause: error,
          },
        );
      }
    }
    const text = readLock(file);
    const holder = text === null ? null : parseHolder(text);
    if (holder && isAlive(holder)) return holder;
    if (text !== null && !holder && isYoung(file)) return { ...mine, pid: 0, command: "a process that starts" };
    if (text !== null) removeStale(file, text);
  }
  return parseHolder(readLock(file) ?? "") ?? { ...mine, pid: 0, command: "another process" };
}

/** Removes the lock that was found stale, and puts it back if another process has meanwhile made its own. */
function removeStale(file: string, text: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readLock(aside) !== text) linkSync(aside, file);
    unlinkSync(aside);
  } catch {
    // another process was faster
  }
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Between making the file and writing it a process takes no second, unless it died there. */
function isYoung(file: string): boolean {
  try {
    // A clock that was set back shows a file of the future: that one is old.
    return Math.abs(Date.now() - statSync(file).mtimeMs) < 2_000;
  } catch {
    return false;
  }
}

function readLock(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    const whole = Number.isInteger(holder?.pid) && (holder?.pid ?? 0) > 0 && typeof holder?.host === "string";
    return whole ? (holder as Holder) : null; // anything else says of nobody that he holds it
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true; // a shared file system: cannot be known, so it counts as held
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const ticks = startTicks(holder.pid);
  return ticks === null || holder.startTicks === null || ticks === holder.startTicks;
}

function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null; // field 22, counted after the name
  } catch {
    return null;
  }
}

function release(file: string): void {
  if (parseHolder(readLock(file) ?? "")?.pid !== process.pid) return;
  try {
    unlinkSync(file);
  } catch {
    // gone already
  }
}
