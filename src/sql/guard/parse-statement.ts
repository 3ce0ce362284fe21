import { createRequire } from "node:module";
import { AppError } from "../../lib/errors.js";

/** Longest statement that is taken, in characters. */
const LONGEST = 100_000;

/** A parsed statement: `text` is what of the input belongs to it (no semicolon after it), `node` its wrapped node. */
export interface ParsedStatement {
  text: string;
  node: unknown;
}

type Parser = typeof import("libpg-query");
let loading: Promise<Parser> | undefined;

/** Starts the parser ahead of its first use (some 60 ms); never fails, as the check reports what went wrong. */
export function warmParser(): void {
  loadParser().catch(() => undefined);
}

/** Loaded at the first statement: commands without SQL do not pay for it. */
function loadParser(): Promise<Parser> {
  loading ??= (async () => {
    const require = createRequire(import.meta.url);
    const parser = require("libpg-query") as Parser;
    await parser.loadModule();
    return parser;
  })();
  return loading;
}

/** A statement that overflows the parser's stack leaves it short of stack for good: the next one gets a new parser. */
function dropParser(): void {
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve("libpg-query")];
  loading = undefined;
}

/** Parses one statement with PostgreSQL's own grammar. Throws AppError "query" that says where it is wrong. */
export async function parseStatement(input: string): Promise<ParsedStatement> {
  if (input.length > LONGEST) {
    throw new AppError("query", `The statement has ${input.length} characters; at most ${LONGEST} are taken.`, {
      hint: "Join or group in SQL rather than listing values one by one.",
    });
  }
  // The parser reads C strings: all after a NUL would go unseen.
  const control = /[\0-\x08\x0b\x0e-\x1f\x7f]/.exec(input);
  if (control !== null || /\p{Surrogate}/u.test(input)) {
    throw new AppError("query", "The statement holds control characters or broken Unicode.", {
      hint: "Write it as plain text; chr(n) makes a character in SQL.",
    });
  }
  const parser = await loadParser();
  const { stmts = [] } = parse(parser, input);
  const [only] = stmts;
  if (only === undefined) {
    throw new AppError("query", "The statement is empty.", {
      hint: "Give one SELECT over customers, events and interests.",
    });
  }
  if (stmts.length > 1) {
    throw new AppError("query", `One statement is taken; these are ${stmts.length}.`, {
      hint: "Send them one by one, or join them with UNION ALL or as subqueries.",
    });
  }
  // Offsets count bytes of UTF-8.
  const bytes = Buffer.from(input);
  const start = only.stmt_location ?? 0;
  const length = only.stmt_len ?? 0;
  return { text: bytes.subarray(start, length === 0 ? undefined : start + length).toString("utf8"), node: only.stmt };
}

function parse(parser: Parser, input: string) {
  try {
    return parser.parseSync(input);
  } catch (error) {
    const details = (error as { sqlDetails?: { message: string; cursorPosition: number } }).sqlDetails;
    if (details === undefined) {
      dropParser();
      throw tooDeep(error);
    }
    if (details.message.startsWith("memory exhausted")) throw tooDeep(error);
    throw new AppError("query", `${capitalised(details.message)} (${placeOf(input, details.cursorPosition)}).`, {
      hint: "One SELECT in PostgreSQL's dialect is taken.",
      cause: error,
    });
  }
}

function tooDeep(cause: unknown): AppError {
  return new AppError("query", "The statement is nested too deeply to be checked.", {
    hint: "Use fewer levels of brackets and subqueries; WITH names the steps of a long calculation.",
    cause,
  });
}

/** "line 2, column 7": `offset` counts characters from 0. */
function placeOf(input: string, offset: number): string {
  const before = [...input].slice(0, offset).join("").split("\n");
  return `line ${before.length}, column ${[...(before.at(-1) ?? "")].length + 1}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
