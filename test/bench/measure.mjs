// Times and peak memory, of this process and of others.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export function timed(work) {
  const start = performance.now();
  work();
  return performance.now() - start;
}

export async function timedAsync(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Runs node; gives milliseconds, its output, and its peak memory in MB (0 where the system has no /proc). */
export function runNode(args, env = {}) {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let memory = 0;
  const look = () => {
    try {
      const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
      memory = Math.max(memory, Number(line?.[1] ?? 0) / 1024);
    } catch {
      // gone, or no /proc
    }
  };
  const timer = setInterval(look, 25);
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      if (code !== 0) reject(new Error(`${args.join(" ")} ended with ${code}`));
      else resolve({ ms: performance.now() - start, output, memory: Math.round(memory) });
    });
  });
}
