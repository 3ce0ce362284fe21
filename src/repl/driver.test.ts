import { describe, expect, test } from "vitest";
import { seeded } from "../../test/support/random.js";
import type { Conversation, Response } from "./conversation.js";
import { createDriver } from "./driver.js";

interface Running {
  line: string;
  signal: AbortSignal;
  end(response: Response): void;
}

function scripted(page: Conversation["page"] = async () => undefined) {
  const running: Running[] = [];
  const begun: string[] = [];
  const conversation: Conversation = {
    open: async () => ({ header: "", words: { commands: [], data: [] } }),
    respond: (line, _listener, signal) =>
      new Promise((resolve) => {
        begun.push(line);
        running.push({ line, signal, end: resolve });
      }),
    status: () => "",
    page,
    resize: () => {},
    close: async () => {},
  };
  const printed: string[] = [];
  const screen = { print: (text: string) => void printed.push(text), clear() {}, suspend() {}, page: async () => {} };
  let time = 0;
  const driver = createDriver({ conversation, screen, history: [], remember: () => {}, now: () => time++ });
  const type = (text: string) => driver.dispatch({ type: "key", key: { type: "text", text }, at: time++ });
  const press = (name: "enter" | "escape" | "ctrl-c" | "ctrl-u") =>
    driver.dispatch({ type: "key", key: { type: "key", name }, at: time++ });
  return { driver, running, begun, printed, type, press };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the driver", () => {
  test.each(Array.from({ length: 100 }, (_, i) => i + 1))(
    "interleaving %i: every line entered is run once, in order, or put back by a cancel",
    async (seed) => {
      const { below } = seeded(seed);
      const random = () => below(1_000) / 1_000;
      const { driver, running, begun, printed, type, press } = scripted();
      const expected: string[] = [];
      let entered: string[] = [];
      for (let step = 0, line = 0; step < 60; step++) {
        const dice = random();
        if (dice < 0.45) {
          // Keys come one by one, and other things between them.
          const text = `line ${line++}`;
          for (const char of text) {
            type(char);
            if (random() < 0.1) await settled();
          }
          press("enter");
          entered.push(text);
        } else if (dice < 0.85) {
          const turn = running.shift();
          turn?.end({ text: turn.signal.aborted ? "Cancelled.\n" : `answer to ${turn.line}\n` });
          await settled();
        } else if (running.length > 0 && !running[0]?.signal.aborted) {
          press("escape");
          expect(running[0]?.signal.aborted).toBe(true);
          // What waited comes back into the composer; it is entered as one.
          const { editor, turn, queue } = driver.view();
          expect(queue).toEqual([]);
          const waiting = entered.slice(entered.indexOf(turn?.line as string) + 1);
          expect(editor.text).toBe(waiting.join("\n"));
          entered = entered.slice(0, entered.length - waiting.length);
          if (waiting.length > 0) {
            press("enter");
            entered.push(waiting.join("\n"));
          }
        }
      }
      while (running.length > 0) {
        const turn = running.shift();
        turn?.end({ text: turn.signal.aborted ? "Cancelled.\n" : `answer to ${turn.line}\n` });
        await settled();
      }
      expected.push(...entered);
      expect(begun).toEqual(expected);
      expect(printed.length).toBe(expected.length);
      expect(driver.view()).toMatchObject({ turn: undefined, queue: [], editor: { text: "" } });
    },
  );

  test("Ctrl-C: clears a line but keeps it in the history, then asks, then leaves", async () => {
    const { driver, type, press } = scripted();
    type("half a question");
    press("ctrl-c");
    expect(driver.view().editor).toMatchObject({ text: "", history: ["half a question"] });
    press("ctrl-c");
    expect(driver.view().notice).toMatch(/again/);
    press("ctrl-c");
    await driver.left;
  });

  test("Ctrl-O: one pager at a time, and rows that cannot be had are said, not thrown", async () => {
    let asked = 0;
    const { driver, printed } = scripted(async () => {
      asked++;
      throw new Error("the data are gone");
    });
    const press = () => driver.dispatch({ type: "key", key: { type: "key", name: "ctrl-o" }, at: 0 });
    press();
    press();
    await settled();
    expect({ asked, printed }).toEqual({ asked: 1, printed: ["error: the data are gone\n\n"] });
    press();
    await settled();
    expect(asked).toBe(2);
  });

  test("Ctrl-C a second time too late only asks again", () => {
    const { driver } = scripted();
    const press = (at: number) => driver.dispatch({ type: "key", key: { type: "key", name: "ctrl-c" }, at });
    let left = false;
    void driver.left.then(() => (left = true));
    press(0);
    press(5_000);
    expect(driver.view().notice).toMatch(/again/);
    expect(left).toBe(false);
  });
});
