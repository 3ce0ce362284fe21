import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerQuestion } from "../../src/agent/loop.js";
import type { ToolContext } from "../../src/agent/tool.js";
import type { Db } from "../../src/db/db.js";
import { createPhraseCache } from "../../src/discovery/discover.js";
import { createMiniLm } from "../../src/embed/minilm.js";
import { createRulesPlanner } from "../../src/planner/rules.js";
import type { Answer } from "../../src/render/answer.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { createInSqlRefiner } from "../../src/vectors/in-sql.js";
import { loadedSample } from "../support/loaded-sample.js";
import { type NaiveRow, naiveCustomers, naiveEvents } from "../support/sample.js";
import { STORES, type Store } from "../support/stores.js";

const customers = naiveCustomers();
const events = naiveEvents();
const own = new Map<unknown, NaiveRow[]>(customers.map((c) => [c["customer_id"], []]));
for (const event of events) own.get(event["customer_id"])?.push(event);
const ownEvents = (c: NaiveRow) => own.get(c["customer_id"]) ?? [];
const time = (e: NaiveRow) => String(e["event_time"]).slice(0, 19);
const newest = events.map(time).reduce((a, b) => (a > b ? a : b));

type Of<T> = readonly [text: string, meaning: T];
type Test = (row: NaiveRow) => boolean;
type Gold = number | string[] | Map<string, number>;
interface Case {
  family: string;
  question: string;
  gold: Gold;
}

const any: Test = () => true;
const is = (column: string, value: string): Test => {
  return (row) => row[column] === value;
};
const aged = (low: number, high = 999): Test => {
  return (c) => typeof c["age"] === "number" && c["age"] >= low && c["age"] <= high;
};
const between = (from: string, to = "9"): Test => {
  return (e) => time(e) >= from && time(e) < to;
};
const lastDays = (days: number): Test => {
  const start = new Date(Date.parse(`${newest}Z`) - days * 86_400_000).toISOString().slice(0, 19);
  return (e) => time(e) > start;
};
/** The first day of a month, counted from that of the newest event. */
const month = (offset: number) =>
  new Date(Date.UTC(Number(newest.slice(0, 4)), Number(newest.slice(5, 7)) - 1 + offset, 1)).toISOString().slice(0, 10);

const NOUNS: Of<Test>[] = [
  ["customers", any],
  ["people", any],
  ["shoppers", any],
  ["women", is("gender", "F")],
  ["female customers", is("gender", "F")],
  ["men", is("gender", "M")],
  ["male shoppers", is("gender", "M")],
];
const PLACES: Of<Test>[] = [
  ["", any],
  ["", any],
  [" in Germany", is("country", "DE")],
  [" from Poland", is("country", "PL")],
  [" living in the US", is("country", "US")],
  [" based in France", is("country", "FR")],
];
const AGES: Of<Test>[] = [
  ["", any],
  ["", any],
  [" over 40", aged(41)],
  [" older than 50", aged(51)],
  [" under 35", aged(0, 34)],
  [" younger than 45", aged(0, 44)],
  [" aged 30 to 45", aged(30, 45)],
  [" between 25 and 40", aged(25, 40)],
  [" in their fifties", aged(50, 59)],
  [" aged 60 or older", aged(60)],
];
const CATEGORIES: Of<Test>[] = ["jewelry", "dresses", "shoes", "jackets", "bags", "trousers", "socks"].map((name) => [
  name,
  is("category", name),
]);
const COLORED: Of<Test>[] = ["black", "red", "blue", "white"].flatMap((color) =>
  CATEGORIES.map(([name, of]): Of<Test> => [`${color} ${name}`, (e) => of(e) && e["color"] === color]),
);
const OBJECTS: Of<Test>[] = [...CATEGORIES, ...CATEGORIES, ...COLORED, ["something", any], ["anything", any]];
const PERIODS: Of<Test>[] = [
  ["", any],
  ["", any],
  ["in May 2025", between("2025-05-01", "2025-06-01")],
  ["in April", between("2025-04-01", "2025-05-01")],
  ["during March 2025", between("2025-03-01", "2025-04-01")],
  ["in the last 30 days", lastDays(30)],
  ["in the past 14 days", lastDays(14)],
  ["within the last 8 weeks", lastDays(56)],
  ["last month", between(month(-1), month(0))],
  ["this month", between(month(0))],
  ["in Q1 2025", between("2025-01-01", "2025-04-01")],
  ["in the second quarter of 2025", between("2025-04-01", "2025-07-01")],
  ["since 2025-05-10", between("2025-05-10")],
  ["since 1 May 2025", between("2025-05-01")],
  ["between 2025-04-05 and 2025-05-04", between("2025-04-05", "2025-05-05")],
  ["from 1 March to 15 April 2025", between("2025-03-01", "2025-04-16")],
];
/** A deed as past, participle and infinitive. */
const DEEDS: [past: string, participle: string, infinitive: string, type: string][] = [
  ["bought", "bought", "buy", "purchase"],
  ["purchased", "purchased", "purchase", "purchase"],
  ["ordered", "ordered", "order", "purchase"],
  ["viewed", "viewed", "view", "view"],
  ["browsed", "browsed", "browse", "view"],
  ["looked at", "looked at", "look at", "view"],
];
const TIMES: Of<(n: number) => boolean>[] = [
  ["at least 3 times", (n) => n >= 3],
  ["more than twice", (n) => n > 2],
  ["twice or more", (n) => n >= 2],
  ["at least twice", (n) => n >= 2],
  ["exactly once", (n) => n === 1],
];
const MORE = ["more than", "over", "at least"] as const;
const LIMITS = [50, 100, 200, 350] as const;

