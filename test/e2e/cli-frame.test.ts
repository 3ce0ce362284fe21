import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { NODE_FLAGS } from "../support/node.js";

const BIN = packagePath("bin/audience.js");
let cwd: string;
let env: Record<string, string>;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "audience-cli-"));
  env = { PATH: process.env["PATH"] ?? "", HOME: cwd, XDG_CONFIG_HOME: join(cwd, "config") };
  mkdirSync(join(cwd, "config/audience"), { recursive: true });
  writeFileSync(join(cwd, "config/audience/config.json"), '{"limit": 4, "model": "from-file"}');
  writeFileSync(join(cwd, ".env"), "AUDIENCE_LIMIT=3\nAUDIENCE_MIN_SCORE=0.5\n");
});
afterAll(() => rmSync(cwd, { recursive: true }));

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (part) => {
    stdout += part;
  });
  child.stderr?.on("data", (part) => {
    stderr += part;
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
}

function audience(args: string[], more: Record<string, string> = {}): Promise<Ended> {
  return ended(spawn(process.execPath, [...NODE_FLAGS, BIN, ...args], { cwd, env: { ...env, ...more } }));
}

/** A child that runs a script with a module of the built command line at hand. */
function script(module: string, body: string): ChildProcess {
  const url = pathToFileURL(packagePath("dist/src/cli", module)).href;
  return spawn(process.execPath, ["--input-type=module", "-e", `const cli = await import("${url}");${body}`]);
}

test("help is data: stdout, exit 0", async () => {
  const help = await audience(["--help"]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toMatch(/Usage: audience .*ingest .*doctor /s);
});

test("usage errors: stderr, exit 2", async () => {
  expect(await audience(["confg"])).toMatchObject({
    code: 2,
    stdout: "",
    stderr: 'error: Unknown command "confg".\nhint: Did you mean config?\n',
  });
  expect(await audience([])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("audience ask") });
  const output = await audience(["config", "--output", "xml"]);
  expect(output).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("Allowed choices are text") });
});

test("settings by precedence, each with its origin", async () => {
  const settings = async (args: string[], more: Record<string, string> = {}) => {
    const { stdout, code } = await audience(["config", "--output", "json", ...args], more);
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as { setting: string; value: string; origin: string }[];
    return (name: string) => rows.filter((row) => row.setting === name).map((row) => `${row.value} ${row.origin}`)[0];
  };
  const files = await settings([]);
  expect(files("limit")).toBe("3 .env AUDIENCE_LIMIT");
  expect(files("model")).toMatch(/^from-file user file .*config\.json$/);
  expect(files("planner")).toBe("auto default");
  const all = await settings(["--limit", "1"], {
    AUDIENCE_LIMIT: "2",
    AUDIENCE_MIN_SCORE: "0.6",
    OPENAI_API_KEY: "sk-x",
  });
  expect(all("limit")).toBe("1 flag --limit");
  expect(all("minScore")).toBe("0.6 environment AUDIENCE_MIN_SCORE");
  expect(all("openaiApiKey")).toBe("set environment OPENAI_API_KEY");
});

test("a bad setting names its origin; with json the error is one object on stderr", async () => {
  const bad = await audience(["config", "--output", "json"], { AUDIENCE_LIMIT: "many" });
  expect(bad).toMatchObject({ code: 2, stdout: "" });
  expect(JSON.parse(bad.stderr)).toMatchObject({
    error: { code: "config", message: expect.stringMatching(/^AUDIENCE_LIMIT: .* \(from environment\)$/) },
  });
});

test("300 KB arrive through a pipe; a reader that has gone is no error", async () => {
  const write = 'await cli.writeOut(process.stdout, "x".repeat(300_000)); process.stderr.write("done");';
  expect((await ended(script("write-out.js", write))).stdout).toHaveLength(300_000);
  const child = script("write-out.js", `process.stdout.on("error", () => {}); ${write}`);
  child.stdout?.destroy();
  expect(await ended(child)).toMatchObject({ code: 0, stderr: "done" });
});

test("the first SIGINT aborts, the second ends the process", async () => {
  const child = script(
    "interruption.js",
    `const { signal } = cli.listenForInterruption();
     signal.addEventListener("abort", () => process.stderr.write("aborted"));
     setInterval(() => {}, 1000); process.stderr.write("ready ");`,
  );
  const end = ended(child);
  child.stderr?.on("data", (part) => {
    if (/ready|aborted/.test(String(part))) child.kill("SIGINT");
  });
  expect(await end).toMatchObject({ code: null, signal: "SIGINT", stderr: "ready aborted" });
});
