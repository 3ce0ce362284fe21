import type { CommandName } from "../command-args.js";

/** A slash command: of the REPL itself, or a command of the command line by the same name. */
export interface SlashCommand {
  name: string;
  /** What follows the name. */
  usage: string;
  description: string;
  /** The command of the command line that does it; absent: the REPL itself. */
  command?: CommandName;
  /** It opens the database by itself: the REPL gives it free meanwhile. */
  alone?: true;
  /** It takes no database at all. */
  closed?: true;
  /** Plain words that mean the same. */
  words?: readonly string[];
}

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  { name: "help", usage: "", description: "what can be asked, and keys", words: ["help", "?"] },
  { name: "schema", usage: "[view] [column]", description: "views, columns, types, values", command: "schema" },
  {
    name: "sql",
    usage: "[SELECT ...]",
    description: "SQL of the last answer, or a SELECT of your own",
    words: ["show the sql", "show me the sql", "show sql", "sql"],
  },
  {
    name: "why",
    usage: "[customer]",
    description: "counts by condition, or how one customer fits",
    command: "why",
    words: ["why", "why is that"],
  },
  { name: "find", usage: "FILE", description: "run criteria from a file", command: "find" },
  { name: "like", usage: "ID...", description: "customers most like these", command: "like" },
  { name: "export", usage: "FILE", description: "every row to .csv, .json, .jsonl or .md", command: "export" },
  { name: "save", usage: "NAME", description: "keep the last question under a name", command: "save" },
  { name: "open", usage: "[NAME]", description: "ask a saved question, or list them" },
  { name: "cost", usage: "[--by what]", description: "tokens and dollars so far", command: "cost", closed: true },
  { name: "model", usage: "[NAME]", description: "the language model" },
  { name: "planner", usage: "[auto|rules|model]", description: "who reads questions" },
  { name: "as-of", usage: "[DATE|newest]", description: "answer as of a date" },
  { name: "verbose", usage: "[on|off]", description: "show SQL and filters with each answer" },
  { name: "sessions", usage: "", description: "earlier sessions", command: "sessions", closed: true },
  { name: "resume", usage: "[ID]", description: "go on with an earlier session" },
  { name: "config", usage: "", description: "every setting with its origin", command: "config", closed: true },
  { name: "doctor", usage: "", description: "check everything, change nothing", command: "doctor", closed: true },
  { name: "ingest", usage: "--crm F --events F", description: "load or add data", command: "ingest", alone: true },
  { name: "demo", usage: "", description: "load the sample data", command: "demo", alone: true },
  { name: "clear", usage: "", description: "clear the screen; the session goes on", words: ["clear"] },
  { name: "quit", usage: "", description: "leave", words: ["quit", "exit", "bye", ":q"] },
];

/** "/schema events" as name and rest; undefined for a question, also one that begins with a path. */
export function readSlash(line: string): { name: string; rest: string } | undefined {
  const text = line.trim();
  const plain = text.toLowerCase().replace(/[?.!]+$/, "");
  const said = SLASH_COMMANDS.find(({ words }) => words?.includes(plain) || words?.includes(text));
  if (said) return { name: said.name, rest: "" };
  const [, name, rest = ""] = /^\/([a-z?][\w-]*|\?)(?:\s+([\s\S]*))?$/i.exec(text) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), rest };
}

/** Words as a shell divides them: quotes keep what they hold together. */
export function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
}

/** What the command line calls `audience schema` is /schema here. */
export function inReplWords(text: string): string {
  return text.replace(/`audience ([a-z-]+)([^`]*)`/g, (whole, name: string, rest: string) =>
    SLASH_COMMANDS.some((command) => command.name === name) ? `/${name}${rest}` : whole,
  );
}
