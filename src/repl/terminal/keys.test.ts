import { describe, expect, test } from "vitest";
import { type Key, type Pending, readKeys, readRest } from "./keys.js";

const named = (name: string) => ({ type: "key", name });
const all = (pieces: readonly string[]): Key[] => {
  let pending: Pending = { text: "" };
  return pieces.flatMap((piece) => {
    const read = readKeys(piece, pending);
    pending = read.pending;
    return read.keys;
  });
};

describe("readKeys", () => {
  test.each([
    ["\r", "enter"],
    ["\n", "newline"],
    ["\u001b\r", "newline"],
    ["\u001b[13;2u", "newline"],
    ["\u007f", "backspace"],
    ["\u001b[A", "up"],
    ["\u001bOA", "up"],
    ["\u001b[1;5C", "word-right"],
    ["\u001bb", "word-left"],
    ["\u0003", "ctrl-c"],
    ["\u0012", "ctrl-r"],
    ["\u001b[Z", "shift-tab"],
  ])("%j is %s", (input, name) => expect(all([input])).toEqual([named(name)]));

  test("text and keys of one piece, in their order", () => {
    expect(all(["how many\rwhy?\r"])).toEqual([
      { type: "text", text: "how many" },
      named("enter"),
      { type: "text", text: "why?" },
      named("enter"),
    ]);
  });

  test("however the input is cut", () => {
    const input = "a\u001b[1;5Cé日本\u001b[200~x\ry\u001b[201~\u001b[3~b";
    const whole = [
      { type: "text", text: "a" },
      named("word-right"),
      { type: "text", text: "é日本" },
      { type: "paste", text: "x\ry" },
      named("delete"),
      { type: "text", text: "b" },
    ];
    expect(all([input])).toEqual(whole);
    for (let i = 1; i < input.length; i++) {
      const joined: Key[] = [];
      for (const key of all([input.slice(0, i), input.slice(i)])) {
        const last = joined.at(-1);
        if (key.type === "text" && last?.type === "text") last.text += key.text;
        else joined.push({ ...key });
      }
      expect(joined, String(i)).toEqual(whole);
    }
  });

  test("escape alone is known when nothing follows; half a sequence means nothing", () => {
    const { keys, pending } = readKeys("\u001b");
    expect(keys).toEqual([]);
    expect(readRest(pending)).toEqual([named("escape")]);
    expect(readRest(readKeys("\u001b[1;").pending)).toEqual([]);
  });

  test("what a terminal says of itself is no key", () => {
    expect(all(["\u001b[?1;2c", "\u001b]11;rgb:00/00/00\u0007", "\u001b[I", "\u001b[24;80R"])).toEqual([]);
  });
});
