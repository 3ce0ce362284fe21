import type { Persona } from "./persona.js";
import { hash, Random } from "./random.js";
import type { Product, Shop } from "./shop.js";

export type SampleEventType = "view" | "add_to_cart" | "purchase" | "refund";

export interface SampleEvent {
  /** Number of the visitor; customers are 1 to N. */
  visitor: number;
  type: SampleEventType;
  /** Seconds since 1970. */
  time: number;
  product: Product;
  color: string;
  quantity: number;
  orderId: string;
}

export const DAY_SECONDS = 86_400;
/** The longest time, in days, after which a purchase comes back. */
export const REFUND_DAYS = 14;
const OPENING = 6.5 * 3600;
const CLOSING = 23 * 3600; // sessions start before it and end before midnight

/** Share of the views that end in the cart, by price in cents: what is cheap is taken along. */
function cartShare(product: Product, tier: Persona["tier"]): number {
  if (product.cents < 2500) return 0.55;
  if (product.cents < 10_000) return 0.36;
  return tier === "luxury" ? 0.4 : 0.07;
}

/**
 * One visit on a day (counted from 1970): views, carts, and an order at the end. Refunds of it lie up to
 * REFUND_DAYS later. Ascending times but for the refunds; the same for the same seed, visitor and day.
 */
export function drawSession(shop: Shop, seed: number, visitor: number, persona: Persona, day: number): SampleEvent[] {
  const random = new Random(hash(seed, visitor, day, 2));
  // The sum of two uniform times: few early, most in the afternoon and evening.
  let time = day * DAY_SECONDS + Math.floor(OPENING + ((random.next() + random.next()) / 2) * (CLOSING - OPENING));
  const events: SampleEvent[] = [];
  const cart: SampleEvent[] = [];
  const add = (type: SampleEventType, product: Product, color: string, quantity: number, orderId = "") => {
    const event = { visitor, type, time, product, color, quantity, orderId };
    events.push(event);
    return event;
  };
  const looks = 1 + Math.floor(-Math.log(1 - random.next()) * 1.5);
  for (let look = 0; look < Math.min(looks, 8); look++) {
    const { product, color } = drawProduct(shop, persona, random);
    const views = random.chance(0.35) ? random.int(2, 3) : 1;
    for (let v = 0; v < views; v++) {
      time += random.int(5, 75);
      add("view", product, color, 0);
    }
    const quantity = product.cents < 2500 && random.chance(0.35) ? random.int(2, 3) : 1;
    const cartable = random.next();
    time += random.int(3, 40);
    if (cartable < cartShare(product, persona.tier)) cart.push(add("add_to_cart", product, color, quantity));
    // Some buy at once, without the cart.
    else if (cartable > 0.98 && product.cents < 10_000) cart.push({ ...add("view", product, color, 0), quantity });
  }
  if (cart.length > 0 && random.chance(0.56)) {
    time += random.int(30, 240);
    const orderId = `O${day}-${visitor}`;
    for (const item of cart) {
      if (random.chance(0.12)) continue; // left behind
      const bought = add("purchase", item.product, item.color, item.quantity, orderId);
      const back = random.next();
      if (back < 0.06) {
        const later = time + Math.floor(DAY_SECONDS * (1 + (back / 0.06) * (REFUND_DAYS - 2)));
        events.push({ ...bought, type: "refund", time: later });
      }
      time += 1;
    }
  }
  return events;
}

function drawProduct(shop: Shop, persona: Persona, random: Random): { product: Product; color: string } {
  const at = random.next();
  const liked = at < 0.8 ? persona.likes[at < 0.45 ? 0 : at < 0.7 ? 1 : persona.likes.length - 1] : undefined;
  const category = liked?.category ?? random.weighted(shop.popular);
  const favourite = liked !== undefined && random.chance(0.55) ? liked.subcategory : -1;
  const subcategory = category.subcategories[favourite] ?? random.pick(category.subcategories);
  const product = subcategory.products[tierIndex(persona.tier, subcategory.products.length, random)] as Product;
  const offered = persona.colors.filter((c) => category.colors.items.includes(c));
  const color = offered.length > 0 && random.chance(0.65) ? random.pick(offered) : random.weighted(category.colors);
  return { product, color };
}

/** Products stand cheapest first: luxury buyers take the dearer ones, the others hardly ever. */
function tierIndex(tier: Persona["tier"], count: number, random: Random): number {
  const at = random.next();
  const place = tier === "luxury" ? at ** 0.35 : tier === "middle" ? at : at ** 2;
  return Math.min(count - 1, Math.floor(place * count));
}
