/** A word, number, quotation or mark of a question. */
export interface Token {
  /** As typed. */
  text: string;
  /** Lower case. */
  lower: string;
  /** For comparison: lower case, American, singular. */
  stem: string;
  /** A stored code in capitals (OR, ME, US), not the word. */
  code?: true;
  kind: "word" | "number" | "date" | "quote" | "mark";
}

const PIECE =
  /["“”]([^"“”]+)["“”]|(?<![\p{L}\p{N}])['‘]([^'’]+)['’](?![\p{L}\p{N}])|\d{4}-\d\d-\d\d|(?<![\p{L}\p{N}])-[$£€]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[$£€]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[kKmM](?![\p{L}\p{N}])|%)?|!=|<>|<=|>=|≤|≥|[<>=#%+&]|\p{L}[\p{L}\p{N}'’_]*|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}]/gu;

/** Splits a question; n't becomes a word of its own, possessive 's goes, hyphens and underscores divide words. */
export function tokenise(question: string): Token[] {
  const tokens: Token[] = [];
  for (const match of question.normalize("NFC").replaceAll("_", " ").matchAll(PIECE)) {
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) {
      tokens.push(token(quoted.trim(), "quote"));
      continue;
    }
    const text = match[0].replaceAll("’", "'");
    if (/^\d{4}-\d\d-\d\d$/.test(text)) tokens.push(token(text, "date"));
    else if (/^-?[$£€]?\d/.test(text)) tokens.push(token(text, "number"));
    else if (/^[\p{L}_]/u.test(text)) tokens.push(...wordTokens(text));
    else tokens.push(token(text, "mark"));
  }
  return tokens;
}

function wordTokens(text: string): Token[] {
  const negated = /^(.+)n't$/i.exec(text);
  if (negated) return [token(/^ca$/i.test(negated[1]!) ? "can" : negated[1]!, "word"), token("not", "word")];
  const short = /^(.+)'(s|re|ve|d|m|ll)$/i.exec(text);
  if (short && short[2]!.toLowerCase() === "s") {
    const first = short[1] as string;
    // "what's" is "what is"; elsewhere a possessive, which says nothing of its own.
    return /^(what|who|where|how|that|it|there)$/i.test(first)
      ? [token(first, "word"), token("is", "word")]
      : [token(first, "word")];
  }
  if (short) {
    const long: Record<string, string> = { re: "are", ve: "have", d: "would", m: "am", ll: "will" };
    return [token(short[1]!, "word"), token(long[short[2]!.toLowerCase()]!, "word")];
  }
  return [token(text.replace(/'+$/, ""), "word")];
}

function token(text: string, kind: Token["kind"]): Token {
  return { text, lower: text.toLowerCase(), stem: stem(text), kind };
}

const IRREGULAR: Record<string, string> = {
  people: "people",
  women: "woman",
  men: "man",
  ladies: "lady",
  gentlemen: "gentleman",
  children: "child",
  spent: "spend",
  favourite: "favorite",
  colour: "color",
  colours: "color",
  coloured: "colored",
  jewellery: "jewelry",
  jewelery: "jewelry",
  grey: "gray",
  has: "have",
  series: "series",
  christmas: "christmas",
  glasses: "glasses",
  sunglasses: "sunglasses",
  texas: "texas",
  kansas: "kansas",
  arkansas: "arkansas",
  illinois: "illinois",
  ids: "id",
  scarves: "scarf",
  shelves: "shelf",
  knives: "knife",
  leaves: "leaf",
  kid: "child",
  kids: "child",
  is: "is",
  was: "was",
  this: "this",
  us: "us",
  plus: "plus",
  does: "do",
};

/** American, singular, lower case: "Jewellery" and "jewelry", "sneakers" and "sneaker" are the same. */
export function stem(word: string): string {
  const lower = withoutAccents(word.toLowerCase());
  const known = IRREGULAR[lower];
  if (known !== undefined) return known;
  const american = lower.replace(/^favour/, "favor").replace(/colour/, "color");
  if (american.length <= 3 || !/[a-z]s$/.test(american) || /(ss|us|is)$/.test(american)) return american;
  if (/ies$/.test(american) && american.length > 4) return `${american.slice(0, -3)}y`;
  if (/(ches|shes|sses|xes|zes)$/.test(american)) return american.slice(0, -2);
  return american.slice(0, -1);
}

const LETTERS: Record<string, string> = { ł: "l", ø: "o", đ: "d", ß: "ss", æ: "ae", œ: "oe" };

/** "Kraków" as "krakow": names are typed without their accents. */
function withoutAccents(word: string): string {
  if (/^[\x20-\x7e]*$/.test(word)) return word;
  return word
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[łøđßæœ]/g, (letter) => LETTERS[letter] ?? letter);
}

/** Words, and the marks of brackets: the - of "35-44" and the + of "65+". */
export function isPartOfValue(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at];
  if (token?.kind !== "mark") return true;
  const isNumber = (t: Token | undefined) => t?.kind === "number";
  return isNumber(tokens[at - 1]) && (token.text === "+" || (token.text === "-" && isNumber(tokens[at + 1])));
}

/** The key by which phrases are compared. */
export function phraseKey(text: string): string {
  return tokenise(text.replaceAll('"', " "))
    .filter((_, i, all) => isPartOfValue(all, i))
    .map((t) => t.stem)
    .join(" ");
}
