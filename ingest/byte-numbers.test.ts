import { expect, test } from "vitest";
import { ByteNumbers } from "./byte-numbers.js";
import { Random } from "./sample/random.js";

test("numbers are those of a Map of the same texts", () => {
  const random = new Random(7);
  const numbers = new ByteNumbers();
  const map = new Map<string, number>();
  for (let i = 1; i <= 50_000; i++) {
    const text = `${"é".repeat(Math.floor(random.next() * 3))}${Math.floor(random.next() * 20_000)}`;
    const bytes = Buffer.from(`<${text}>`);
    const known = map.get(text) ?? 0;
    expect(numbers.get(bytes, 1, bytes.length - 1)).toBe(known);
    if (known > 0) continue;
    map.set(text, i);
    numbers.add(bytes, 1, bytes.length - 1, i);
  }
  expect(numbers.size).toBe(map.size);
  for (const [text, number] of map) expect(numbers.get(Buffer.from(text), 0, Buffer.byteLength(text))).toBe(number);
});

test("the empty string is a string, and nothing is left after clear", () => {
  const numbers = new ByteNumbers();
  expect(numbers.get(Buffer.from(""), 0, 0)).toBe(0);
  numbers.add(Buffer.from(""), 0, 0, 5);
  numbers.add(Buffer.from("a"), 0, 1, 6);
  expect(numbers.get(Buffer.from(""), 0, 0)).toBe(5);
  numbers.clear();
  expect([numbers.size, numbers.get(Buffer.from("a"), 0, 1)]).toEqual([0, 0]);
  numbers.add(Buffer.from("a"), 0, 1, 7);
  expect(numbers.get(Buffer.from("a"), 0, 1)).toBe(7);
});
