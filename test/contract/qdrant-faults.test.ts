import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type QdrantFailure, type QdrantServer, startQdrant } from "../support/qdrant-server.js";
import { openVectorShop, type VectorShop } from "../support/vector-shop.js";

/** A fault of the server, once or for good, and what a user is told when it stays. */
const FAULTS: { name: string; failure: QdrantFailure; said: RegExp; slow?: true; like?: string }[] = [
  { name: "500", failure: { status: 500 }, said: /it answers 500/ },
  { name: "429", failure: { status: 429 }, said: /it answers 429/, like: "500" },
  {
    name: "429 with Retry-After",
    failure: { status: 429, retryAfter: "1" },
    said: /takes no more requests now \(429\)/,
  },
  {
    name: "429 until a date",
    failure: { status: 429, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT" },
    said: /429/,
    like: "429 with Retry-After",
  },
  { name: "cut", failure: { cut: true }, said: /does not answer/, like: "cut once it is done" },
  { name: "cut once it is done", failure: { cut: true, after: true }, said: /does not answer/ },
  { name: "slow", failure: { delayMs: 300 }, said: /does not answer within/, slow: true },
];
/** The calls of a first load, of a later one that adds to it, of one that builds anew, and of a question. */
const BUILD = [
  "GET collection",
  "PUT collection",
  "PUT collection/points",
  "POST collection/points/count",
  "PATCH collection",
  "GET /aliases",
  "POST /collections/aliases",
];
const CLEAN_UP = ["GET /collections", "DELETE collection"];
const UPDATE = ["GET collection", "PATCH collection", "PUT collection/points", "POST collection/points/count"];
const QUESTION = ["GET collection", "POST collection/points/count", "POST collection/points/query"];

let shop: VectorShop;
let server: QdrantServer;
beforeAll(async () => {
  shop = await openVectorShop();
});
afterAll(() => shop?.close());
beforeEach(async () => {
  server = await startQdrant();
  await shop.forget();
});
afterEach(() => server.close());

const load = (from: number, timeoutSeconds?: number, reindex = false) =>
  shop.load({ customers: 12, from, url: server.url, reindex, ...(timeoutSeconds && { timeoutSeconds }) });
/** The same list as without Qdrant; by Qdrant, or with a warning. */
async function expectRight(warning: RegExp | undefined, timeoutSeconds?: number): Promise<void> {
  const { expected, got } = await shop.ask(server.url, timeoutSeconds === undefined ? {} : { timeoutSeconds });
  expect(got.hits).toEqual(expected.hits);
  expect(got.hits.length).toBe(5);
  expect(got.total).toBe(expected.total);
  if (warning) expect(got.warnings?.join()).toMatch(warning);
  else expect([got.warnings, got.engine]).toEqual([undefined, undefined]);
}
const failAt = (operation: string, failure: QdrantFailure, times: number) => {
  let left = times;
  server.fail = (call) => (call.operation === operation && left-- > 0 ? failure : undefined);
};
const always = Number.POSITIVE_INFINITY;

test("the calls are those that faults are injected at", async () => {
  const made = () => [...new Set(server.calls.splice(0).map((call) => call.operation))].sort();
  await load(1);
  expect(made()).toEqual([...BUILD, "GET /collections"].sort());
  await load(13);
  expect(made()).toEqual([...UPDATE].sort());
  await shop.load({ reindex: true, url: server.url });
  expect(made()).toEqual([...BUILD, ...CLEAN_UP].sort());
  await shop.ask(server.url);
  expect(made()).toEqual([...QUESTION].sort());
});

describe.each([
  ...(process.env["AUDIENCE_TEST_LONG"] ? [{ phase: "a first load", before: false, operations: BUILD }] : []),
  { phase: "a later load", before: true, operations: UPDATE },
])("$phase", ({ before, operations }) => {
  describe.each(operations)("%s", (operation) => {
    // One that did nothing and one that did it: to a load the others are the same.
    const passing = FAULTS.filter(({ name }) => name === "500" || name === "cut once it is done");
    test.each(passing)("$name once: tried again, nothing is lost", async ({ failure }) => {
      if (before) await load(1);
      failAt(operation, failure, 1);
      const summary = await load(13);
      expect(summary).toMatchObject({ index: { state: "current" }, warnings: [] });
      await expectRight(undefined);
    });

    // A collection that was made though nobody said so is found to be there: nothing is left to fail.
    const lasting = FAULTS.filter(
      // To a load, which takes seconds, some faults are like others; with time they are all tried.
      ({ failure, like }) =>
        (!like || process.env["AUDIENCE_TEST_LONG"]) && !(failure.after && operation === "PUT collection"),
    );
    test.each(lasting)(
      "$name for good: the load stands, the index is behind, the next load mends it",
      async (fault) => {
        if (before) await load(1);
        failAt(operation, fault.failure, always);
        const summary = await load(13, fault.slow && 0.05);
        expect(summary.index).toEqual({ state: "behind" });
        expect(summary.totals.customers).toBe(before ? 24 : 12);
        expect(summary.warnings.join()).toMatch(fault.said);
        await expectRight(/Qdrant was not used: (it holds no index of this data yet|its index is behind the data)/);
        server.fail = () => undefined;
        expect(await load(25)).toMatchObject({ index: { state: "current" }, warnings: [] });
        await expectRight(undefined);
        expect([...server.aliases.keys()]).toEqual(["customers"]);
      },
    );
  });
});

test.each(CLEAN_UP)("what cannot be cleared away (%s) is no fault of a load", async (operation) => {
  await load(1);
  failAt(operation, { status: 500 }, always);
  expect(await load(13, undefined, true)).toMatchObject({ index: { state: "current" }, warnings: [] });
  await expectRight(undefined);
  expect(server.collections.size).toBe(2);
  server.fail = () => undefined;
  await load(25, undefined, true);
  expect(server.collections.size).toBe(1);
});

describe.each(QUESTION)("a question, %s", (operation) => {
  test.each(FAULTS.filter(({ slow }) => !slow))("$name once: tried again", async ({ failure }) => {
    await load(1);
    failAt(operation, failure, 1);
    await expectRight(undefined);
  });

  test.each(FAULTS)("$name for good: the same list from SQL, with a warning", async ({ failure, said, slow }) => {
    await load(1);
    failAt(operation, failure, always);
    await expectRight(said, slow && 0.05);
    server.fail = () => undefined;
    await expectRight(undefined);
  });
});

test("a wrong key", async () => {
  server.apiKey = "right";
  const summary = await load(1);
  expect(summary.warnings.join()).toMatch(/the key is not accepted/);
  await expectRight(/no index of this data yet/);
});

test("another server, older, that keeps no metadata: never taken for current", async () => {
  const { fail } = server;
  server.fail = (call) => {
    if (call.operation === "PATCH collection" || call.operation === "PUT collection") delete call.body?.["metadata"];
    return fail(call);
  };
  server.version = "1.12.0";
  await load(1);
  await expectRight(/not the one that was built of this data/);
});

test("data lost while the server was restarted", async () => {
  await load(1);
  server.collections.clear();
  server.aliases.clear();
  await expectRight(/there is no collection customers/);
  expect((await load(13)).index).toMatchObject({ state: "current", points: 24, rebuilt: true });
  await expectRight(undefined);
});

test("an older snapshot restored", async () => {
  await load(1);
  const old = structuredClone(server.under("customers"));
  const name = server.aliases.get("customers") as string;
  await load(13);
  server.collections.set(name, old);
  await expectRight(/is being written or was left half-written/);
  expect((await load(25)).index).toMatchObject({ state: "current", rebuilt: true });
  await expectRight(undefined);
});

test("a collection of somebody else's in the place of the alias", async () => {
  await load(1);
  const theirs = structuredClone(server.under("customers"));
  server.collections.clear();
  server.aliases.clear();
  server.collections.set("customers", { ...theirs, metadata: {} });
  await expectRight(/not the one that was built of this data/);
  const summary = await load(13);
  expect(summary.warnings.join()).toMatch(/already exists/);
  expect(server.collections.get("customers")?.points.size).toBe(12);
});

test("stopped while the index is written: said, and mended by the next load", async () => {
  await load(1);
  const stop = new AbortController();
  server.fail = (call) => {
    if (call.operation === "PUT collection/points") stop.abort();
    return { delayMs: 100 };
  };
  await expect(shop.load({ customers: 12, from: 13, url: server.url, signal: stop.signal })).rejects.toMatchObject({
    code: "cancelled",
    message: "Cancelled. The data are loaded; the index in Qdrant is behind.",
  });
  server.fail = () => undefined;
  await expectRight(/its index is behind the data/);
  expect((await load(25)).index).toMatchObject({ state: "current", points: 36 });
  await expectRight(undefined);
});
