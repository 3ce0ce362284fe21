import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Point } from "../../src/vectors/qdrant/points.js";
import { batches } from "../../src/vectors/qdrant/write-points.js";
import { hashEmbedder } from "../support/load.js";
import { type QdrantServer, startQdrant } from "../support/qdrant-server.js";
import { loadSample } from "../support/sample.js";
import { STORES } from "../support/stores.js";
import { openVectorShop, type VectorShop } from "../support/vector-shop.js";

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`the index in Qdrant: ${kind.title}`, () => {
    let shop: VectorShop;
    let server: QdrantServer;
    beforeAll(async () => {
      shop = await openVectorShop(kind);
    });
    afterAll(() => shop?.close());
    beforeEach(async () => {
      server = await startQdrant();
      await shop.forget();
    });
    afterEach(() => server.close());

    const operations = () => server.calls.map((call) => call.operation);
    /** Both engines agree, and Qdrant did it. */
    const expectUsed = async () => {
      const { expected, got } = await shop.ask(server.url);
      expect(got.warnings).toBeUndefined();
      expect(got.engine).toBeUndefined();
      expect(got.hits).toEqual(expected.hits);
      expect(got.total).toBe(expected.total);
    };
    /** Both engines agree, and Qdrant was left out for this reason. */
    const expectUnused = async (reason: RegExp, embedder = hashEmbedder) => {
      const { expected, got } = await shop.ask(server.url, { embedder });
      expect(got.warnings?.[0]).toMatch(reason);
      expect(got.engine).toBe("sql");
      expect(got.hits).toEqual(expected.hits);
      expect(got.total).toBe(expected.total);
    };

    test("customer 1: payload and vectors", async () => {
      await shop.load({ customers: 30, url: server.url });
      const point = server.under("customers").points.get(1);
      expect(point?.payload).toEqual({
        customer_id: "1",
        text:
          "Customer User1 Test1 (user1@demo.com) from PL, age 19, favorite color red. Total spent: 137.00. " +
          "Primary interests: clothing, home. Preferred colors: red.",
        metadata: {
          ...{ customer_id: "1", first_name: "User1", last_name: "Test1", email: "user1@demo.com", country: "PL" },
          ...{ age: 19, total_spent: 137, favorite_color: "red", likes_luxury: false },
          calculated_interests: ["clothing", "home", "red"],
        },
      });
      const lengths = (name: string) => point?.vectors.get(name)?.map((row) => Math.hypot(...row)) ?? [];
      for (const length of lengths("interests")) expect(length).toBeGreaterThan(0.95);
      expect(lengths("profile")).toEqual([expect.closeTo(1, 5)]);
      // Who has done nothing has no vectors; who only likes luxury has nothing to resemble anybody by.
      const vectorsOf = (id: string) => {
        const found = [...server.under("customers").points.values()].find((p) => p.payload["customer_id"] === id);
        return [...(found?.vectors.keys() ?? [])];
      };
      expect([vectorsOf("14"), vectorsOf("7"), vectorsOf("8")]).toEqual([[], ["interests"], ["interests", "profile"]]);
      expect(server.under("customers").points.size).toBe(30);
    });

    test("a first load builds a collection under the alias; what changes after it is written, and no more", async () => {
      const first = await shop.load({ customers: 30, url: server.url });
      expect(first.index).toMatchObject({ state: "current", points: 30, written: 30, rebuilt: true });
      const definition = server.calls.find((call) => call.operation === "PUT collection");
      expect(definition?.body?.["vectors"]).toMatchObject({
        interests: { size: 384, distance: "Dot", multivector_config: { comparator: "max_sim" } },
        profile: { size: 384, distance: "Cosine" },
      });
      await expectUsed();
      server.calls.length = 0;
      const second = await shop.load({ customers: 5, from: 28, url: server.url });
      expect(second.index).toMatchObject({ state: "current", points: 32, written: 2, rebuilt: false });
      const writes = server.calls.filter((call) => call.operation === "PUT collection/points");
      expect(writes.map((call) => [call.query.get("wait"), call.query.get("ordering")])).toEqual([["true", "strong"]]);
      await expectUsed();
      server.calls.length = 0;
      const third = await shop.load({ customers: 5, from: 28, url: server.url });
      expect(third.index).toMatchObject({ state: "current", written: 0 });
      expect(operations()).toEqual(["GET collection", "POST collection/points/count"]);
    });

    test("a load without Qdrant leaves it behind; the next load with it catches up", async () => {
      await shop.load({ customers: 30, url: server.url });
      const away = await shop.load({ customers: 5, from: 31, url: "http://127.0.0.1:9" });
      expect(away.index).toEqual({ state: "behind" });
      expect(away.warnings[0]).toMatch(/The data are loaded, but the index in Qdrant is behind: it does not answer/);
      await expectUnused(/its index is behind the data/);
      const back = await shop.load({ customers: 3, from: 36, url: server.url });
      expect(back.index).toMatchObject({ points: 38, written: 8, rebuilt: false });
      await expectUsed();
    });

    test("lost and foreign points, a lost alias, another collection: noticed by questions, mended by a load", async () => {
      await shop.load({ customers: 30, url: server.url });
      const points = () => server.under("customers").points;
      points().delete(3);
      await expectUnused(/holds 29 of 30 customers/);
      expect((await shop.load({ customers: 1, from: 31, url: server.url })).index).toMatchObject({ rebuilt: true });
      await expectUsed();
      points().set(9999, { vectors: new Map(), payload: {} });
      await expectUnused(/holds 32 of 31 customers/);
      await shop.load({ reindex: true, url: server.url });
      await expectUsed();
      server.aliases.clear();
      await expectUnused(/there is no collection customers/);
      await shop.load({ customers: 1, from: 32, url: server.url });
      await expectUsed();
      server.collections.clear();
      await expectUnused(/there is no collection customers/);
      await shop.load({ reindex: true, url: server.url });
      await expectUsed();
      Object.assign(server.under("customers").metadata, { collection: "customers_v1_00000000" });
      await expectUnused(/not the one that was built of this data/);
      await shop.load({ reindex: true, url: server.url });
      await expectUsed();
      // One collection is left of all these.
      expect([...server.collections.keys()]).toEqual([...server.aliases.values()]);
    });

    test("--reindex puts wrong payloads and vectors right", async () => {
      await shop.load({ customers: 30, url: server.url });
      const before = structuredClone([...server.under("customers").points]);
      const point = server.under("customers").points.get(2);
      Object.assign(point?.payload ?? {}, { text: "wrong" });
      point?.vectors.clear();
      await shop.load({ reindex: true, url: server.url });
      expect([...server.under("customers").points]).toEqual(before);
    });

    test("another embedder, another dimension: not used", async () => {
      await shop.load({ customers: 30, url: server.url });
      const collection = server.under("customers");
      Object.assign(collection.metadata, { embedder: "other/1" });
      await expectUnused(/made by other\/1/);
      Object.assign(collection.metadata, { embedder: hashEmbedder.id });
      await expectUsed();
      for (const params of Object.values(collection.vectors)) params.size = 768;
      await expectUnused(/768 dimensions/);
      expect((await shop.load({ customers: 1, from: 31, url: server.url })).index).toMatchObject({ rebuilt: true });
      await expectUsed();
    });

    test("a half-written index is not used, and its next update completes it", async () => {
      await shop.load({ customers: 30, url: server.url });
      server.fail = (call) => (call.operation === "PUT collection/points" ? { status: 500 } : undefined);
      const cut = await shop.load({ customers: 4, from: 29, url: server.url });
      expect(cut.index).toEqual({ state: "behind" });
      server.fail = () => undefined;
      await expectUnused(/behind the data/);
      expect((await shop.load({ customers: 1, from: 33, url: server.url })).index).toMatchObject({ rebuilt: false });
      await expectUsed();
    });

    test("a write during a search is noticed", async () => {
      await shop.load({ customers: 30, url: server.url });
      server.fail = (call) => {
        if (call.operation === "POST collection/points/query") {
          Object.assign(server.under("customers").metadata, { version: null });
        }
        return undefined;
      };
      await expectUnused(/written to during the search/);
    });

    test("two loads at once leave the index of both", async () => {
      await shop.load({ customers: 30, url: server.url });
      server.fail = (call) => (call.operation === "PUT collection/points" ? { delayMs: 50 } : undefined);
      const loads = [
        { customers: 20, from: 31 },
        { customers: 20, from: 45 },
        { customers: 10, from: 1 },
      ];
      const done = await Promise.all(loads.map((each) => shop.load({ ...each, url: server.url })));
      for (const { index } of done) expect(index).toMatchObject({ state: "current" });
      server.fail = () => undefined;
      expect(server.under("customers").points.size).toBe(64);
      await expectUsed();
    });

    test("strict mode: small batches are obeyed, a forbidden search is made in SQL without a warning", async () => {
      server.strictMode = { upsert_max_batchsize: 8 };
      await shop.load({ customers: 30, url: server.url });
      expect(operations().filter((operation) => operation === "PUT collection/points").length).toBe(4);
      await expectUsed();
      for (const strictMode of [{ search_allow_exact: false }, { condition_max_size: 9 }, { max_query_limit: 2 }]) {
        server.strictMode = strictMode;
        const { expected, got } = await shop.ask(server.url, { gate: 20 });
        expect(got).toMatchObject({ engine: "sql", hits: expected.hits });
        expect(got.warnings).toBeUndefined();
      }
    });

    test("look-alikes, the same in both", async () => {
      await shop.load({ customers: 60, url: server.url });
      const { expected, got } = await shop.like(server.url);
      expect(got.engine).toBeUndefined();
      expect({ hits: got.hits, total: got.total }).toEqual({ hits: expected.hits, total: expected.total });
    });

    test("the sample: customer 1 as in product.md", async () => {
      const { openQdrant } = await import("../../src/vectors/qdrant/open-qdrant.js");
      await loadSample(shop.db, hashEmbedder);
      const settings = { url: server.url, alias: "customers", timeoutSeconds: 10 };
      const { index } = openQdrant(settings, hashEmbedder);
      await index.bringUpToDate({ db: shop.db, rebuild: false, progress: () => {} });
      const payload = server.under("customers").points.get(1)?.payload as Point["payload"];
      process.stdout.write(`${JSON.stringify(payload, null, 2)}\n`);
      expect(Object.keys(payload)).toEqual(["customer_id", "text", "metadata"]);
      expect(Object.keys(payload.metadata)).toEqual(
        (
          "customer_id first_name last_name email country age total_spent favorite_color calculated_interests " +
          "likes_luxury"
        ).split(" "),
      );
      const { first_name, last_name, email, country, age, favorite_color, calculated_interests } = payload.metadata;
      expect(payload.text).toMatch(
        new RegExp(
          `^Customer ${first_name} ${last_name} \\(${String(email).replace("+", "\\+")}\\) from ${country}, age ${age}, ` +
            `favorite color ${favorite_color}\\. Total spent: 92\\.19\\. ` +
            "Primary interests: [^.,]+, [^.,]+\\. Preferred colors: [^.,]+, [^.,]+\\.$",
        ),
      );
      expect(payload.text.match(/: ([^.,]+), ([^.,]+)\. P.*: ([^.,]+), ([^.,]+)\./)?.slice(1)).toEqual(
        calculated_interests,
      );
    });
  });
}

test("batches stay below the size of a request", () => {
  const row = Array.from({ length: 384 }, () => -0.12345678);
  const payload = { customer_id: "1", text: "x".repeat(500), metadata: {} };
  const points = Array.from({ length: 900 }, (_, id): Point => {
    return { id, vector: { interests: Array.from({ length: 13 }, () => row), profile: row }, payload };
  });
  const sizes = [...batches(points, 500)].map((batch) => [batch.length, JSON.stringify({ points: batch }).length]);
  expect(sizes.reduce((sum, [count = 0]) => sum + count, 0)).toBe(900);
  for (const [, bytes = 0] of sizes) expect(bytes).toBeLessThan(8 * 1024 * 1024 + 100_000);
});
