import { widthOf } from "../render/wrap.js";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A text broken into lines of at most `width` cells, and where in them the cursor is. */
export interface Layout {
  lines: string[];
  row: number;
  column: number;
}

/** Breaks anywhere, as editors in terminals do: so the cursor's place does not depend on words. */
export function layOut(text: string, cursor: number, width: number): Layout {
  const lines: string[] = [];
  let at = 0;
  let row = 0;
  let column = 0;
  for (const line of text.split("\n")) {
    let piece = "";
    let used = 0;
    let start = at;
    const place = () => {
      if (cursor < start || cursor > start + piece.length) return;
      row = lines.length;
      column = widthOf(piece.slice(0, cursor - start));
    };
    for (const { segment } of graphemes.segment(line)) {
      const cells = widthOf(segment);
      if (used + cells > width && piece !== "") {
        place();
        lines.push(piece);
        start += piece.length;
        piece = "";
        used = 0;
      }
      piece += segment;
      used += cells;
    }
    place();
    lines.push(piece);
    at += line.length + 1;
  }
  // A cursor behind a full line stands at the start of the next.
  if (column >= width) {
    row++;
    column = 0;
    if (row === lines.length) lines.push("");
  }
  return { lines, row, column };
}

/** At most `height` of the lines, those around the cursor. */
export function windowed({ lines, row, column }: Layout, height: number): Layout {
  const first = Math.max(0, Math.min(row - height + 1, lines.length - height));
  return { lines: lines.slice(first, first + height), row: row - first, column };
}

/** One line of at most `width` cells. */
export function clipped(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let line = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const cells = widthOf(segment);
    if (used + cells > width - 1) break;
    line += segment;
    used += cells;
  }
  return `${line}…`;
}