let state = 20_250_616;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const cents = (list: readonly NaiveRow[]) => list.reduce((sum, e) => sum + Number(e["cents"]), 0);
const average = (list: readonly number[]) => list.reduce((sum, n) => sum + n, 0) / list.length;
const ids = (list: readonly NaiveRow[]) => list.map((c) => String(c["customer_id"])).sort();
const tally = (list: readonly NaiveRow[], column: string, of: (own: NaiveRow[]) => number) => {
  const groups = new Map<string, NaiveRow[]>();
  for (const row of list) groups.set(String(row[column]), [...(groups.get(String(row[column])) ?? []), row]);
  return new Map([...groups].map(([name, rows]) => [name, of(rows)]));
};

/** Everything a template may draw: who, what, when, each with its meaning. */
function draw() {
  const [noun, isNoun] = pick(NOUNS);
  const [place, isThere] = pick(PLACES);
  const [age, isAged] = pick(AGES);
  const [object, isObject] = pick(OBJECTS);
  const [category, isCategory] = pick(CATEGORIES);
  const [other, isOther] = pick(CATEGORIES.filter(([name]) => name !== category));
  const [period, isThen] = pick(PERIODS);
  const [past, participle, infinitive, type] = pick(DEEDS);
  const [times, isTimes] = pick(TIMES);
  const whose = (c: NaiveRow) => isNoun(c) && isThere(c) && isAged(c);
  const of = (kind: string, what: Test, when: Test) => (e: NaiveRow) => e["event_type"] === kind && what(e) && when(e);
  const group = customers.filter(whose);
  const doers = (kind: string, what: Test, when: Test) => group.filter((c) => ownEvents(c).some(of(kind, what, when)));
  const who = random() < 0.5 ? `${noun}${age}${place}` : `${noun}${place}${age}`;
  return {
    ...{ noun, isNoun, who, group, doers, of, object, isObject, category, isCategory, other, isOther, period, isThen },
    ...{ past, participle, infinitive, type, times, isTimes, more: pick(MORE), limit: pick(LIMITS) },
    above: (n: number, more: string, limit: number) => (more === "at least" ? n >= limit : n > limit),
  };
}
type Drawn = ReturnType<typeof draw>;
type Template = (d: Drawn) => [question: string, gold: Gold];

