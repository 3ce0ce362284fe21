import { spawn } from "node:child_process";
import { packagePath } from "../../src/config/package-root.js";
import { NODE_FLAGS } from "./node.js";

export interface Interrupted {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs the binary and sends a signal to its whole process group after a while, unless it has ended by then. */
export function interrupted(
  args: readonly string[],
  options: { home: string; env: Record<string, string>; signal: NodeJS.Signals; afterMs: number },
): Promise<Interrupted> {
  const child = spawn(process.execPath, [...NODE_FLAGS, packagePath("bin", "audience.js"), ...args], {
    cwd: options.home,
    env: { PATH: process.env["PATH"] ?? "", HOME: options.home, ...options.env },
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (part) => {
    stdout += part;
  });
  child.stderr.on("data", (part) => {
    stderr += part;
  });
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, options.signal);
  }, options.afterMs);
  return new Promise((resolve) =>
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    }),
  );
}
