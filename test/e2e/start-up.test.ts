import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { hashEmbedder } from "../support/load.js";
import { loadedSample } from "../support/loaded-sample.js";
import { startModelServer } from "../support/model-server.js";
import { NODE_FLAGS } from "../support/node.js";
import { STORES, type Store } from "../support/stores.js";

let store: Store;
beforeAll(async () => {
  store = await loadedSample(STORES[0] as (typeof STORES)[number], hashEmbedder);
});
afterAll(() => store.remove());

/** The packages of which a run of the binary has evaluated a file, by V8's own record. */
async function packagesOf(
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<{ code: number | null; packages: Set<string> }> {
  const folder = mkdtempSync(join(tmpdir(), "audience-coverage-"));
  const child = spawn(process.execPath, [...NODE_FLAGS, packagePath("bin/audience.js"), ...args], {
    cwd: folder,
    env: { ...store.env, PATH: process.env["PATH"] ?? "", HOME: folder, NODE_V8_COVERAGE: join(folder, "v8"), ...more },
    stdio: "ignore",
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const packages = new Set<string>();
  for (const name of readdirSync(join(folder, "v8"))) {
    const text = readFileSync(join(folder, "v8", name), "utf8");
    for (const [, found] of text.matchAll(/"url":"file:[^"]*\/node_modules\/((?:@[^/"]+\/)?[^/"]+)\//g))
      packages.add(found ?? "");
  }
  rmSync(folder, { recursive: true });
  return { code, packages };
}

const HEAVY = ["llamaindex", "@llamaindex/core", "openai", "@xenova/transformers", "ink", "react"];

test("neither help nor the rules load a language model", async () => {
  const help = await packagesOf(["--help"]);
  expect(help.code).toBe(0);
  expect(help.packages).toContain("commander");
  const rules = await packagesOf(["ask", "how many customers are there?", "--planner", "rules"], {
    OPENAI_API_KEY: "sk-x",
  });
  expect(rules.code).toBe(0);
  expect(rules.packages).toContain("@electric-sql/pglite");
  for (const name of HEAVY) expect([...help.packages, ...rules.packages]).not.toContain(name);
});

test("the record would show them: a question to a model loads them", async () => {
  const server = await startModelServer([{ content: "CANNOT ANSWER: no." }]);
  const asked = await packagesOf(["ask", "how many customers are there?"], {
    OPENAI_API_KEY: "sk-x",
    AUDIENCE_BASE_URL: server.url,
  });
  await server.close();
  expect(asked.code).toBe(5);
  expect([...asked.packages]).toEqual(expect.arrayContaining(["llamaindex", "openai"]));
});