const did = (d: Drawn) => d.doers(d.type, d.isObject, d.isThen);
const without = (d: Drawn, list: readonly NaiveRow[]) => d.group.filter((c) => !list.includes(c));
const bought = (d: Drawn) => d.doers("purchase", d.isCategory, d.isThen);
const spent = (d: Drawn) => d.group.filter((c) => d.above(Number(c["total_spent"]), d.more, d.limit));
const spentOn = (d: Drawn) => (c: NaiveRow) => cents(ownEvents(c).filter(d.of("purchase", d.isCategory, d.isThen)));
const spenders = (d: Drawn) =>
  d.group.filter((c) => spentOn(d)(c) > 0 && d.above(spentOn(d)(c), d.more, d.limit * 100));
const sales = (d: Drawn) => events.filter(d.of("purchase", d.isCategory, d.isThen));
const often = (d: Drawn) =>
  d.group.filter((c) => d.isTimes(ownEvents(c).filter(d.of(d.type, d.isObject, d.isThen)).length));

const TEMPLATES: Record<string, Template[]> = {
  people: [
    (d) => [`How many ${d.who} are there?`, d.group.length],
    (d) => [`How many ${d.who} do we have?`, d.group.length],
    (d) => [`number of ${d.who}`, d.group.length],
    (d) => [`List the ${d.who}`, ids(d.group)],
  ],
  deeds: [
    (d) => [`How many ${d.who} ${d.past} ${d.object} ${d.period}?`, did(d).length],
    (d) => [`how many ${d.who} have ${d.participle} ${d.object} ${d.period}`, did(d).length],
    (d) => [`Number of ${d.who} who ${d.past} ${d.object} ${d.period}`, did(d).length],
    (d) => [`Count the ${d.who} that ${d.past} ${d.object} ${d.period}.`, did(d).length],
    (d) => [`${d.period || "In all"}, how many ${d.who} ${d.past} ${d.object}?`, did(d).length],
    (d) => [
      `How many ${d.who} added ${d.category} to their cart ${d.period}?`,
      d.doers("add_to_cart", d.isCategory, d.isThen).length,
    ],
  ],
  lists: [
    (d) => [`List ${d.who} who ${d.past} ${d.object} ${d.period}`, ids(did(d))],
    (d) => [`Which ${d.who} ${d.past} ${d.object} ${d.period}?`, ids(did(d))],
    (d) => [`Show me ${d.who} who ${d.past} ${d.object} ${d.period}`, ids(did(d))],
    (d) => [`Show ${d.who} who did not ${d.infinitive} ${d.object} ${d.period}`, ids(without(d, did(d)))],
  ],
  negations: [
    (d) => [
      `How many ${d.who} have never ${d.participle} ${d.category}?`,
      without(d, d.doers(d.type, d.isCategory, any)).length,
    ],
    (d) => [
      `How many ${d.who} did not ${d.infinitive} ${d.category} ${d.period}?`,
      without(d, d.doers(d.type, d.isCategory, d.isThen)).length,
    ],
    (d) => [
      `how many ${d.who} haven't ${d.participle} anything ${d.period}`,
      without(d, d.doers(d.type, any, d.isThen)).length,
    ],
    (d) => [
      `How many ${d.who} viewed ${d.category} ${d.period} but never bought any?`,
      d.period
        ? Number.NaN
        : without(d, bought(d)).filter((c) => d.doers("view", d.isCategory, d.isThen).includes(c)).length,
    ],
  ],
  pairs: [
    (d) => [
      `How many ${d.who} bought both ${d.category} and ${d.other} ${d.period}?`,
      bought(d).filter((c) => d.doers("purchase", d.isOther, d.isThen).includes(c)).length,
    ],
    (d) => [
      `How many ${d.who} bought ${d.category} or ${d.other} ${d.period}?`,
      d.doers("purchase", (e) => d.isCategory(e) || d.isOther(e), d.isThen).length,
    ],
    (d) => [
      `How many ${d.who} who bought ${d.category} also viewed ${d.other}?`,
      d.doers("purchase", d.isCategory, any).filter((c) => d.doers("view", d.isOther, any).includes(c)).length,
    ],
  ],
  frequency: [
    (d) => [`How many ${d.who} ${d.past} ${d.object} ${d.times} ${d.period}?`, often(d).length],
    (d) => [`Number of ${d.who} who ${d.past} ${d.object} ${d.times} ${d.period}`, often(d).length],
  ],
  spending: [
    (d) => [`How many ${d.who} spent ${d.more} ${d.limit}?`, spent(d).length],
    (d) => [`How many ${d.who} have spent ${d.more} €${d.limit} in total?`, spent(d).length],
    (d) => [`How many ${d.who} spent ${d.more} ${d.limit} on ${d.category} ${d.period}?`, spenders(d).length],
  ],
  shares: [
    (d) => [`What percentage of ${d.who} ${d.past} ${d.object} ${d.period}?`, (100 * did(d).length) / d.group.length],
    (d) => [
      `What share of ${d.who} have ${d.participle} ${d.object} ${d.period}?`,
      (100 * did(d).length) / d.group.length,
    ],
  ],
  measures: [
    (d) => [
      `What is the average age of ${d.who} who ${d.past} ${d.category}?`,
      average(d.doers(d.type, d.isCategory, any).flatMap((c) => (typeof c["age"] === "number" ? [c["age"]] : []))),
    ],
    (d) => [`average total spent of ${d.who}`, average(d.group.map((c) => Number(c["total_spent"])))],
    (d) => [`total revenue from ${d.category} ${d.period}`, cents(sales(d)) / 100],
    (d) => [`What were our sales of ${d.category} ${d.period}?`, cents(sales(d)) / 100],
    (d) => [`How many purchases of ${d.category} were there ${d.period}?`, sales(d).length],
    (d) => [
      `How many purchases did ${d.who} make ${d.period}?`,
      d.group.flatMap(ownEvents).filter(d.of("purchase", any, d.isThen)).length,
    ],
  ],
  tables: [
    (d) => [`number of ${d.who} by country`, tally(d.group, "country", (list) => list.length)],
    (d) => [
      `revenue by category ${d.period}`,
      tally(events.filter(d.of("purchase", any, d.isThen)), "category", (list) => cents(list) / 100),
    ],
    (d) => [
      `How many ${d.noun} ${d.past} ${d.category} ${d.period}, by country?`,
      tally(
        customers.filter((c) => d.isNoun(c) && ownEvents(c).some(d.of(d.type, d.isCategory, d.isThen))),
        "country",
        (list) => list.length,
      ),
    ],
  ],
};
const PER_TEMPLATE = 10;

