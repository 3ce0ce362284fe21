/** A word that can be completed; `note` says what it is. */
export interface Word {
  text: string;
  note: string;
}

/** What is known for completion. */
export interface Words {
  /** Slash commands, with the values of their arguments where they are known. */
  commands: readonly (Word & { values?: readonly string[] | undefined })[];
  /** Columns and stored values of the data. */
  data: readonly Word[];
}

export const NO_WORDS: Words = { commands: [], data: [] };

/** What may stand instead of text[from..cursor], best first. */
export interface Completions {
  from: number;
  words: readonly Word[];
}

const MOST = 50;
/** A stored value has at most so many words. */
const MOST_WORDS = 4;

/** What the text before the cursor may go on to be: a slash command, its argument, a column or a stored value. */
export function complete(text: string, cursor: number, words: Words): Completions | undefined {
  const head = text.slice(0, cursor);
  const command = /^\/(\S*)$/.exec(head);
  if (command) return found(words.commands, head, 0);
  const argument = /^\/(\S+)\s+(\S*)$/.exec(head);
  if (argument) {
    const known = words.commands.find(({ text }) => text === `/${argument[1]}`);
    const values = known?.values?.map((value) => ({ text: value, note: "" }));
    if (values) return found(values, argument[2] ?? "", cursor - (argument[2] ?? "").length);
  }
  return completeData(head, words.data);
}

/** The longest piece at the end, of whole words, that begins something known. */
function completeData(head: string, data: readonly Word[]): Completions | undefined {
  const starts = [...head.matchAll(/(?<=^|[\s"'(,])[^\s"'(,]/gu)].map((match) => match.index).slice(-MOST_WORDS);
  for (const from of starts) {
    const piece = head.slice(from);
    if (/\s$/.test(piece)) continue;
    const match = found(data, piece, from);
    if (match) return match;
  }
  return undefined;
}

function found(words: readonly Word[], prefix: string, from: number): Completions | undefined {
  const wanted = prefix.toLowerCase();
  const matches: Word[] = [];
  for (const word of words) {
    if (word.text.length > prefix.length && word.text.toLowerCase().startsWith(wanted)) matches.push(word);
    if (matches.length === MOST) break;
  }
  return matches.length > 0 ? { from, words: matches } : undefined;
}

/** What all words begin with, without regard to case, in the spelling of the first. */
export function commonStart(words: readonly Word[]): string {
  const [first, ...more] = words.map(({ text }) => text);
  if (first === undefined) return "";
  let length = first.length;
  for (const word of more) {
    let same = 0;
    while (same < length && word[same]?.toLowerCase() === first[same]?.toLowerCase()) same++;
    length = same;
  }
  return first.slice(0, length);
}
