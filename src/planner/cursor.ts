import type { Phrases } from "./vocabulary.js";
import { isPartOfValue, phraseKey, type Token } from "./words.js";

const keys = new Map<string, string[]>();

function wordsOf(phrase: string): string[] {
  let words = keys.get(phrase);
  if (words === undefined) {
    words = phraseKey(phrase).split(" ");
    keys.set(phrase, words);
  }
  return words;
}

/** A place in a question. Readers take words from it; a reader that fails puts it back where it was. */
export class Cursor {
  readonly tokens: readonly Token[];
  pos = 0;
  /** The first token that no reader has got past. */
  furthest = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get done(): boolean {
    return this.pos >= this.tokens.length;
  }

  peek(offset = 0): Token | undefined {
    return this.tokens[this.pos + offset];
  }

  advance(count = 1): void {
    this.pos += count;
    this.furthest = Math.max(this.furthest, this.pos);
  }

  /** Runs a reader; undefined, null or false from it puts the cursor back. */
  attempt<T>(read: () => T | undefined | null | false): T | undefined {
    const start = this.pos;
    const result = read();
    if (result === undefined || result === null || result === false) {
      this.pos = start;
      return undefined;
    }
    return result;
  }

  /** Takes the first of the phrases that stands here (longest first, as given). */
  take(...phrases: string[]): boolean {
    for (const phrase of phrases) {
      const words = wordsOf(phrase);
      if (words.every((word, i) => this.isWord(i, word))) {
        this.advance(words.length);
        return true;
      }
    }
    return false;
  }

  /** Whether one of the phrases stands here; takes nothing. */
  sees(...phrases: string[]): boolean {
    return phrases.some((phrase) => wordsOf(phrase).every((word, i) => this.isWord(i, word)));
  }

  /** Takes marks such as , or > */
  mark(...marks: string[]): boolean {
    const token = this.peek();
    if (token?.kind !== "mark" || !marks.includes(token.text)) return false;
    this.advance();
    return true;
  }

  /** Takes the longest phrase of a vocabulary list that stands here, and gives its meaning. */
  phrase<T>(phrases: Phrases<T>, most = 5): { meaning: T; text: string } | undefined {
    if (this.peek()?.code) return undefined;
    for (let length = Math.min(most, this.tokens.length - this.pos); length > 0; length--) {
      const found = phrases.get(this.keyAt(length));
      if (found === undefined) continue;
      const text = this.textOf(this.pos, this.pos + length);
      this.advance(length);
      return { meaning: found, text };
    }
    return undefined;
  }

  /** The key of the next `length` tokens; empty where a mark stands among them. */
  keyAt(length: number): string {
    const parts: string[] = [];
    for (let i = 0; i < length; i++) {
      const token = this.peek(i);
      if (token === undefined || !isPartOfValue(this.tokens, this.pos + i)) return "";
      parts.push(token.kind === "quote" ? phraseKey(token.text) : token.stem);
    }
    return parts.join(" ");
  }

  /** The words from one position to another, as typed. */
  textOf(from: number, to: number): string {
    return this.tokens
      .slice(from, to)
      .map((t) => t.text)
      .join(" ");
  }

  private isWord(offset: number, word: string): boolean {
    const token = this.peek(offset);
    return token !== undefined && token.kind !== "mark" && token.kind !== "quote" && !token.code && token.stem === word;
  }
}
