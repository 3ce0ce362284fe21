import { execFile } from "node:child_process";
import { packagePath } from "../../src/config/package-root.js";
import { NODE_FLAGS } from "./node.js";

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the built binary with nothing of this process's environment but PATH; `input` is its stdin. */
export function runCli(
  args: readonly string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...NODE_FLAGS, packagePath("bin", "audience.js"), ...args],
      { env: { PATH: process.env["PATH"] ?? "", ...options.env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
    child.stdin?.end(options.input ?? "");
  });
}
