/** A text with a cursor; `cursor` is an index into `text`, never inside a character as a reader sees it. */
export interface Buffer {
  text: string;
  cursor: number;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function bufferOf(text: string): Buffer {
  return { text, cursor: text.length };
}

export function insert({ text, cursor }: Buffer, added: string): Buffer {
  return { text: text.slice(0, cursor) + added + text.slice(cursor), cursor: cursor + added.length };
}

/** Without what stands between the cursor and `to`. */
export function eraseTo({ text, cursor }: Buffer, to: number): Buffer {
  const [from, end] = to < cursor ? [to, cursor] : [cursor, to];
  return { text: text.slice(0, from) + text.slice(end), cursor: from };
}

/** The end of the character before the cursor, or of the one behind it. Only the line around it is looked at. */
export function before({ text, cursor }: Buffer): number {
  const from = Math.max(0, cursor - 64);
  let last = 0;
  for (const { segment } of graphemes.segment(text.slice(from, cursor))) last = segment.length;
  return cursor - last;
}

export function after({ text, cursor }: Buffer): number {
  const [next] = graphemes.segment(text.slice(cursor, cursor + 64));
  return cursor + (next?.segment.length ?? 0);
}

/** The start of the word before the cursor, and the end of the one behind it. */
export function wordBefore({ text, cursor }: Buffer): number {
  return cursor - (/[^\s]*\s*$/u.exec(text.slice(0, cursor))?.[0].length ?? 0);
}

export function wordAfter({ text, cursor }: Buffer): number {
  return cursor + (/^\s*[^\s]*/u.exec(text.slice(cursor))?.[0].length ?? 0);
}

/** Start and end of the line in which the cursor is. */
export function lineStart({ text, cursor }: Buffer): number {
  return cursor === 0 ? 0 : text.lastIndexOf("\n", cursor - 1) + 1;
}

export function lineEnd({ text, cursor }: Buffer): number {
  const end = text.indexOf("\n", cursor);
  return end < 0 ? text.length : end;
}

/** The same column one line up or down; undefined where there is no such line. */
export function lineAbove(buffer: Buffer): number | undefined {
  const start = lineStart(buffer);
  if (start === 0) return undefined;
  const above = lineStart({ text: buffer.text, cursor: start - 1 });
  return Math.min(above + (buffer.cursor - start), start - 1);
}

export function lineBelow(buffer: Buffer): number | undefined {
  const end = lineEnd(buffer);
  if (end === buffer.text.length) return undefined;
  const column = buffer.cursor - lineStart(buffer);
  return Math.min(end + 1 + column, lineEnd({ text: buffer.text, cursor: end + 1 }));
}
