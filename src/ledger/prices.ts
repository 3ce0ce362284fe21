import { readFileSync } from "node:fs";
import { z } from "zod";
import { packagePath } from "../config/package-root.js";

const schema = z.object({
  models: z.record(z.string(), z.object({ prompt: z.number(), cached: z.number(), completion: z.number() })),
});

/** Dollars for a million tokens. */
export interface Price {
  prompt: number;
  cached: number;
  completion: number;
}

export interface Tokens {
  /** All tokens of the prompt, also the cached ones. */
  prompt: number;
  cached: number;
  completion: number;
}

/** What OpenRouter calls a variant that costs nothing. */
const FREE: Price = { prompt: 0, cached: 0, completion: 0 };

let prices: Record<string, Price> | undefined;

/** The price of a model by data/catalog/prices.json; undefined for one that is not listed. */
export function priceOf(model: string): Price | undefined {
  prices ??= schema.parse(JSON.parse(readFileSync(packagePath("data", "catalog", "prices.json"), "utf8"))).models;
  if (model.endsWith(":free")) return FREE;
  const name = (model.split("/").at(-1) ?? model).toLowerCase().replace(/:.*$/, "");
  const known = prices;
  // "gpt-4.1-mini-2025-04-14" and "gemini-2.5-flash-preview-05-20" are the model of the longest name they begin with.
  const listed = Object.keys(known)
    .filter((model) => name === model || new RegExp(`^${literally(model)}-(?:\\d|preview|latest|exp)`).test(name))
    .sort((a, b) => b.length - a.length)[0];
  return listed === undefined ? undefined : known[listed];
}

/** What tokens cost in dollars. */
export function costOf({ prompt, cached, completion }: Tokens, price: Price): number {
  const fresh = Math.max(0, prompt - cached);
  return (fresh * price.prompt + cached * price.cached + completion * price.completion) / 1_000_000;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