/** The same number of each template's questions; a draw that none meets, or without one clear answer, is drawn again. */
function* cases(): Generator<Case> {
  for (const [family, templates] of Object.entries(TEMPLATES)) {
    for (const template of templates) {
      for (let left = PER_TEMPLATE; left > 0; ) {
        const [text, gold] = template(draw());
        if (typeof gold === "number" ? !gold : Array.isArray(gold) && gold.length === 0) continue;
        left--;
        yield {
          family,
          question: text
            .replace(/ +/g, " ")
            .replace(/ ([?,.])/g, "$1")
            .trim(),
          gold,
        };
      }
    }
  }
}

/** Conditions that nothing in the sample can answer, as they stand after, inside and before what can be. */
const TAILS = [
  "and have a dog",
  "who speak Spanish",
  "with two children",
  "who work from home",
  "with a loyalty card",
  "using a voucher",
  "from their phone",
  "on a Sunday",
  "at night",
  "on credit",
  "in bulk",
  "after seeing an ad",
  "within two days of signing up",
  "right after a price drop",
  "at full price",
  "that were later returned damaged",
  "despite the rain",
  "unlike their friends",
  "three times faster than before",
  "in the Alps",
  "by Nike",
  "made of leather by hand",
  "sorted by shoe size",
  "around Christmas Eve",
  "and trust us",
  "excluding employees",
  "or own a boat",
  "but not online",
  "whose parents are rich",
  "near a store",
]; // prettier-ignore
const INSIDE = ["who own a dog", "with a gym membership", "wearing glasses", "on our mailing list", "who are married"];
const BEFORE = ["left-handed", "retired", "vegetarian", "newly acquired", "dog-owning", "wealthy", "bilingual"];

