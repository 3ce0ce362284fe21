import { spawn } from "node:child_process";
import { packagePath } from "../../src/config/package-root.js";
import { NODE_FLAGS, SHELL_NODE } from "./node.js";

const BIN = packagePath("bin", "audience.js");

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the binary in a folder of the test's own, with no settings but those of `env`. */
export function runBinary(
  args: readonly string[],
  { home, env = {}, stdin }: { home: string; env?: Record<string, string>; stdin?: string },
): Promise<Ended> {
  const child = spawn(process.execPath, [...NODE_FLAGS, BIN, ...args], {
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, XDG_DATA_HOME: `${home}/data`, ...env },
  });
  return ended(child, stdin);
}

/** Runs a shell script in which `audience` is the binary. */
export function runShell(script: string, home: string, more: Record<string, string> = {}): Promise<Ended> {
  const audience = `audience() { ${SHELL_NODE} "${BIN}" "$@"; }`;
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, XDG_DATA_HOME: `${home}/data`, ...more };
  return ended(spawn("bash", ["-c", `${audience}\n${script}`], { cwd: home, env }));
}

function ended(child: ReturnType<typeof spawn>, stdin?: string): Promise<Ended> {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  child.stdout?.on("data", (part) => parts.stdout.push(part));
  child.stderr?.on("data", (part) => parts.stderr.push(part));
  child.stdin?.end(stdin);
  const text = (list: Buffer[]) => Buffer.concat(list).toString("utf8");
  return new Promise((resolve) =>
    child.on("close", (code) => resolve({ code, stdout: text(parts.stdout), stderr: text(parts.stderr) })),
  );
}
