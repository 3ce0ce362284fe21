import { hash, Random } from "./random.js";
import type { Category, Shop } from "./shop.js";

/** What a customer is like; the same for a seed and a number, whatever else is drawn. */
export interface Persona {
  gender: "F" | "M";
  tier: "budget" | "middle" | "luxury";
  /** 2 or 3 favoured categories, the dearest to them first, each with the subcategory they like best. */
  likes: readonly { category: Category; subcategory: number }[];
  /** 1 or 2 favoured colors. */
  colors: readonly string[];
  /** Chance of a session on an average day; 0 for those who never come. */
  rate: number;
  /** Days before the end of the window on which they signed up. */
  signupAge: number;
}

/** Sessions a day that give about 24 events in 180 days; a session has about five. */
const MEAN_RATE = 0.0305;
const MIN_RATE = 0.013;
const MAX_RATE = 0.6;
const LONG_TAIL = 0.85; // deviation of the logarithm of the rate
const LUXURY_SHARE = 0.1;

/** Draws the persona number `index` of the shop's public. */
export function personaOf(shop: Shop, seed: number, index: number): Persona {
  const random = new Random(hash(seed, index, 1));
  const gender = random.chance(0.54) ? "F" : "M";
  const draw = random.next();
  const tier = draw < LUXURY_SHARE ? "luxury" : draw < 0.5 ? "budget" : "middle";
  const likes: { category: Category; subcategory: number }[] = [];
  const count = random.chance(0.5) ? 2 : 3;
  while (likes.length < count) {
    const category = random.weighted(shop.tastes[gender][tier === "luxury" ? "luxury" : "ordinary"]);
    if (likes.some((l) => l.category === category)) continue;
    likes.push({ category, subcategory: random.int(0, category.subcategories.length - 1) });
  }
  const colors = [random.weighted(shop.colors)];
  const second = random.weighted(shop.colors);
  if (random.chance(0.6) && second !== colors[0]) colors.push(second);
  const never = random.chance(0.05);
  // Mean of a log-normal is exp(deviation^2 / 2): divided out, so that MEAN_RATE stays the mean.
  const rate = MEAN_RATE * Math.exp(LONG_TAIL * random.normal() - LONG_TAIL ** 2 / 2) * (tier === "luxury" ? 1.4 : 1);
  const signupAge = random.chance(0.15) ? random.int(1, 180) : random.int(180, 1500);
  return { gender, tier, likes, colors, rate: never ? 0 : Math.max(MIN_RATE, Math.min(rate, MAX_RATE)), signupAge };
}

/** A visitor who is no customer: ordinary tastes, comes as often as the mean. */
export function visitorOf(shop: Shop, seed: number, index: number): Persona {
  const persona = personaOf(shop, seed, index);
  return { ...persona, tier: persona.tier === "luxury" ? "middle" : persona.tier, rate: MEAN_RATE, signupAge: 10_000 };
}
