import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runBinary } from "../support/binary.js";
import { type ModelServer, type Scene, startModelServer } from "../support/model-server.js";
import { noTmux, openTerminal, type Terminal } from "../support/terminal.js";

/** The composer with nothing in it, and the status line. */
const EMPTY = /^>( Ask about.*)?\n[^\n]*\/help/m;
let home: string;
let open: Terminal[] = [];
/** A REPL that tests share which need no other one: each begins with an empty line and an empty screen. */
let shared: Terminal | undefined;

async function fresh(): Promise<Terminal> {
  shared ??= await start(ownTerminal({ env: { CI: "" } }), "");
  // Ctrl-C empties the line, or says how to leave, until the next key.
  shared.press("C-c", "C-l");
  await shared.until(EMPTY);
  shared.press("C-l");
  return shared.until((screen) => /^> Ask|^>\n[^\n]*\/help\s*$/.test(screen)).then(() => shared as Terminal);
}

async function start(terminal: Terminal, args: string): Promise<Terminal> {
  terminal.type(`audience ${args}`);
  terminal.press("Enter");
  await terminal.until(/500 customers/);
  return terminal;
}

/** A REPL of the test's own. */
async function repl(options: Partial<Parameters<typeof openTerminal>[0]> = {}, args = ""): Promise<Terminal> {
  return start(shell(options), args);
}

function shell(options: Partial<Parameters<typeof openTerminal>[0]> = {}): Terminal {
  const terminal = ownTerminal(options);
  open.push(terminal);
  return terminal;
}

function ownTerminal(options: Partial<Parameters<typeof openTerminal>[0]> = {}): Terminal {
  // The embedded database has one user at a time.
  const own = mkdtempSync(join(tmpdir(), "audience-terminal-"));
  cpSync(home, own, { recursive: true });
  return openTerminal({ home: own, ...options });
}

async function ask(terminal: Terminal, question: string, answer: RegExp): Promise<void> {
  terminal.type(question);
  terminal.press("Enter");
  await terminal.until(answer);
  await terminal.until(EMPTY);
}

function closeOwn(): void {
  for (const terminal of open) terminal.close();
  for (const { home } of open) rmSync(home, { recursive: true, force: true });
  open = [];
}

