import type { CommandLine, Offer, OptionLine } from "./command-line.js";
import { NAME_OF_QUESTION, QUESTIONS_FILE, SESSIONS_FOLDER } from "./looked-up.js";

/** The script for bash, 3.2 (macOS) and later. */
export function bashCompletion(program: CommandLine): string {
  const { commands, options } = program;
  return `# bash completion for audience; printed by: audience completion bash

# The option $2 of command $1: how many values it takes, and which.
_audience_option() {
  want=""
  case "$1:$2" in
${optionCases("*", options)}${commands.map((command) => optionCases(command.name, command.options)).join("")}  esac
}

# Argument number $2 (from 0) of command $1.
_audience_argument() {
  case "$1:$2" in
${commands.map(argumentCases).join("")}  esac
}

# All options of command $1.
_audience_options() {
  offer="${flags(options)}"
  case "$1" in
${commands.map(flagCases).join("")}  esac
}

# What $offer holds that begins as $cur: a list of words, or @ and what has to be looked up.
_audience_found() {
  case "$offer" in
    "") ;;
    @files) compgen -f -- "$cur" ;;
    @folders) compgen -d -- "$cur" ;;
    @questions)
      sed -n '${NAME_OF_QUESTION}' ${QUESTIONS_FILE} 2>/dev/null | while IFS= read -r name; do
        if [[ "$name" == "$cur"* ]]; then printf '%q\\n' "$name"; fi
      done ;;
    @sessions) compgen -W "$(ls ${SESSIONS_FOLDER} 2>/dev/null | sed -n 's/\\.jsonl$//p')" -- "$cur" ;;
    *) compgen -W "$offer" -- "$cur" ;;
  esac
}

_audience() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" command="" want="" offer="" ended="" place=0 word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    # bash divides --output=csv at the sign
    if [[ -n "$want" && "$word" == "=" ]]; then continue; fi
    if [[ "$want" == one ]]; then want=""; continue; fi
    if [[ "$want" == many && "$word" != -?* ]]; then continue; fi
    want=""
    if [[ -z "$ended" && "$word" == "--" ]]; then ended=yes
    elif [[ -z "$ended" && "$word" == -?* ]]; then _audience_option "$command" "$word"
    elif [[ -z "$command" ]]; then command="$word"
    else place=$((place + 1)); fi
  done
  if [[ -n "$want" && "$cur" == "=" ]]; then cur=""; fi
  if [[ "$want" != one ]]; then
    if [[ -z "$ended" && "$cur" == -* ]]; then _audience_options "$command"
    elif [[ "$want" == many ]]; then :
    elif [[ -z "$command" ]]; then offer="${commands.map(({ name }) => name).join(" ")}"
    else offer=""; _audience_argument "$command" "$place"; fi
  fi
  # bash quotes file names and adds the / of folders; the one of macOS cannot.
  # --resume takes a session's id or, with batch, a file: readline's own names come where no id matches.
  case "$offer" in
    @files | @folders) compopt -o filenames 2>/dev/null ;;
    @sessions) compopt -o default 2>/dev/null ;;
  esac
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(_audience_found)
}

complete -F _audience audience
`;
}

function optionCases(command: string, options: readonly OptionLine[]): string {
  return options
    .map(({ flags, value }) => {
      if (!value) return "";
      const patterns = flags.map((flag) => `${command}:${flag}`).join(" | ");
      return `    ${patterns}) want=${value.many ? "many" : "one"} offer="${offerText(value.offer)}" ;;\n`;
    })
    .join("");
}

function argumentCases({ name, arguments: places }: CommandLine): string {
  return places
    .map(({ offer, many }, i) =>
      offer === "nothing" ? "" : `    ${name}:${many ? "*" : i}) offer="${offerText(offer)}" ;;\n`,
    )
    .join("");
}

function flagCases({ name, options }: CommandLine): string {
  const own = flags(options.filter(({ flags }) => !flags.includes("--help")));
  return own === "" ? "" : `    ${name}) offer="$offer ${own}" ;;\n`;
}

function flags(options: readonly OptionLine[]): string {
  return options.flatMap(({ flags }) => flags).join(" ");
}

function offerText(offer: Offer): string {
  if (typeof offer !== "string") return offer.join(" ");
  return offer === "nothing" ? "" : `@${offer}`;
}
