/**
 * Where shells find what is no part of the program, by reading rather than by starting it: Tab should not wait. The
 * folders are those of config/paths.ts, the form of the file that of config/saved-questions.ts: one name a line of two
 * spaces. Names with a backslash in their JSON are left out.
 */
export const QUESTIONS_FILE = `"\${XDG_CONFIG_HOME:-$HOME/.config}/audience/questions.json"`;
export const SESSIONS_FOLDER = `"\${XDG_STATE_HOME:-$HOME/.local/state}"/audience/sessions`;

/** A sed expression, to be put in single quotes. */
export const NAME_OF_QUESTION = String.raw`s/^  "\([^"\\]*\)": \[.*$/\1/p`;

/** A text as one word of a POSIX shell, also of zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
