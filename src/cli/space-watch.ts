import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { AppError } from "../lib/errors.js";

/**
 * What has to stay free. Where the embedded Postgres cannot write its log it does not end, but turns in a circle for
 * ever: a segment of the log has 16 MB, and a load writes tens of megabytes a second.
 */
const RESERVE = 64e6;
const EVERY_MS = 100;

/**
 * A signal that aborts as `outer` does, and when the disk below a folder is nearly full. Call `stop` when the work is done.
 * Throws AppError "config" where it is so already.
 */
export function watchSpace(
  folder: string,
  outer: AbortSignal,
  { free = freeBytes, reserve = RESERVE, everyMs = EVERY_MS } = {},
): { signal: AbortSignal; stop: () => void } {
  const nearlyFull = () => {
    const left = free(folder);
    return left === null || left >= reserve ? null : left;
  };
  const before = nearlyFull();
  if (before !== null) throw full(folder, before, "Nothing was changed");
  const controller = new AbortController();
  const forward = () => controller.abort(outer.reason);
  if (outer.aborted) forward();
  outer.addEventListener("abort", forward, { once: true });
  const timer = setInterval(() => {
    const left = nearlyFull();
    if (left !== null) controller.abort(full(folder, left, "The load was ended before it could break the database"));
  }, everyMs);
  return {
    signal: controller.signal,
    stop: () => {
      clearInterval(timer);
      outer.removeEventListener("abort", forward);
    },
  };
}

/** Null where it cannot be known. */
function freeBytes(folder: string): number | null {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    const { bavail, bsize } = statfsSync(there);
    return bavail * bsize;
  } catch {
    return null;
  }
}

function full(folder: string, left: number, what: string): AppError {
  return new AppError("config", `The disk of ${folder} has only ${Math.floor(left / 1e6)} MB left. ${what}.`, {
    hint: "Free space there (a load needs several times its files), or choose another place with --data-dir.",
  });
}