const count = (text: string, part: string) => text.split(part).length - 1;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "audience-terminal-"));
  if (!noTmux) expect((await runBinary(["demo"], { home, env: { XDG_DATA_HOME: "" } })).code).toBe(0);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.skipIf(noTmux)("the REPL in a terminal, by the lines of the conventions it follows", () => {
  afterEach(() => {
    closeOwn();
  });
  afterAll(() => {
    shared?.close();
    if (shared) rmSync(shared.home, { recursive: true, force: true });
  });

  test("1, 3: finished turns stay in the terminal's own scrollback, each once, also in a small window", async () => {
    const terminal = await repl({ columns: 80, rows: 16 });
    for (const country of ["PL", "DE", "US", "FR"]) {
      await ask(terminal, `customers from ${country}`, /rules · \d+ ms/);
      terminal.press("C-l");
      await ask(terminal, `how many customers in ${country}`, new RegExp(`country is ${country}\\.`));
    }
    const text = terminal.scrollback();
    for (const country of ["PL", "DE", "US", "FR"]) {
      expect(count(text, `> how many customers in ${country}`), text).toBeLessThanOrEqual(1);
    }
    expect(count(text, "> how many customers in FR")).toBe(1);
    expect(text).toContain("audience 0.");
  });

  test("5: a CI variable, even empty, freezes nothing", async () => {
    const terminal = await fresh(); // it has one
    await ask(terminal, "how many customers are there", /^500 customers/m);
  });

  test("7: Enter asks; Ctrl-J, Alt-Enter and a backslash make a line", async () => {
    const terminal = await fresh();
    terminal.type("how many");
    terminal.press("C-j");
    terminal.type("customers");
    terminal.press("M-Enter");
    terminal.type("are \\");
    terminal.press("Enter");
    terminal.type("women");
    await terminal.until(/> how many\n {2}customers\n {2}are\s*\n {2}women/);
    terminal.press("Enter");
    await terminal.until(/customers: gender is F/);
  });

  test("8: a paste of several lines submits nothing and arrives whole", async () => {
    const terminal = await fresh();
    terminal.paste("how many customers\nare there\nin PL");
    await terminal.until(/> how many customers\n {2}are there\n {2}in PL/);
    expect(terminal.screen()).not.toMatch(/rules · \d+ ms/);
    terminal.press("Enter");
    await terminal.until(/country is PL/);
  });

  test("9: wide characters, and the real cursor where text goes in", async () => {
    const terminal = await fresh();
    terminal.type("日本語 é");
    await terminal.until(/> 日本語 é/);
    expect(terminal.cursor().x).toBe(2 + 6 + 2);
    terminal.press("Left", "Left", "Left");
    terminal.type("x");
    await terminal.until(/> 日本x語 é/);
    expect(terminal.cursor().x).toBe(2 + 5);
  });

  test("10: the history outlives the session, under the state folder, and Ctrl-R finds in it", async () => {
    const first = await repl();
    const own = first.home;
    await ask(first, "how many customers are from Poland", /country is PL/);
    first.press("C-d");
    await first.until(/^\$$/m);
    expect(readFileSync(join(own, "state", "audience", "history.jsonl"), "utf8")).toContain("from Poland");
    const second = await repl({ home: own });
    second.press("C-r");
    second.type("poland");
    await second.until(/\? how many customers are from Poland/);
    second.press("Enter");
    await second.until(/country is PL/);
    second.press("Up");
    await second.until(/> how many customers are from Poland\s*\n\S* · /);
  });

  test("11: Ctrl-C clears a line, asks, and leaves; exit code 0; the terminal is as before", async () => {
    const terminal = await repl();
    terminal.type("half a question");
    await terminal.until(/half a question/);
    terminal.press("C-c");
    await terminal.until((screen) => !screen.includes("half a question"));
    terminal.press("Up");
    await terminal.until(/half a question/);
    terminal.press("C-c");
    terminal.press("C-c");
    await terminal.until(/Press Ctrl-C again/);
    terminal.press("C-c");
    await terminal.until(/^\$$/m);
    terminal.type("echo code $?; stty -a | grep -o ' icanon'");
    terminal.press("Enter");
    await terminal.until(/code 0\n icanon/);
  });

  test("12: what is entered while a turn runs is shown, and asked next", async () => {
    const terminal = await fresh();
    terminal.type("customers who are into luxury");
    terminal.press("Enter");
    terminal.type("how many men are there");
    terminal.press("Enter");
    terminal.type("how many women are there");
    terminal.press("Enter");
    await terminal.until(/gender is F\./);
    const all = terminal.scrollback();
    const text = all.slice(all.lastIndexOf("> customers who are into luxury"));
    expect(text.indexOf("gender is M.")).toBeGreaterThan(0);
    expect(text.indexOf("gender is F.")).toBeGreaterThan(text.indexOf("gender is M."));
    expect(count(text, "gender is M.")).toBe(1);
  });

  test("13: a near miss of a slash command is suggested; a path is a question", async () => {
    const terminal = await fresh();
    await ask(terminal, "/shcema", /Unknown command \/shcema\.[\s\S]*Did you mean \/schema\?/);
    await ask(terminal, "/home/me/file.csv", /could not|cannot|not read|No /);
    expect(terminal.scrollback()).not.toContain("Unknown command /home");
  });

  test("14, 19: without a terminal, the way to ask is named, and nothing goes to stdout", async () => {
    const { code, stdout, stderr } = await runBinary([], { home });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/needs a terminal[\s\S]*audience ask/);
  });

  test("20: a table too wide for the window becomes records", async () => {
    const terminal = await fresh();
    terminal.resize(40, 40);
    terminal.type("/sql select * from customers limit 1");
    terminal.press("Enter");
    await terminal.until(/favorite_color +\w/);
    for (const line of terminal.screen().split("\n")) expect(line.length).toBeLessThanOrEqual(40);
    terminal.resize(100, 30);
  });

  test("21: an export holds every row, and takes no file's place", async () => {
    const terminal = await fresh();
    await ask(terminal, "customers from Poland", /rows; Ctrl-O/);
    await ask(terminal, "/export poland.csv", /(\d+) rows in poland\.csv/);
    const lines = readFileSync(join(terminal.home, "poland.csv"), "utf8").trim().split("\n");
    const total = Number(/(\d+) rows in poland/.exec(terminal.screen())?.[1]);
    expect(lines.length).toBe(total + 1);
    expect(total).toBeGreaterThan(20);
    await ask(terminal, "/export poland.csv", /is there already/);
  });

  test("22: SQL, and why, on request", async () => {
    const terminal = await fresh();
    await ask(terminal, "how many women in Germany are over 40", /age > 40/);
    expect(terminal.screen()).not.toMatch(/select count/i);
    await ask(terminal, "show the SQL", /select count/i);
    await ask(terminal, "why?", /country is DE\s+\d+[\s\S]*all of these\s+\d+/);
    await ask(terminal, "revenue by month", /2025-06 +\d/);
    await ask(terminal, "why?", /was read as: revenue by month/);
  });

  test("23: a session goes on after it was left; resuming deletes nothing", async () => {
    const first = await repl();
    const own = first.home;
    await ask(first, "how many customers are from Poland", /country is PL/);
    first.press("C-d");
    await first.until(/^\$$/m);
    const folder = join(own, "state", "audience", "sessions");
    const [file] = readdirSync(folder);
    const before = readFileSync(join(folder, file as string), "utf8");
    const second = await repl({ home: own }, "--continue");
    await ask(second, "how many of them are women", /gender is F/);
    expect(second.scrollback()).toMatch(/country is PL and gender is F|gender is F and country is PL/);
    expect(readdirSync(folder)).toEqual([file]);
    expect(readFileSync(join(folder, file as string), "utf8").startsWith(before)).toBe(true);
  });

  test("24: doctor answers in the REPL too", async () => {
    const terminal = await fresh();
    await ask(terminal, "/doctor", /embedder +ok/);
  });

  test("26: escapes in the data are printed as text", async () => {
    const terminal = await fresh();
    terminal.type("/sql select chr(27) || '[2J' || chr(27) || ']52;c;AAAA' || chr(7) as evil");
    terminal.press("Enter");
    await terminal.until(/\\x1b\[2J\\x1b\]52;c;AAAA\\x07/);
    expect(terminal.screen()).toContain("> /sql select");
  });

  test("Tab completes commands, columns and values; the grey hint is taken by →", async () => {
    const terminal = await fresh();
    terminal.type("/sche");
    terminal.press("Tab");
    await terminal.until(/> \/schema$/m);
    terminal.press("C-u");
    terminal.type("average total sp");
    terminal.press("Tab");
    await terminal.until(/> average total spent/);
    terminal.press("C-u");
    terminal.type("customers who bought neckl");
    await terminal.until(/bought necklace/);
    terminal.press("Right");
    terminal.press("Enter");
    await terminal.until(/rows; Ctrl-O|\/export/);
    expect(terminal.scrollback()).toMatch(/Read as: .*necklace/); // the list may be taller than the screen
  });

  test("keys typed before the program is up are asked once it is; NO_COLOR prints no colours", async () => {
    const terminal = shell({ env: { NO_COLOR: "1" } });
    terminal.type("audience");
    terminal.press("Enter");
    await terminal.until(/audience\n/);
    terminal.type("how many customers are there");
    terminal.press("Enter");
    await terminal.until(/^500 customers/m);
    expect(count(terminal.scrollback(), "> how many customers are there")).toBe(1);
    expect(terminal.styled()).not.toContain("\u001b");
    expect((await fresh()).styled()).toContain("\u001b");
  });

  test("suspend and resume; resize; page", async () => {
    const terminal = await repl({ env: { PAGER: "bash -c 'head -n 3; read -n 1 < /dev/tty'" } });
    terminal.type("kept text");
    await terminal.until(/kept text/);
    terminal.press("C-z");
    await terminal.until(/Stopped/);
    terminal.type("echo in the shell; fg");
    terminal.press("Enter");
    await terminal.until(/in the shell[\s\S]*> kept text/);
    terminal.press("C-u");
    terminal.resize(60, 15);
    await ask(terminal, "customers from Poland", /rows; Ctrl-O/);
    terminal.resize(140, 50);
    terminal.press("C-o");
    await terminal.until(/Read as[\s\S]*Read as/);
    terminal.press("q");
    await ask(terminal, "how many customers are there", /^500 customers/m);
    expect(count(terminal.scrollback(), "> customers from Poland")).toBe(1);
  });

  test("200 turns: each answer stands in the scrollback once, and memory does not grow with them", async () => {
    const terminal = await repl({ columns: 80, rows: 24 });
    const question = (turn: number) => `how many customers are over ${10 + (turn % 60)} and spent more than ${turn}`;
    const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${terminal.pid()}/status`, "utf8"))?.[1]);
    let early = 0;
    for (let turn = 1; turn <= 200; turn++) {
      terminal.type(question(turn));
      terminal.press("Enter");
      // Several at a time, as somebody who types ahead.
      if (turn % 10 > 0) continue;
      await terminal.until(new RegExp(`total_spent > ${turn}\\.`), 60);
      await terminal.until(EMPTY);
      if (turn === 20) early = memory();
    }
    expect(memory() / early).toBeLessThan(1.3);
    const text = terminal.scrollback();
    expect(count(text, "audience 0.")).toBe(1);
    for (let turn = 1; turn <= 200; turn++) {
      expect(count(text, `> ${question(turn)}\n`), `turn ${turn}`).toBe(1);
      expect(count(text, ` and total_spent > ${turn}.\n`), `answer ${turn}`).toBe(1);
    }
  });

  test("TERM=dumb: plain lines, without any escape", async () => {
    const terminal = shell({ term: "dumb" });
    terminal.type("audience");
    terminal.press("Enter");
    await terminal.until(/500 customers[\s\S]*^>$/m);
    terminal.type("how many women are there");
    terminal.press("Enter");
    await terminal.until(/gender is F\.[\s\S]*^>$/m);
    terminal.press("C-d");
    await terminal.until(/^\$$/m);
  });

  test("no data: says what to do, and does it", async () => {
    const empty = mkdtempSync(join(tmpdir(), "audience-first-"));
    const terminal = shell({ home: empty });
    terminal.type("audience");
    terminal.press("Enter");
    await terminal.until(/no data yet[\s\S]*\/demo/);
    terminal.type("/demo");
    terminal.press("Enter");
    await terminal.until(/500 customers, [\d,]+ events/, 60);
    await ask(terminal, "how many customers are there", /^500 customers/m);
    terminal.press("C-d");
    await terminal.until(/^\$$/m);
    rmSync(empty, { recursive: true, force: true });
  });
});

describe.skipIf(noTmux)("the REPL with a language model", () => {
  let server: ModelServer;
  let env: Record<string, string>;
  beforeAll(async () => {
    server = await startModelServer();
    env = { OPENAI_API_KEY: "sk-terminal-test", AUDIENCE_BASE_URL: server.url, AUDIENCE_MODEL: "test-model" };
  });
  afterEach(() => {
    closeOwn();
  });
  afterAll(() => server.close());

  test("2, 4: the thought, the calls and the end of what is said, below the screen's height; cancel is quick", async () => {
    const sql = "select count(*) as customers from customers";
    const words = Array.from({ length: 400 }, (_, i) => `word${i} `);
    const scenes: Scene[] = [
      { content: ["I count ", "them."], calls: [{ name: "sql_analytics", args: { sql } }] },
      { content: words, gapMs: 15 },
    ];
    server.play(scenes);
    const terminal = await repl({ env, columns: 60, rows: 14 });
    terminal.type("what do you see?");
    terminal.press("Enter");
    const screen = await terminal.until(/word\d\d/);
    expect(screen).toMatch(/[●○] Answering, \d+ s, [\d,]+ tokens/);
    expect(screen).toMatch(/sql_analytics: query 1 row/);
    terminal.press("Escape");
    await terminal.until(/Cancelled\./, 5);
    expect(terminal.scrollback()).toContain("audience 0.");
    await terminal.until(EMPTY);
  });
});
