import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";
import { runBinary } from "../support/binary.js";
import { startModelServer } from "../support/model-server.js";
import { openTerminal, type Terminal } from "../support/terminal.js";

/** The composer with nothing in it, and the status line. */
const READY = /^>( Ask about.*)?\n[^\n]*\/help\s*$/m;
const RULE = `${"═".repeat(100)}\n`;
let folder: string;
let sample: string;
let home: string;
let terminal: Terminal;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "audience-screens-"));
  sample = join(folder, "sample");
  mkdirSync(sample);
  expect((await runBinary(["demo"], { home: sample, env: { XDG_DATA_HOME: "" } })).code).toBe(0);
});
afterEach(async () => {
  // Left as a user leaves: nobody writes into the folder any more when it goes.
  terminal.press("C-d");
  await terminal.until(/^\$$/m);
  terminal.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));

/** The REPL in a terminal of its own, over the sample data unless `empty`. */
async function repl(
  options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
  empty = false,
): Promise<void> {
  home = mkdtempSync(join(folder, "home-"));
  if (!empty) cpSync(sample, home, { recursive: true });
  terminal = openTerminal({ home, ...options });
  terminal.type("audience");
  terminal.press("Enter");
  await terminal.until(READY);
}

async function ask(...lines: string[]): Promise<void> {
  for (const line of lines) {
    terminal.type(line);
    terminal.press("Enter");
    await terminal.until(() => terminal.scrollback().includes(`> ${line}`));
    await terminal.until(READY, 90);
  }
}

/** What differs from run to run and from machine to machine is made the same. */
function steady(text: string): string {
  const lines = text
    .replaceAll(home, "~")
    .replace(/\b\d+(\.\d+)? (ms|s)\b/g, "N ms")
    .split("\n")
    .map((line) => line.trimEnd());
  // Before it stands how the terminal was prepared.
  const from = lines.findLastIndex((line) => line.endsWith("$ audience"));
  return `${["$ audience", ...lines.slice(from + 1)].join("\n").trim()}\n`;
}

function keep(name: string, ...texts: string[]): void {
  const whole = texts.length > 0 ? texts : [terminal.scrollback()];
  writeFileSync(packagePath("docs", "screens", `${name}.txt`), whole.map(steady).join(RULE));
}

test("first run", async () => {
  await repl({}, true);
  const before = terminal.scrollback();
  await ask("/demo");
  keep("first-run", before, terminal.scrollback());
});

test("hybrid answer", async () => {
  await repl();
  await ask("women over 40 who bought jewelry in the last 60 days and are into luxury");
  keep("hybrid-answer");
});

test("refusal", async () => {
  await repl();
  await ask("who are our best customers?", "how many customers bought jewelery?", "how many customers will churn?");
  keep("refusal");
});

test("wide table", async () => {
  await repl({ columns: 60, rows: 50 });
  await ask("/sql select * from customers order by customer_id::int limit 2");
  keep("wide-table");
});

test("distribution", async () => {
  await repl();
  await ask("age distribution of customers who bought jewelry", "revenue by month");
  keep("distribution");
});

test("errors", async () => {
  await repl();
  await ask("/shcema", "/sql select nme from customers", "/open big-spenders", "/sql delete from customers");
  keep("errors");
});

test("follow-ups", async () => {
  await repl();
  await ask("how many customers bought shoes in the last 90 days", "only women", "by country", "why?");
  keep("follow-ups");
});

test("completion menu", async () => {
  await repl({ rows: 16 });
  const shown: string[] = [];
  for (const text of ["/s", "/schema ", "customers who bought ne"]) {
    terminal.type(text);
    if (!text.endsWith("s")) terminal.press("Tab");
    await terminal.until((screen) => screen.includes(`> ${text.trimEnd()}`));
    // The menu is drawn with the text, or right after Tab.
    await terminal.until(/^ {2}\S+/m);
    shown.push(terminal.screen());
    terminal.press("C-c");
    await terminal.until(READY);
  }
  keep("completion-menu", ...shown);
});

test("cost", async () => {
  const sql = "SELECT country, sum(revenue) AS revenue FROM customers GROUP BY country ORDER BY revenue DESC LIMIT 3";
  const server = await startModelServer([
    {
      calls: [{ name: "sql_analytics", args: { sql } }],
      usage: { prompt: 2140, completion: 61, cost: 0.0008 },
    },
    {
      content: ["Most revenue comes from these three countries, ", "which are also the largest by customers."],
      usage: { prompt: 2390, completion: 34, cost: 0.0009 },
    },
  ]);
  const env = { OPENROUTER_API_KEY: "sk-screens", AUDIENCE_BASE_URL: server.url, AUDIENCE_PLANNER: "model" };
  await repl({ env });
  await ask("which countries matter most to us?", "/cost --by model");
  keep("cost");
  await server.close();
});