const LONGEST_FIRST = NOUNS.map(([text]) => text).sort((a, b) => b.length - a.length);

function mutated({ question }: Case, i: number): string {
  const body = question.replace(/[?.]$/, "");
  const noun = LONGEST_FIRST.find((text) => body.includes(text)) as string;
  const verb = / (bought|purchased|ordered|viewed|browsed|looked at|spent) /.exec(body);
  if (i % 3 === 1) return body.replace(noun, `${pick(BEFORE)} ${noun}`);
  if (i % 3 === 2 && verb) return `${body.slice(0, verb.index)} ${pick(INSIDE)}${body.slice(verb.index)}`;
  return `${body} ${TAILS[i % TAILS.length]}?`;
}

/** undefined where right, else what was answered. */
function mistake(answer: Answer, gold: Gold): string | undefined {
  const seen = `${answer.answer} (${answer.reading})`;
  if (typeof gold === "number") {
    const near = Math.abs(Number(answer.value) - gold) <= (Number.isInteger(gold) ? 1e-6 : 0.051);
    return answer.value !== null && near ? undefined : `${seen}, not ${gold}`;
  }
  const rows = answer.rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
  const found = Array.isArray(gold)
    ? rows.map(([id]) => id as string).sort()
    : rows.map(([label, n]) => `${label} ${Number(n).toFixed(2)}`).sort();
  const expected = Array.isArray(gold) ? gold : [...gold].map(([label, n]) => `${label} ${n.toFixed(2)}`).sort();
  return found.join() === expected.join() ? undefined : `${seen}: ${found.slice(0, 9)}, not ${expected.slice(0, 9)}`;
}

describe("generated paraphrases over the sample", () => {
  let store: Store;
  let db: Db;
  let ask: (question: string) => Promise<Answer>;
  const answered: Case[] = [];

  beforeAll(async () => {
    const embedder = createMiniLm();
    store = await loadedSample(STORES[0] as (typeof STORES)[number], embedder);
    db = await store.open();
    const catalogue = await loadCatalogue(db);
    const cache = createPhraseCache(db, embedder);
    const clock = () => performance.now();
    const phrases = () => cache(catalogue.version);
    const context: ToolContext = {
      ...{ db, catalogue, asOf: String(catalogue.lastEventAt), asOfGiven: false, limit: null, minScore: 0.25 },
      discovery: { db, catalogue, refiner: createInSqlRefiner(), embedder, phrases, clock },
      ...{ notes: [], signal: new AbortController().signal, clock },
    };
    const plan = createRulesPlanner(catalogue, {});
    ask = async (question) => {
      for await (const event of answerQuestion(question, plan(question, context), context)) {
        if (event.type === "answer") return event.answer;
      }
      throw new Error("no answer");
    };
  });
  afterAll(async () => {
    await db?.close();
    await store?.remove();
  });

  test("nearly all are answered, and none wrongly", async () => {
    const wrong: string[] = [];
    const refused: string[] = [];
    for (const one of cases()) {
      const answer = await ask(one.question);
      if (answer.kind === "refusal") {
        refused.push(`${one.family}: ${one.question} -> ${answer.answer}`);
        continue;
      }
      const found = mistake(answer, one.gold);
      if (found) wrong.push(`${one.family}: ${one.question} -> ${found}`);
      else answered.push(one);
    }
    expect(wrong).toEqual([]);
    const all = answered.length + refused.length;
    expect(refused.length, `of ${all}: ${refused.join("\n")}`).toBeLessThanOrEqual(0.05 * all);
  });

  test("one unknown condition makes each of them refused", async () => {
    const chosen = answered.filter((one) => ["deeds", "lists", "negations", "pairs", "spending"].includes(one.family));
    const passed: string[] = [];
    const questions = [0, 1].flatMap((shift) => chosen.map((one, i) => mutated(one, i + shift)));
    expect(questions.length).toBeGreaterThanOrEqual(200);
    for (const question of questions) {
      const answer = await ask(question);
      if (answer.kind !== "refusal") passed.push(`${question} -> ${answer.reading}`);
    }
    expect(passed).toEqual([]);
  });
});
