import { describe, expect, test } from "vitest";
import type { Key, KeyName } from "../terminal/keys.js";
import type { Words } from "./completion.js";
import { createEditor, type Editor, ghost, submit, type } from "./editor.js";

const WORDS: Words = {
  commands: [
    { text: "/schema", note: "", values: ["customers", "events"] },
    { text: "/save", note: "" },
    { text: "/sql", note: "" },
  ],
  data: [
    { text: "total spent", note: "" },
    { text: "New York", note: "" },
    { text: "Newark", note: "" },
    { text: "jewelry", note: "" },
  ],
};
const key = (name: KeyName): Key => ({ type: "key", name });
const text = (text: string): Key => ({ type: "text", text });
function typed(keys: readonly Key[], start: Editor = createEditor()) {
  let editor = start;
  const submitted: string[] = [];
  for (const each of keys) {
    const next = type(editor, each, WORDS);
    editor = next.submitted === undefined ? next.editor : submit(next.editor, next.submitted);
    if (next.submitted !== undefined) submitted.push(next.submitted);
  }
  return { editor, submitted };
}

describe("the editor", () => {
  test("Enter submits; Ctrl-J and a backslash at the end make a line", () => {
    expect(typed([text("a"), key("newline"), text("b\\"), key("enter"), text("c"), key("enter")]).submitted).toEqual([
      "a\nb\nc",
    ]);
    expect(typed([text("  "), key("enter")]).submitted).toEqual([]);
  });

  test("a paste never submits and loses its control characters", () => {
    const { editor, submitted } = typed([{ type: "paste", text: "a\r\nb\u001b[31m\tc\r" }]);
    expect(submitted).toEqual([]);
    expect(editor.text).toBe("a\nb[31m  c\n");
  });

  test("moves by characters as they are seen", () => {
    const { editor } = typed([text("a👨‍👩‍👧é日"), key("left"), key("left"), key("left"), text("x")]);
    expect(editor.text).toBe("ax👨‍👩‍👧é日");
    expect(typed([key("backspace")], { ...editor, cursor: "ax👨‍👩‍👧".length }).editor.text).toBe("axé日");
  });

  test("lines up and down, then the history, and back to what was being typed", () => {
    const start = createEditor(["first", "second"]);
    const { editor } = typed([text("new"), key("newline"), text("line"), key("up")], start);
    expect(editor.cursor).toBe(3);
    const older = typed([key("up"), key("up"), key("up")], editor).editor;
    expect(older.text).toBe("first");
    expect(typed([key("down"), key("down"), key("down")], older).editor.text).toBe("new\nline");
  });

  test("Ctrl-R finds older and older lines; Escape brings back what was there", () => {
    const start = createEditor(["women in Texas", "men", "women in Ohio"]);
    const found = typed([text("draft"), key("ctrl-r"), text("wom")], start).editor;
    expect(found.text).toBe("women in Ohio");
    const older = typed([key("ctrl-r")], found).editor;
    expect(older.text).toBe("women in Texas");
    expect(typed([key("ctrl-r")], older).editor.text).toBe("women in Texas");
    expect(typed([key("escape")], older).editor).toMatchObject({ text: "draft", search: undefined });
    expect(typed([key("enter")], older).submitted).toEqual(["women in Texas"]);
  });

  test("Tab completes what is certain and offers the rest in turn", () => {
    expect(typed([text("/sc"), key("tab")]).editor.text).toBe("/schema ");
    expect(typed([text("/schema ev"), key("tab")]).editor.text).toBe("/schema events ");
    expect(typed([text("who bought jew"), key("tab")]).editor.text).toBe("who bought jewelry ");
    expect(typed([text("average tot"), key("tab")]).editor.text).toBe("average total spent ");
    const menu = typed([text("in new"), key("tab")]).editor;
    expect(menu.text).toBe("in new");
    expect(menu.menu?.words.map((word) => word.text)).toEqual(["New York", "Newark"]);
    const second = typed([key("tab"), key("tab")], menu).editor;
    expect(second.text).toBe("in Newark");
    expect(typed([key("tab")], second).editor.text).toBe("in New York");
    expect(typed([text("!")], second).editor).toMatchObject({ text: "in Newark!", menu: undefined });
    expect(typed([text("xyz"), key("tab")]).editor.text).toBe("xyz");
  });

  test("the grey hint comes from the history first, and → takes it", () => {
    const start = createEditor(["revenue by month", "revenue by country"]);
    const { editor } = typed([text("reve")], start);
    expect(ghost(editor, WORDS)).toBe("nue by country");
    expect(typed([key("right")], editor).editor.text).toBe("revenue by country");
    expect(ghost(typed([text("in new y")]).editor, WORDS)).toBe("ork");
    expect(ghost(typed([text("in new y"), key("left")]).editor, WORDS)).toBe("");
  });

  test("what was taken away comes back, and every change can be undone", () => {
    const { editor } = typed([text("one two"), key("delete-word"), text("three")]);
    expect(editor.text).toBe("one three");
    expect(typed([key("ctrl-y")], editor).editor.text).toBe("one threetwo");
    expect(typed([key("ctrl-_"), key("ctrl-_")], editor).editor.text).toBe("one two");
  });
});
