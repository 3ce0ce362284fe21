import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/model/model.js";
import { createRulesPlanner } from "../../src/planner/rules.js";
import { SHOP } from "./shop-catalogue.js";

const plan = createRulesPlanner(SHOP, {});

/** What the planner reads, as one line with the arguments of its call; undefined where it refuses. */
async function read(question: string): Promise<string | undefined> {
  const thinking = plan(question, { asOf: "2025-06-16T20:00:00Z", asOfGiven: false }).decide([], { last: false });
  const decision = (await thinking.next()).value as Decision;
  return decision.decision === "act" ? `${decision.thought} ${JSON.stringify(decision.calls)}` : undefined;
}

/** Questions that were once answered wrongly; each is now read as the pattern says, or refused. */
const ONCE_WRONG: [question: string, reading: RegExp | null][] = [
  ["How many customers made just one purchase?", /exactly (once|1)/],
  ["How many customers bought just once?", /exactly (once|1)/],
  ["How many customers made a single purchase?", /exactly (once|1)/],
  ["How many HI customers are over 40?", /HI.*age > 40/],
  ["How many customers in TX, HI or CA?", /TX.*HI.*CA/],
  ["How many customers bought overalls?", null],
  ["How many customers bought something else?", null],
  ["How many customers bought good?", null],
  ["How many men and women are over 40?", /(F, M|M, F|F or |M or ).*age > 40/],
  ["How many men/women bought jewelry?", /(F, M|M, F|or gender)/],
  ["How many customers in TX/CA?", /one of TX, CA/],
  ["How many women over 40 or men under 30 are there?", /\(.*40.*\) or \(.*30.*\)/],
  ["How many women from Texas or men?", null],
  ["How many customers from Texas or women over 60?", null],
  ["How many women from Texas and men from California?", /\) or \(/],
  ["How many customers viewed or bought jewelry?", /viewed jewelry.* or bought jewelry/],
  ["How many customers viewed but never bought jewelry?", /viewed jewelry.* and never bought jewelry/],
  ["How many customers viewed jewelry and then bought jewelry?", null],
  ["How many customers never bought jewelry or viewed electronics?", null],
  ["How many customers did not view jewelry or buy electronics?", null],
  ["How many customers bought red footwear or socks?", null],
  ["How many customers bought electronics or jewelry in red?", null],
  ["How many customers bought footwear from Acme or Contoso?", /Acme or Contoso/],
  ["How many customers bought footwear that is not black?", /bought footwear.*not/],
  ["How many customers bought something in bronze?", null],
  ["How many customers state != TX", /not TX/],
  ["How many customers age ≠ 30", /not 30/],
  ["How many customers have total spent below -5?", /< -5/],
  ["How many customers whose favorite color is red, blue or green?", /one of red, blue, green/],
  ["How many customers with state TX, CA or NY?", /one of TX, CA, NY/],
  ["How many customers with total spent > 20 and < 90?", /total_spent.*90/],
  ["How many customers with yearly income over 50k and under 70k?", /yearly_income.*70000/],
  ["How many customers with more than 3 years?", null],
  ["How many customers have shopped for over 5 years?", null],
  [
    "In the last 30 days, how many customers viewed jewelry and spent more than $500?",
    /30 days.*500 in total.*30 days|30 days.*30 days.*500 in total/,
  ],
  ["Show US customers", /country is US/],
  ["which US women bought socks", /country is US/],
  ["Show customers into luxury, women, over 40", /gender is F.*age > 40/],
  ["Show me people into electronics and female", /gender is F/],
  ["customers interested in electronics except women", null],
  ["customers into electronics throughout May", null],
  ["customers interested in reading and left-handed", null],
  ["customers who are into sewing lately", null],
  ["HOW MANY CUSTOMERS IN OR WA?", /one of "?OR"?, WA/],
  ["How many customers bought in April, May or June?", /2025-04-01 through 2025-06-30/],
  ["How many customers bought in April, May?", /2025-04-01 through 2025-05-31/],
  ["How many customers bought April through May?", /2025-04-01 through 2025-05-31/],
  ["How many customers bought April - May?", /2025-04-01 through 2025-05-31/],
  ["How many customers bought in May until June 10?", null],
  ["How many customers bought in May since April?", null],
  ["How many customers bought today, yesterday?", /2025-06-15 through 2025-06-16/],
  ["In May, how many customers bought in June?", null],
  ["customers into luxury in May who bought in June", null],
  ["How many customers spent over 100 in May and over 50 in June?", /05-01.*06-01/],
  ["How many customers viewed more than 5 times in May and more than 3 times in June?", /05-01.*06-01/],
  ["How many customers with over 10 views and under 2 purchases?", /bought anything fewer than 2/],
  ["How many customers with more than 1 purchase and over 20 views?", /viewed anything more than 20/],
  ["How many customers with n_orders over 5 and over 10 purchases?", /bought anything more than 10/],
  ["How many customers over 30 and under 2 purchases?", /bought anything fewer than 2/],
  ["How many customers with total spent over 1000 or under 10?", /total_spent < 10/],
  ["revenue of women under 40 and over 3 purchases", /bought anything more than 3/],
  ["How many customers abandoned their cart more than once?", /more than once/],
  ["How many customers abandoned jewelry 3 times?", /3 times/],
  ["number of women's purchases in May", /purchase events/],
  ["what percentage of women's purchases were in May?", null],
  ["How many Texas purchases were in May?", /purchase events/],
  ["average age of women's purchases in May", null],
  ["How many different products did women view in May?", /values of product: viewed anything from 2025-05-01/],
  ["How many distinct categories did women over 60 view in the last 7 days?", /age > 60/],
  ["How many customers bought red but not blue footwear?", /bought footwear.*red.*never bought footwear.*blue/],
  ["How many customers bought footwear but not in red?", /never bought footwear|bought footwear.*not/],
  ["How many customers bought footwear in red but not in blue?", /never bought footwear.*blue/],
  ["How many customers without purchases and views in May?", null],
  ["How many customers with no purchases and views in May?", null],
  ["How many customers who are not women from Texas?", null],
  ["How many customers not women over 40?", null],
  ["How many customers viewed or bought jewelry more than 3 times?", null],
  ["customers into jewelry over 100", null],
  ["customers who like electronics under 100", null],
];

