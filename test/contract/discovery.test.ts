import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Criteria } from "../../src/criteria/schema.js";
import type { Db } from "../../src/db/db.js";
import { createPhraseCache, type DiscoveryRequest, discover } from "../../src/discovery/discover.js";
import { isDerived } from "../../src/discovery/gate.js";
import { createMiniLm } from "../../src/embed/minilm.js";
import type { Reason } from "../../src/render/answer.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import type { Refiner } from "../../src/vectors/refiner.js";
import { loadedSample } from "../support/loaded-sample.js";
import { type NaiveRow, naiveCustomers, naiveEvents } from "../support/sample.js";
import { STORES, type Store } from "../support/stores.js";

const FLOOR = 0.25;
const LUXURY = "This customer likes luxury items.";
const WEIGHTS: Record<string, number> = { purchase: 3, add_to_cart: 2, view: 1 };

interface Interest {
  phrase: string;
  weight: number;
  share: number;
  last: string;
}

const customers = naiveCustomers();
const profiles = naiveProfiles();
const embedder = createMiniLm();
const vectors = new Map<string, Float32Array>();

/** Every customer's phrases by the rules of product.md, "Interests and vectors". */
function naiveProfiles(): Map<string, Interest[]> {
  const items = new Map<string, Map<string, Interest>>();
  const colors = new Map<string, Map<string, Interest>>();
  const add = (to: typeof items, id: string, phrase: string, event: NaiveRow) => {
    const own = to.get(id) ?? new Map<string, Interest>();
    to.set(id, own);
    const interest = own.get(phrase) ?? { phrase, weight: 0, share: 0, last: "" };
    interest.weight += WEIGHTS[String(event["event_type"])] as number;
    if (String(event["event_time"]) > interest.last) interest.last = String(event["event_time"]);
    own.set(phrase, interest);
  };
  for (const event of naiveEvents()) {
    if (!WEIGHTS[String(event["event_type"])]) continue;
    const id = String(event["customer_id"]);
    const { category, subcategory, product_name, color } = event;
    const item = category && subcategory ? `${category}: ${subcategory}` : (category ?? subcategory ?? product_name);
    if (item) add(items, id, String(item), event);
    if (color) add(colors, id, `color: ${color}`, event);
  }
  const shared = (own: Map<string, Interest> | undefined) => {
    const list = [...(own?.values() ?? [])];
    const all = list.reduce((sum, interest) => sum + interest.weight, 0);
    return list.map((interest) => ({ ...interest, share: Math.fround(interest.weight / all) }));
  };
  const strongest = (a: Interest, b: Interest) =>
    b.weight - a.weight || (a.last < b.last ? 1 : a.last > b.last ? -1 : 0) || (a.phrase < b.phrase ? -1 : 1);
  return new Map(
    customers.map((c) => {
      const id = String(c["customer_id"]);
      const list = [...shared(items.get(id)), ...shared(colors.get(id))].sort(strongest).slice(0, 12);
      if (Number(c["total_spent"]) > 800) list.push({ phrase: LUXURY, weight: 0, share: 1, last: "" });
      return [id, list];
    }),
  );
}

/** Scores every customer of the gate, in millionths: a list of phrases, no index, no SQL. */
async function naiveRefine(gate: (c: NaiveRow) => boolean, intents: readonly string[]) {
  const millionths = (number: number) => Math.floor(number * 1e6 + 0.5);
  const wanted = (await embedder.embed(intents)).vectors;
  const scored = customers.filter(gate).map((c) => {
    const id = String(c["customer_id"]);
    let sum = 0;
    let weight = 0;
    const reasons: string[] = [];
    for (const vector of wanted) {
      const matches = (profiles.get(id) ?? [])
        .map((interest) => {
          const cosine = (vectors.get(interest.phrase) as Float32Array).reduce((s, x, i) => s + x * vector[i]!, 0);
          const similarity = millionths((millionths(cosine) / 1e6) * (0.95 + 0.05 * interest.share));
          return { ...interest, cosine: millionths(cosine), similarity };
        })
        .filter((match) => match.cosine >= millionths(FLOOR) && match.similarity >= millionths(FLOOR))
        .sort((a, b) => b.similarity - a.similarity || b.weight - a.weight || (a.phrase < b.phrase ? -1 : 1));
      sum += matches[0]?.similarity ?? 0;
      weight += matches[0]?.weight ?? 0;
      if (matches[0]) reasons.push(matches[0].phrase);
    }
    return { id, score: Math.floor(sum / intents.length + 0.5), weight, reasons };
  });
  return scored
    .filter((c) => c.score > 0)
    .sort((a, b) => b.score - a.score || b.weight - a.weight || Number(a.id) - Number(b.id))
    .map(({ id, score, reasons }) => ({ id, score: score / 1e6, reasons }));
}

