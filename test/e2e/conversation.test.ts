import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createConversation } from "../../src/cli/conversation/create-conversation.js";
import { createContext } from "../../src/cli/create-context.js";
import { type Invocation, parseArguments } from "../../src/cli/parse-arguments.js";
import type { Conversation } from "../../src/repl/conversation.js";
import { runBinary } from "../support/binary.js";

const { signal } = new AbortController();
const deaf = { event: () => {}, stage: () => {} };
let home: string;
let conversation: Conversation;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "audience-conversation-"));
  const data = { XDG_DATA_HOME: `${home}/data` };
  expect((await runBinary(["demo"], { home, env: data })).code).toBe(0);
  for (const [name, value] of Object.entries({ HOME: home, ...data })) vi.stubEnv(name, value);
  const context = createContext(parseArguments(["node", "audience"]) as Invocation, signal);
  const dispatch = () => Promise.reject(new Error("no command is run here"));
  conversation = createConversation({ ...context, dispatch }, { idleMs: 300 });
});
afterAll(async () => {
  await conversation?.close();
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

test("while nobody asks other programs may have the embedded database, and the conversation goes on", async () => {
  expect((await conversation.open()).header).toMatch(/500 customers/);
  const first = await conversation.respond("how many women are there", deaf, signal);
  expect(first.text).toMatch(/gender is F/);
  await sleep(1_500);
  const other = await runBinary(["ask", "how many customers are there", "--timeout", "5"], { home });
  expect(other.stdout).toMatch(/^500 customers/);
  const second = await conversation.respond("only those over 40", deaf, signal);
  expect(second.text).toMatch(/gender is F and age > 40/);
});
