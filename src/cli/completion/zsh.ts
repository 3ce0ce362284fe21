import type { ArgumentLine, CommandLine, Offer, OptionLine } from "./command-line.js";
import { NAME_OF_QUESTION, QUESTIONS_FILE, quoted, SESSIONS_FOLDER } from "./looked-up.js";

/** The script for zsh: a file _audience in a folder of $fpath, or sourced after compinit. */
export function zshCompletion({ commands, options }: CommandLine): string {
  const all = options.flatMap(optionSpecs);
  return `#compdef audience
# zsh completion for audience; printed by: audience completion zsh

_audience_questions() {
  local -a names
  names=(\${(f)"$(sed -n '${NAME_OF_QUESTION}' ${QUESTIONS_FILE} 2>/dev/null)"})
  compadd -a names
}

# The session last used comes first; batch --resume takes a file.
_audience_sessions() {
  local -a ids
  ids=(${SESSIONS_FOLDER}/*.jsonl(Nom:t:r))
  compadd -V sessions -a ids || _files
}

_audience() {
  local curcontext="$curcontext" state line
  local -a everywhere commands
  typeset -A opt_args
  everywhere=(
${indented(all, 4)}  )
  commands=(
${indented(
  commands.map(({ name, description }) => quoted(`${name}:${description}`)),
  4,
)}  )
  _arguments -C $everywhere '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      curcontext="\${curcontext%:*}-$words[1]:"
      case $words[1] in
${commands.map(commandCase).join("")}      esac ;;
  esac
}

# Loaded by compinit it is the completion itself, sourced it becomes it.
if [ "$funcstack[1]" = "_audience" ]; then
  _audience "$@"
else
  compdef _audience audience
fi
`;
}

function commandCase({ name, options, arguments: places }: CommandLine): string {
  const own = options.filter(({ flags }) => !flags.includes("--help"));
  const specs = [...own.flatMap(optionSpecs), ...places.map(argumentSpec)];
  return `        ${name}) _arguments ${["$everywhere", ...specs].join(" \\\n          ")} ;;\n`;
}

/** One for each spelling; what is repeatable or takes many may come again. */
function optionSpecs({ flags, description, value }: OptionLine): string[] {
  const again = value?.many || /repeatable/.test(description) ? "*" : "";
  const others = again === "" && flags.length > 1 ? `(${flags.join(" ")})` : "";
  const takes = value ? `:${escaped(value.name)}:${action(value.offer)}` : "";
  return flags.map((flag) => {
    const joined = value && flag.startsWith("--") ? "=" : "";
    return quoted(`${others}${again}${flag}${joined}[${escaped(description)}]${takes}`);
  });
}

function argumentSpec({ name, offer, many }: ArgumentLine): string {
  return quoted(`${many ? "*" : ""}:${escaped(name)}:${action(offer)}`);
}

function action(offer: Offer): string {
  if (typeof offer !== "string") return `(${offer.join(" ")})`;
  return (
    { files: "_files", folders: "_files -/", questions: "_audience_questions", sessions: "_audience_sessions" }[
      offer as string
    ] ?? " "
  );
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function indented(lines: readonly string[], by: number): string {
  return lines.map((line) => `${" ".repeat(by)}${line}\n`).join("");
}
