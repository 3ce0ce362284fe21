import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseArguments } from "../../src/cli/parse-arguments.js";
import { runBinary } from "../support/binary.js";

const SHELLS = ["bash", "zsh", "fish"];
const installed = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;
let home: string;
const file = (shell: string) => join(home, `completion.${shell}`);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "audience completion-"));
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await runBinary(["completion", shell], { home });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    writeFileSync(file(shell), stdout);
  }
  mkdirSync(join(home, ".config/audience"), { recursive: true });
  const questions = { "women in Texas": ["how many women are in Texas"], vips: ["VIPs"] };
  writeFileSync(join(home, ".config/audience/questions.json"), JSON.stringify(questions, null, 2));
  mkdirSync(join(home, ".local/state/audience/sessions"), { recursive: true });
  writeFileSync(join(home, ".local/state/audience/sessions/20250616-210411-3f2a1b.jsonl"), "");
  mkdirSync(join(home, "my data"));
  writeFileSync(join(home, "my data/crm 1.csv"), "");
});
afterAll(() => rmSync(home, { recursive: true }));

/** What bash offers for the last of `words`, as it divides a line into them. */
function inBash(...words: string[]): string[] {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _audience; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", script, "bash", file("bash"), "audience", ...words], {
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home },
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

/** Names of the commands, as `--help` lists them. */
function commands(): string[] {
  const help = parseArguments(["node", "audience", "--help"]);
  const list = "text" in help ? (help.text.split("\nCommands:\n")[1] ?? "") : "";
  return [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name as string);
}

describe.each(SHELLS)("%s", (shell) => {
  test.skipIf(!installed(shell))("the script is one", () => {
    expect(spawnSync(shell, ["-n", file(shell)], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });
});

describe.skipIf(!installed("bash"))("bash completes", () => {
  test("commands", () => {
    expect(commands()).toContain("completion");
    expect(inBash("")).toEqual(commands());
    expect(inBash("co")).toEqual(["cost", "config", "completion"]);
    expect(inBash("--output", "csv", "--verbose", "sch")).toEqual(["schema"]);
    expect(inBash("help", "ing")).toEqual(["ingest"]);
  });

  test("options: those of every command, before and after its name, and its own", () => {
    expect(inBash("--max")).toEqual(["--max-cost", "--max-cost-session"]);
    expect(inBash("ingest", "--max")).toEqual(["--max-cost", "--max-cost-session", "--max-rejects"]);
    expect(inBash("ingest", "--crm", "a.csv", "b.csv", "--events")).toEqual(["--events"]);
    expect(inBash("ask", "--", "--out")).toEqual([]);
  });

  test.each([
    [
      ["--output", ""],
      ["text", "json", "jsonl", "csv", "md"],
    ],
    [
      ["ask", "how many", "--output", "j"],
      ["json", "jsonl"],
    ],
    [["--output", "=", "c"], ["csv"]],
    [
      ["--output", "="],
      ["text", "json", "jsonl", "csv", "md"],
    ],
    [
      ["--planner", ""],
      ["auto", "rules", "model"],
    ],
    [["cost", "--by", "s"], ["session"]],
    [
      ["schema", ""],
      ["customers", "events", "interests"],
    ],
    [["schema", "--verbose", "ev"], ["events"]],
    [["schema", "events", ""], []],
    [["completion", ""], SHELLS],
    [["--limit", ""], []],
    [["ask", ""], []],
    [["nonsense", ""], []],
  ])("choices: %j", (words, expected) => {
    expect(inBash(...words)).toEqual(expected);
  });

  test("files where files are taken, as many as are taken", () => {
    expect(inBash("find", "my")).toEqual(["my data"]);
    expect(inBash("ingest", "--crm", "my data/")).toEqual(["my data/crm 1.csv"]);
    expect(inBash("ingest", "--crm", "one.csv", "my data/c")).toEqual(["my data/crm 1.csv"]);
    expect(inBash("--data-dir", "")).toContain("my data");
    expect(inBash("--data-dir", "comp")).toEqual([]);
  });

  test("names of saved questions, quoted, and ids of sessions", () => {
    expect(inBash("open", "")).toEqual([String.raw`women\ in\ Texas`, "vips"]);
    expect(inBash("open", "v")).toEqual(["vips"]);
    expect(inBash("--resume", "2025")).toEqual(["20250616-210411-3f2a1b"]);
  });
});