describe("questions that were once answered wrongly", () => {
  it.each(ONCE_WRONG)("%s", async (question, reading) => {
    const found = await read(question);
    if (found === undefined) return;
    expect(reading, `must be refused, was read as ${found}`).not.toBeNull();
    expect(found).toMatch(reading as RegExp);
  });
});

const ANSWERED = [
  "How many women over 40 bought jewelry in May?",
  "How many customers in TX bought red footwear in the last 30 days?",
  "What is the average total spent of customers in California?",
  "What percentage of women bought electronics?",
  "List the women in Texas who bought jewelry in May",
  "revenue from footwear in May",
  "How many customers are into luxury and from Texas?",
  "Which women in Texas are into jewelry?",
  "customers who love sewing",
  "top 5 states by number of customers",
  "number of purchases by category in May",
];
const UNKNOWN = [
  "and own a dog",
  "with a gym membership",
  "who are left-handed",
  "who subscribed to the newsletter",
  "via mobile app",
  "in the north region",
  "on weekdays",
  "for the first time",
  "more recently than last year",
  "per capita",
  "excluding returns",
  "twice as much as men",
  "on weekends",
  "using a coupon",
  "lately",
  "again",
  "daily",
  "if they are tall",
  "- dog owners only",
  "(only dog owners)",
  "together",
  "mostly",
  "unless they are tall",
  "every month",
  "in a row",
  "as a gift",
  "by phone",
  "within an hour",
  "instead of socks",
  "in early May",
  "in winter",
  "before noon",
]; // prettier-ignore

describe("a condition that the data cannot answer", () => {
  it.each(UNKNOWN)("%s: refused at the end of every question", async (tail) => {
    const read_ = await Promise.all(ANSWERED.map(async (q) => [q, await read(`${q.replace(/\?$/, "")} ${tail}?`)]));
    expect(read_.filter(([, found]) => found !== undefined)).toEqual([]);
  });
});

/** Mulberry32: the same sequence for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("word salad", () => {
  it("neither crashes nor hangs, and what is answered holds every number, value and negation", async () => {
    const next = random(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const starts = [
      "How many customers",
      "customers",
      "Show customers",
      "total revenue",
      "How many purchases",
      "list women",
      "top 5 states by",
      "What percentage of women",
      "",
    ]; // prettier-ignore
    const values = ["TX", "California", "jewelry", "electronics", "red", "bronze", "Acme", "Germany"];
    const stored: Record<string, string> = { california: "CA", germany: "DE" };
    const numbers = ["17", "43", "770"];
    const glue =
      "who that in the with and or not never but by per of for to from over under more than less than at least between last days month May average share bought viewed spent purchases views added to cart any a an no women men customers exactly times age income into loves , < > = - /".split(
        " ",
      );
    const dropped: string[] = [];
    for (let i = 0; i < 4_000; i++) {
      const words = [pick(starts)];
      const length = 2 + Math.floor(next() * 6);
      for (let k = 0; k < length; k++)
        words.push(next() < 0.6 ? pick(glue) : next() < 0.7 ? pick(values) : pick(numbers));
      const question = words.join(" ").trim();
      const begun = performance.now();
      const found = await read(question);
      expect(performance.now() - begun, question).toBeLessThan(1_000);
      if (found === undefined) continue;
      const lower = found.toLowerCase();
      const missing = question.split(" ").filter((word) => {
        if (numbers.includes(word)) return !found.includes(word);
        if (values.includes(word)) return !lower.includes((stored[word.toLowerCase()] ?? word).toLowerCase());
        if (word === "not" || word === "never") return !/\bnot\b|never|is blank/.test(lower);
        return false;
      });
      if (missing.length > 0) dropped.push(`${question} -> ${found} lacks ${missing.join(", ")}`);
    }
    expect(dropped).toEqual([]);
  });
});
