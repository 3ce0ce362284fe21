import { SLASH_COMMANDS } from "./slash-commands.js";

const EXAMPLES = [
  "how many women over 40 bought jewelry in the last 60 days",
  "only those in Germany",
  "revenue by month",
  "customers who are into luxury",
];

const KEYS: readonly [string, string][] = [
  ["Enter", "ask; while an answer is on its way, ask next"],
  ["Ctrl-J, Alt-Enter, \\ at the end", "a new line"],
  ["Tab", "complete a command, a column or a value"],
  ["→", "take the grey hint"],
  ["↑ ↓, Ctrl-R", "earlier lines, search them"],
  ["Ctrl-O", "every row of the last answer in the pager"],
  ["Esc, Ctrl-C", "cancel; Ctrl-C twice or Ctrl-D leaves"],
  ["Ctrl-Z", "suspend; fg comes back"],
];

/** What /help prints. */
export function helpText(): string {
  const commands = SLASH_COMMANDS.map(({ name, usage, description }) => [`/${name} ${usage}`, description] as const);
  return [
    "Ask in your own words, for example:",
    ...EXAMPLES.map((example) => `  ${example}`),
    "What follows may refer to it: only women, and last month?, by country, why?",
    "",
    "Commands",
    ...aligned(commands),
    "",
    "Keys",
    ...aligned(KEYS),
    "",
  ].join("\n");
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
