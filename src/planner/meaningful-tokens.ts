import type { Lexicon } from "./reading.js";
import type { Vocabulary } from "./vocabulary.js";
import { stem, type Token, tokenise } from "./words.js";

/**
 * The tokens that carry meaning: politeness, sentence marks and hyphens inside words are left out; every other mark
 * stays, so that one that nothing reads makes the question refused. `values`: stored values by their keys; a word in
 * capitals that is one of them (OR, ME) is a code and no word of the language, and no stored word is a misspelling.
 */
export function meaningfulTokens(
  question: string,
  vocabulary: Vocabulary,
  values: Lexicon["values"] = new Map(),
): Token[] {
  const isCode = (text: string) => (values.get(text.toLowerCase()) ?? []).some((link) => link.value === text);
  const shouted = question === question.toUpperCase();
  const typed = rewritten(tokenise(question.replaceAll(/[–—]/g, "-").replaceAll(/\s-+\s/g, " , ")), vocabulary);
  const all = typed.map((token) =>
    !shouted && /^[A-Z]{2,3}$/.test(token.text) && isCode(token.text)
      ? { ...token, code: true as const }
      : values.has(token.stem)
        ? token
        : correct(token, vocabulary),
  );
  const isWord = (t: Token | undefined) => t?.kind === "word" || t?.kind === "quote";
  const kept = all.filter((token, i) => {
    if (token.kind !== "mark" || !".?!;:'-".includes(token.text)) return true;
    return token.text === "-" && !isWord(all[i - 1]) && !isWord(all[i + 1]);
  });
  const { anywhere, edges } = vocabulary.politeness;
  const result = withoutPhrases(kept, anywhere);
  for (;;) {
    const before = result.length;
    while (result[0]?.text === ",") result.shift();
    while (result.at(-1)?.text === ",") result.pop();
    for (const phrase of edges) {
      const words = phrase.split(" ");
      if (startsWith(result, 0, words)) result.splice(0, words.length);
      if (startsWith(result, result.length - words.length, words)) result.splice(-words.length);
    }
    if (result.length === before) return result;
  }
}

/** Slang and long ways round, said in words that are read. */
function rewritten(tokens: readonly Token[], { rewrites }: Vocabulary): Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const found = rewrites.find(({ words }) => startsWith(tokens, at, words));
    if (found) result.push(...tokenise(found.as));
    else result.push(tokens[at] as Token);
    at += found?.words.length ?? 1;
  }
  return result;
}

function withoutPhrases(tokens: readonly Token[], phrases: readonly string[]): Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const found = phrases.map((phrase) => phrase.split(" ")).find((words) => startsWith(tokens, at, words));
    if (!found) result.push(tokens[at] as Token);
    at += found?.length ?? 1;
  }
  return result;
}

/** Whether the words stand at a place, as typed. */
function startsWith(tokens: readonly Token[], at: number, words: readonly string[]): boolean {
  return at >= 0 && words.every((word, i) => tokens[at + i]?.lower === word && !tokens[at + i]?.code);
}

/** Words of the language itself that are long enough to be recognised with one slip of the finger. */
const SPELLED = [
  "customer",
  "shopper",
  "purchased",
  "purchase",
  "category",
  "electronics",
  "average",
  "percentage",
  "number",
  "something",
];

function correct(token: Token, vocabulary: Vocabulary): Token {
  if (token.kind !== "word" || token.stem.length < 6 || vocabulary.words.has(token.stem)) return token;
  const meant = SPELLED.map(stem).find((word) => isOneSlip(token.stem, word));
  return meant === undefined ? token : { ...token, lower: meant, stem: meant };
}

/** One letter too many, too few, wrong, or two swapped. */
export function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (x.length <= 1 && y.length <= 1) || (x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0]);
}
