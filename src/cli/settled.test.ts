import { describe, expect, test } from "vitest";
import type { Catalogue } from "../criteria/catalogue.js";
import type { Db } from "../db/db.js";
import { SqlError } from "../db/sql-error.js";
import { AppError } from "../lib/errors.js";
import { createSettled } from "./settled.js";

const { signal } = new AbortController();

/** Data on a server whose version moves on as `state` says. */
function runtimeOf(state: { version: number }, engine: Db["engine"] = "server") {
  return {
    db: { engine } as Db,
    catalogue: async () => ({ version: state.version }) as Catalogue,
    version: async () => state.version,
  };
}

describe("a question is answered from one state of the data", () => {
  test("the catalogue is kept as long as it is right", async () => {
    let prepared = 0;
    const settled = createSettled(runtimeOf({ version: 1 }), async () => ++prepared);
    expect([await settled(async (n) => n, { signal }), await settled(async (n) => n, { signal })]).toEqual([1, 1]);
  });

  test("a load in the middle: asked again, of the new state", async () => {
    const state = { version: 1 };
    const settled = createSettled(runtimeOf(state), async ({ version }) => version);
    let asked = 0;
    const work = async (version: number) => {
      if (++asked === 1) state.version = 2;
      return version;
    };
    expect(await settled(work, { signal })).toBe(2);
    expect(asked).toBe(2);
  });

  test("an error is told, unless a load came between", async () => {
    const state = { version: 1 };
    const settled = createSettled(runtimeOf(state), async ({ version }) => version);
    const failing = async (version: number) => {
      if (version === 1) throw new AppError("query", "no such column");
      return version;
    };
    await expect(settled(failing, { signal })).rejects.toThrow("no such column");
    const moved = async (version: number) => {
      state.version = 2;
      return failing(version);
    };
    expect(await settled(moved, { signal })).toBe(2);
  });

  test("what was shown is not asked again", async () => {
    const state = { version: 1 };
    const settled = createSettled(runtimeOf(state), async ({ version }) => version);
    const work = async () => ++state.version;
    await expect(settled(work, { signal, shown: () => true })).rejects.toThrow("The data changed");
    expect(state.version).toBe(2);
  });

  test("loads without end are an error in the end", async () => {
    const state = { version: 1 };
    const settled = createSettled(runtimeOf(state), async ({ version }) => version);
    await expect(settled(async () => ++state.version, { signal })).rejects.toMatchObject({ code: "query" });
  });

  test("the embedded database, which nobody else can change, is not asked", async () => {
    const state = { version: 1 };
    const settled = createSettled(runtimeOf(state, "embedded"), async ({ version }) => version);
    expect(await settled(async () => ++state.version, { signal })).toBe(2);
  });

  test.each([
    ["55P03", "locked"],
    ["57014", "timeout"],
  ])("a limit of the server, %s, is %s", async (sqlState, code) => {
    const settled = createSettled(runtimeOf({ version: 1 }), async () => 0);
    const work = async () => {
      throw new SqlError("of the server", sqlState);
    };
    await expect(settled(work, { signal })).rejects.toMatchObject({ code });
  });
});
