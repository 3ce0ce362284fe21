import { describe, expect, test } from "vitest";
import { widthOf } from "../render/wrap.js";
import { clipped, layOut, windowed } from "./layout.js";

describe("layOut", () => {
  test("wide characters, line feeds, and the cursor in them", () => {
    expect(layOut("日本語x", 3, 4)).toEqual({ lines: ["日本", "語x"], row: 1, column: 2 });
    expect(layOut("ab\ncd", 3, 10)).toEqual({ lines: ["ab", "cd"], row: 1, column: 0 });
    expect(layOut("", 0, 10)).toEqual({ lines: [""], row: 0, column: 0 });
    expect(layOut("abcd", 4, 4)).toEqual({ lines: ["abcd", ""], row: 1, column: 0 });
  });

  test("no line is wider, nothing is lost, and the cursor moves on", () => {
    const text = "a👨‍👩‍👧 日本語 é\n\nfin de la ligne 𝒳";
    for (let width = 2; width < 20; width++) {
      const whole = layOut(text, 0, width);
      expect(whole.lines.join("").replaceAll("\n", "")).toBe(text.replaceAll("\n", ""));
      for (const line of whole.lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      let last = -1;
      for (let cursor = 0; cursor <= text.length; cursor++) {
        const { row, column } = layOut(text, cursor, width);
        expect(row * 1000 + column).toBeGreaterThanOrEqual(last);
        last = row * 1000 + column;
      }
    }
  });

  test("a window holds the cursor", () => {
    const layout = layOut(Array.from({ length: 30 }, (_, i) => `line ${i}`).join("\n"), 100, 20);
    const shown = windowed(layout, 5);
    expect(shown.lines.length).toBe(5);
    expect(shown.lines[shown.row]).toBe(layout.lines[layout.row]);
  });

  test("clipped", () => {
    expect(clipped("abcdef", 4)).toBe("abc…");
    expect(clipped("日本語", 4)).toBe("日…");
    expect(clipped("abc", 4)).toBe("abc");
  });
});
