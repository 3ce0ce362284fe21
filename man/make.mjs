// Writes the manual page from the program itself: `npm run man`, after a build. With --print it goes to stdout.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createProgram } from "../dist/src/cli/program.js";
import { about } from "../dist/src/config/load.js";
import { SETTINGS } from "../dist/src/config/schema.js";

const ignore = () => {};
const program = createProgram(ignore, ignore);
const help = program.createHelp();

/** Text in which nothing is a request or an escape of roff; "-" is the sign that is typed, not a hyphen. */
const text = (plain) =>
  plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1")
    .replaceAll('"', "\\(dq");
const sentence = (plain) => text(plain === "" ? "" : `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`);
const item = (term, description) => [".TP", `.B ${text(term)}`, ...(description === "" ? ["\\&"] : [description])];
const option = (each) => item(help.optionTerm(each), sentence(help.optionDescription(each)));
const verbatim = (lines) => [".PP", ".nf", ".RS 4", ...lines.map(text), ".RE", ".fi"];

function command(each) {
  const options = help.visibleOptions(each).filter(({ long }) => long !== "--help");
  const places = each.registeredArguments.filter((place) => help.argumentDescription(place) !== "");
  return [
    `.SS ${text(`audience ${help.subcommandTerm(each)}`)}`,
    sentence(each.description()),
    ...places.flatMap((place) => item(help.argumentTerm(place), sentence(help.argumentDescription(place)))),
    ...options.flatMap(option),
    ...examples(each),
  ];
}

/** What stands below "Examples:" in the help of a command. */
function examples(each) {
  let shown = "";
  each.configureOutput({ writeOut: (part) => (shown += part) });
  each.outputHelp();
  const lines = shown.split("\nExamples:\n")[1]?.trimEnd().split("\n") ?? [];
  return lines.length === 0 ? [] : verbatim(lines.map((line) => line.trim()));
}

const environment = SETTINGS.flatMap((setting) => {
  const { env, flag, description } = about(setting);
  return env ? item(env, sentence(`${description}${flag ? ` (${flag})` : ""}`)) : [];
});

const page = [
  '.\\" Made by man/make.mjs from the program; changes belong there.',
  `.TH AUDIENCE 1 "" "audience ${program.version()}" "User Commands"`,
  ".SH NAME",
  "audience \\- find customer audiences in the terminal",
  ".SH SYNOPSIS",
  ".B audience",
  "[options] [command]",
  ".br",
  ".B audience ask",
  "[options] question",
  ".SH DESCRIPTION",
  text(program.description()),
  ".PP",
  text("Without a command, in a terminal, it converses: /help lists what can be asked there, and the keys."),
  text("Answers go to stdout, everything else to stderr. - is stdin wherever a file or a question is taken."),
  ".SH OPTIONS",
  text("They stand before or after the name of a command."),
  ...help.visibleOptions(program).flatMap(option),
  ".SH COMMANDS",
  ...help.visibleCommands(program).flatMap(command),
  ".SH EXIT STATUS",
  ...[
    ["0", "answered"],
    ["1", "failed"],
    ["2", "usage or configuration"],
    ["3", "something cannot be reached, or no data is loaded"],
    ["4", "time-out"],
    ["5", "the question was refused"],
    ["70", "a bug"],
    ["130", "cancelled"],
  ].flatMap(([code, meaning]) => item(code, sentence(meaning))),
  ".SH ENVIRONMENT",
  text("Flags come before variables, variables before ./.env, that before config.json."),
  ...environment,
  ".SH FILES",
  ...[
    ["~/.local/share/audience", "the embedded database ($XDG_DATA_HOME/audience)"],
    ["~/.config/audience/config.json", "settings by name, as audience config lists them ($XDG_CONFIG_HOME/audience)"],
    ["~/.config/audience/definitions.json", "names of your own for audiences"],
    ["~/.config/audience/questions.json", "saved questions"],
    ["~/.local/state/audience", "history, sessions, and the ledger of costs ($XDG_STATE_HOME/audience)"],
  ].flatMap(([file, meaning]) => item(file, sentence(meaning))),
]
  .filter((line) => line !== "")
  .join("\n");

if (process.argv.includes("--print")) process.stdout.write(`${page}\n`);
else writeFileSync(fileURLToPath(new URL("audience.1", import.meta.url)), `${page}\n`);