const GATES: [name: string, criteria: Criteria, gate: (c: NaiveRow) => boolean][] = [
  [
    "few",
    { attribute: "age", op: "between", value: [33, 34] },
    (c) => typeof c["age"] === "number" && c["age"] >= 33 && c["age"] <= 34,
  ],
  ["some", { attribute: "gender", op: "=", value: "F" }, (c) => c["gender"] === "F"],
  ["all", {}, () => true],
];
const INTENTS = [
  ["luxury"],
  ["outdoor life"],
  ["formal wear for the office"],
  ["red"],
  ["sport", "jewelry"],
  ["luxury", "gifts"],
  ["hiking boots", "warm clothes", "green"],
  ["elegant evening", "shoes", "summer", "parliament election law"],
];
/** Both ways the gate travels, and the choice between them. */
const REFINERS: [name: string, refiner: Refiner][] = [
  ["by size", createInSqlRefiner()],
  ["keys", createInSqlRefiner({ bitmapFrom: Number.POSITIVE_INFINITY })],
  ["bitmap", createInSqlRefiner({ bitmapFrom: 0 })],
];

beforeAll(async () => {
  const phrases = [...new Set([...profiles.values()].flat().map((interest) => interest.phrase))];
  const embedded = await embedder.embed(phrases);
  for (const [i, phrase] of phrases.entries()) vectors.set(phrase, embedded.vectors[i] as Float32Array);
});

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`discovery: ${kind.title}`, () => {
    let store: Store;
    let db: Db;

    beforeAll(async () => {
      store = await loadedSample(kind, embedder);
      db = await store.open();
    });
    afterAll(async () => {
      await db?.close();
      await store?.remove();
    });

    async function run(request: Partial<DiscoveryRequest>, refiner = createInSqlRefiner(), version?: number) {
      const catalogue = await loadCatalogue(db);
      if (version !== undefined) catalogue.version = version;
      const phrases = createPhraseCache(db, embedder);
      const all = { criteria: {}, intents: [], minScore: FLOOR, limit: null, asOf: "2025-06-30", asOfGiven: false };
      const context = { db, catalogue, refiner, embedder, clock: () => performance.now() };
      return discover({ ...all, ...request }, { ...context, phrases: () => phrases(catalogue.version) });
    }

    describe.each(REFINERS)("gate as %s", (_, refiner) => {
      test.each(GATES)(
        "%s: the customers, order, scores and reasons of a plain computation",
        async (_, criteria, gate) => {
          for (const intents of INTENTS) {
            const { columns, rows, total, stages } = await run({ criteria, intents }, refiner);
            const score = columns.indexOf("score");
            const why = columns.indexOf("why");
            const got = rows.map((row) => ({
              id: row[0],
              score: row[score],
              reasons: (row[why] as Reason).interests.map((match) => match.interest),
            }));
            const expected = await naiveRefine(gate, intents);
            expect(expected.length).toBeGreaterThan(0);
            expect(got).toEqual(expected);
            expect(total).toBe(expected.length);
            expect(stages.map((stage) => [stage.stage, stage.rows])).toEqual([
              ["gate", customers.filter(gate).length],
              ["refine", expected.length],
              ["enrich", expected.length],
            ]);
          }
        },
      );

      test("the first k are the first k, and the total stands", async () => {
        const expected = await naiveRefine(() => true, ["luxury", "shoes"]);
        const { rows, total } = await run({ intents: ["luxury", "shoes"], limit: 7 }, refiner);
        expect(rows.map((row) => row[0])).toEqual(expected.slice(0, 7).map((c) => c.id));
        expect(total).toBe(expected.length);
      });

      test("an empty gate and an intent like nothing in the data find nobody", async () => {
        const nobody: Criteria = { attribute: "age", op: ">", value: 150 };
        expect(await run({ criteria: nobody, intents: ["luxury"] }, refiner)).toMatchObject({ rows: [], total: 0 });
        const foreign = await run({ intents: ["parliament election law"] }, refiner);
        expect(foreign).toMatchObject({ rows: [], total: 0 });
        expect(foreign.warnings[0]).toContain('"parliament election law"');
      });
    });

    test("every column of customers that is not known as derived stands in the table as in the view", async () => {
      const catalogue = await loadCatalogue(db);
      const { columns } = catalogue.views.customers;
      for (const { name } of columns.filter((column) => !isDerived(column.name, catalogue))) {
        const { rows } = await db.query(
          `select count(*) from audience.customers v join app.customers c using (customer_id)
           where v."${name}" is distinct from c."${name}"`,
        );
        expect({ name, others: rows[0]?.[0] }).toEqual({ name, others: 0 });
      }
    });

    test("unknown columns are named with the nearest", async () => {
      const hint = "Did you mean gender?";
      await expect(run({ columns: ["gendr"] })).rejects.toMatchObject({ code: "usage", hint });
    });

    test("an ingest between the catalogue and the answer is noticed", async () => {
      await expect(run({ intents: ["luxury"] }, undefined, 99)).rejects.toMatchObject({ code: "query" });
    });
  });
}
