import { expect, test } from "vitest";
import { cleanForTerminal, cleanJson } from "./clean-text.js";

const CONTROLS = [
  ...Array.from({ length: 0x20 }, (_, i) => i),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
].map((code) => String.fromCharCode(code));

test("no control character survives", () => {
  for (const char of CONTROLS) {
    expect(cleanForTerminal(`a${char}b`)).not.toContain(char);
    expect(cleanForTerminal(`a${char}b`, { whitespace: "escape" })).not.toContain(char);
  }
});

test("hostile sequences become visible text", () => {
  expect(cleanForTerminal("\u001b]52;c;ZXZpbA==\u0007")).toBe("\\x1b]52;c;ZXZpbA==\\x07");
  expect(cleanForTerminal("\u009b2J\u001b[31mred")).toBe("\\x9b2J\\x1b[31mred");
  expect(cleanForTerminal("user\u202egnp.exe")).toBe("user\\u202egnp.exe");
  expect(cleanForTerminal("a\rb\u007f")).toBe("a\\x0db\\x7f");
});

test("line feeds and tabs as asked, letters of every script untouched", () => {
  expect(cleanForTerminal("a\n\tb")).toBe("a  b");
  expect(cleanForTerminal("a\n\tb", { whitespace: "escape" })).toBe("a\\n\\tb");
  expect(cleanForTerminal("a\n\tb", { whitespace: "keep" })).toBe("a\n\tb");
  expect(cleanForTerminal("Łódź 東京 👩‍👩‍👧 עברית")).toBe("Łódź 東京 👩‍👩‍👧 עברית");
});

test("cleaned JSON parses back to the same value", () => {
  const value = { name: CONTROLS.join("x") };
  const json = cleanJson(JSON.stringify(value));
  expect(JSON.parse(json)).toEqual(value);
  for (const char of CONTROLS) expect(json).not.toContain(char);
});
