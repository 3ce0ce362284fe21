import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { runBinary } from "../support/binary.js";
import { freshDirectory } from "../support/stores.js";

const wanted = process.env["AUDIENCE_TEST_LONG"] !== undefined;
if (!wanted) process.stderr.write("Skipped: the load of 2 GB, which takes minutes; set AUDIENCE_TEST_LONG=1.\n");

const BYTES = 2 * 1024 ** 3;
const NOTE = "lorem ipsum dolor sit amet ".repeat(40).slice(0, 930);

/** Rows of about 1 kB, until it is enough; gives their number. */
async function pour(into: NodeJS.WritableStream): Promise<number> {
  let rows = 0;
  let bytes = 0;
  let text = "event_id,customer_id,event_type,timestamp,category,price,note\n";
  while (bytes < BYTES) {
    for (let i = 0; i < 200; i++, rows++) {
      const type = ["purchase", "view", "add_to_cart"][rows % 3];
      text += `e${rows},${rows % 5000},${type},2025-0${1 + (rows % 6)}-1${rows % 10}T10:00:00Z,cat${rows % 40},5,${rows}${NOTE}\n`;
    }
    bytes += text.length;
    if (!into.write(text)) await once(into, "drain");
    text = "";
  }
  into.end();
  return rows;
}

/** Peak of a process in kB; 0 when it has ended. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

test.skipIf(!wanted)(
  "2 GB from a pipe are loaded whole, in bounded memory",
  async () => {
    const home = freshDirectory();
    const child = spawn(process.execPath, [packagePath("bin", "audience.js"), "ingest", "--events", "-"], {
      env: { PATH: process.env["PATH"] ?? "", HOME: home, XDG_DATA_HOME: `${home}/data` },
      stdio: ["pipe", "ignore", "inherit"],
    });
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, 1_000);
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    ended.finally(() => clearInterval(timer));
    const start = performance.now();
    const rows = await pour(child.stdin);
    expect(await ended).toBe(0);
    process.stderr.write(`${rows} rows in ${Math.round((performance.now() - start) / 1000)} s, at most ${peak} kB.\n`);
    expect(peak).toBeLessThan(1_500_000);
    const { stdout } = await runBinary(
      ["sql", "select count(*), count(distinct event_id) from events", "--output", "csv"],
      { home },
    );
    expect(stdout.split(/\r?\n/)[1]).toBe(`${rows},${rows}`);
    rmSync(home, { recursive: true, force: true });
  },
  1_200_000,
);
