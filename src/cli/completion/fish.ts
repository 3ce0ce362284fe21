import type { CommandLine, Offer, OptionLine } from "./command-line.js";
import { NAME_OF_QUESTION } from "./looked-up.js";

/** The script for fish. */
export function fishCompletion({ commands, options }: CommandLine): string {
  const valued = [...options, ...commands.flatMap((command) => command.options)]
    .filter(({ value }) => value && !value.many)
    .flatMap(({ flags }) => flags);
  const lines = [
    ...options.map((option) => optionLine(option, "")),
    ...commands.map(
      ({ name, description }) => `complete -c audience -n __audience_begins -a ${name} -d ${quoted(description)}`,
    ),
    ...commands.flatMap(({ name, options, arguments: places }) => [
      ...options
        .filter(({ flags }) => !flags.includes("--help"))
        .map((option) => optionLine(option, `-n "__audience_at ${name}"`)),
      ...places.flatMap(({ offer, many }, i) =>
        offer === "nothing"
          ? []
          : [`complete -c audience -n "__audience_at ${name} ${i}${many ? " many" : ""}" ${offered(offer)}`],
      ),
    ]),
  ];
  return `# fish completion for audience; printed by: audience completion fish

# The command and its arguments so far, without options and their values.
function __audience_words
    set -l skip no
    for word in (commandline -opc)[2..-1]
        if test $skip = yes
            set skip no
        else if contains -- $word ${[...new Set(valued)].join(" ")}
            set skip yes
        else if not string match -q -- '-?*' $word
            echo $word
        end
    end
end

function __audience_begins
    test (count (__audience_words)) -eq 0
end

# Whether the command is $argv[1] and, when given, the argument number $argv[2] from 0, or a later one ("many").
function __audience_at
    set -l words (__audience_words)
    test "$words[1]" = $argv[1]; or return 1
    set -q argv[2]; or return 0
    set -l place (math (count $words) - 1)
    test $place -eq $argv[2]; or begin
        set -q argv[3]; and test $place -gt $argv[2]
    end
end

function __audience_questions
    set -q XDG_CONFIG_HOME; and set -l folder $XDG_CONFIG_HOME; or set -l folder ~/.config
    sed -n '${NAME_OF_QUESTION.replaceAll("\\", "\\\\")}' $folder/audience/questions.json 2>/dev/null
end

function __audience_sessions
    set -q XDG_STATE_HOME; and set -l folder $XDG_STATE_HOME; or set -l folder ~/.local/state
    ls -t $folder/audience/sessions 2>/dev/null | sed -n 's/\\.jsonl$//p'
end

complete -c audience -f
${lines.join("\n")}
`;
}

function optionLine({ flags, description, value }: OptionLine, condition: string): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  // batch --resume takes a file, not a session.
  const takes = value
    ? `${value.offer === "files" || value.offer === "sessions" ? "-r -F" : "-x"} ${offered(value.offer)}`
    : "";
  return ["complete -c audience", condition, ...names, takes, `-d ${quoted(description)}`]
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join(" ");
}

function offered(offer: Offer): string {
  switch (offer) {
    case "nothing":
      return "";
    case "files":
      return "-F";
    case "folders":
      return "-a '(__fish_complete_directories)'";
    case "sessions":
      return "-k -a '(__audience_sessions)'";
    case "questions":
      return "-a '(__audience_questions)'";
    default:
      return `-a ${quoted(offer.join(" "))}`;
  }
}

/** In fish only the quote and the backslash are special in single quotes. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
