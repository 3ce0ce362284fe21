import { Cursor } from "../cursor.js";
import type { Vocabulary } from "../vocabulary.js";
import type { Token } from "../words.js";
import type { Mode } from "./change.js";

/** How a question says that it follows another one, and the words that are left. */
export interface Marked {
  mode: Mode;
  tokens: readonly Token[];
}

/** "only women", "and men?", "in May instead", "who also bought shoes"; undefined where nothing marks it. */
export function readMarker(tokens: readonly Token[], { followUps }: Vocabulary): Marked | undefined {
  const cursor = new Cursor(tokens);
  let mode: Mode | undefined;
  for (;;) {
    // "and what about", "but only": the last one says how.
    const next = startOf(cursor, followUps.starts);
    if (!next) break;
    mode = next;
    cursor.mark(",");
  }
  let rest = tokens.slice(cursor.pos);
  const end = endOf(rest, followUps.ends);
  if (end) {
    rest = rest.slice(0, -end.words);
    // "and men as well" adds, whatever begins it; "and women only" narrows.
    mode = end.mode;
  }
  const [who, also] = rest;
  if (/^(who|that|which)$/.test(who?.lower ?? "") && also?.lower === "also") {
    rest = [who as Token, ...rest.slice(2)];
    mode = "also";
  } else if (who?.lower === "also") {
    rest = rest.slice(1);
    mode = "also";
  }
  return mode && rest.length > 0 ? { mode, tokens: rest } : undefined;
}

function startOf(cursor: Cursor, starts: Vocabulary["followUps"]["starts"]): Mode | undefined {
  // The longest phrase first: "and for" before "and".
  const found = starts
    .filter(({ phrase }) => cursor.sees(phrase))
    .sort((a, b) => b.phrase.split(" ").length - a.phrase.split(" ").length)[0];
  if (found) cursor.take(found.phrase);
  return found?.mode;
}

function endOf(tokens: readonly Token[], ends: Vocabulary["followUps"]["ends"]) {
  for (const { phrase, mode } of ends) {
    const words = phrase.split(" ").length;
    const cursor = new Cursor(tokens);
    cursor.pos = tokens.length - words;
    if (cursor.pos > 0 && cursor.sees(phrase)) return { mode, words };
  }
  return undefined;
}
