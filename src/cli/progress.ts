import type { Writable } from "node:stream";
import type { Progress } from "../../ingest/options.js";

const LINE_EVERY_MS = 10_000;
const BAR_EVERY_MS = 100;
const BAR_WIDTH = 24;

const VERBS: Record<Progress["stage"], string> = {
  read: "reading",
  store: "storing",
  profile: "building profiles",
  embed: "embedding",
  finish: "finishing",
  index: "writing the index",
};

/** Shows how a long load goes: a bar that is redrawn on a terminal, else a plain line every ten seconds. */
export function showProgress(
  stderr: Writable & { isTTY?: boolean; columns?: number },
  now: () => Date,
): { update(progress: Progress): void; end(): void } {
  const tty = stderr.isTTY === true;
  const start = now().getTime();
  let shownAt = tty ? 0 : start;
  let stageStart = start;
  let stage = "";
  let drawn = false;
  return {
    update(progress) {
      const time = now().getTime();
      const key = `${progress.stage} ${progress.file ?? ""}`;
      if (key !== stage) {
        stage = key;
        stageStart = time;
        if (tty) shownAt = 0;
      }
      if (time - shownAt < (tty ? BAR_EVERY_MS : LINE_EVERY_MS)) return;
      shownAt = time;
      const line = describe(progress, (time - stageStart) / 1000);
      if (tty) {
        const width = (stderr.columns ?? 80) - 1;
        stderr.write(`\r\x1b[2K${bar(progress)}${line}`.slice(0, width + 5));
        drawn = true;
      } else {
        stderr.write(`${Math.round((time - start) / 1000)} s: ${line}\n`);
      }
    },
    end() {
      if (drawn) stderr.write("\r\x1b[2K");
    },
  };
}

function describe(progress: Progress, seconds: number): string {
  const { done, total, rows, unit } = progress;
  const parts = [VERBS[progress.stage] + (progress.file ? ` ${progress.file}` : "")];
  if (total !== null && total > 0) parts.push(`${Math.floor((100 * done) / total)}%`);
  if (unit === "phrases" || unit === "customers") parts.push(`${done} of ${total ?? "?"} ${unit}`);
  else if (progress.stage === "read") {
    parts.push(`${rows.toLocaleString("en-US")} rows`);
    if (seconds > 0.5) parts.push(`${Math.round(rows / seconds).toLocaleString("en-US")} rows/s`);
  }
  if (total !== null && done > 0 && done < total && seconds > 2) {
    parts.push(`${Math.ceil((seconds * (total - done)) / done)} s left`);
  }
  return parts.join(", ");
}

function bar({ done, total }: Progress): string {
  if (total === null || total === 0) return "";
  const full = Math.round((BAR_WIDTH * Math.min(done, total)) / total);
  return `${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)} `;
}
