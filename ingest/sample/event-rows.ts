import { csvLine, isoDay } from "./csv-line.js";
import type { SampleWindow } from "./options.js";
import { hash, Random } from "./random.js";
import { DAY_SECONDS, type SampleEvent, type SampleEventType } from "./session.js";

export const EVENT_COLUMNS = [
  "event_id",
  "customer_id",
  "event_type",
  "timestamp",
  "order_id",
  "product_id",
  "product_name",
  "category",
  "subcategory",
  "color",
  "price",
  "quantity",
] as const;

const DUPLICATES = 0.004;
const BAD = 0.016; // of the views, about seven rows in ten
const UNTIDY = 0.02;
const OTHER_WORDS: Record<SampleEventType, readonly string[]> = {
  view: ["View", "VIEW", "Product Viewed", "page_view"],
  add_to_cart: ["AddToCart", "Add To Cart", "added_to_cart"],
  purchase: ["Purchase", "PURCHASE", "order_completed"],
  refund: ["Refund", "REFUND"],
};
const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));

/**
 * The lines of events, header first, ids ascending from `firstId`. With dirt, bad rows stand between them as rows
 * of their own (views, with ids of their own), so that what is rejected takes no purchase away.
 */
export function* eventLines(
  days: Iterable<readonly SampleEvent[]>,
  window: SampleWindow,
  firstId: number,
): Generator<string> {
  yield EVENT_COLUMNS.join(",");
  const lastKnown = window.customers + window.unknown;
  let id = firstId;
  let bad = 0;
  for (const events of days) {
    const date = events[0] === undefined ? "" : `${isoDay(Math.floor(events[0].time / DAY_SECONDS))}T`;
    for (const event of events) {
      const { product, type } = event;
      const customer = event.visitor <= lastKnown ? event.visitor : "";
      const time = date + clock(event.time % DAY_SECONDS);
      const end = `${product.csv},${event.color},${product.price},${event.quantity || ""}`;
      const line = `${id},${customer},${type},${time},${event.orderId},${end}`;
      // One draw a row decides which dirt it meets, if any.
      const luck = window.dirt ? hash(window.seed, id, 4) / 4294967296 : 0.9;
      if (luck < UNTIDY) {
        const random = new Random(hash(window.seed, id, 5));
        yield `${id},${customer},${untidy(event, random)},${time},${blank(event.orderId, random)},${end}`;
      } else yield line;
      if (luck > 1 - DUPLICATES) yield line;
      id++;
      if (type === "view" && luck >= 0.5 && luck < 0.5 + BAD) {
        const { name, category, subcategory, price } = product;
        const values = [id, customer, type, time, "", product.id, name, category, subcategory, event.color, price, ""];
        yield badLine(values, bad++);
        id++;
      }
    }
  }
}

function clock(seconds: number): string {
  const hours = TWO_DIGITS[Math.floor(seconds / 3600)];
  return `${hours}:${TWO_DIGITS[Math.floor(seconds / 60) % 60]}:${TWO_DIGITS[seconds % 60]}Z`;
}

/** The event type as another system writes it, or with a space; it means the same. */
function untidy(event: SampleEvent, random: Random): string {
  return random.chance(0.2) ? ` ${event.type} ` : random.pick(OTHER_WORDS[event.type]);
}

function blank(value: string, random: Random): string {
  return value === "" ? random.pick(["", "NULL", "N/A", "\\N"]) : value;
}

/** One fault, by `kind`: date, price, too few or too many fields, no event id. */
function badLine(values: readonly (string | number)[], kind: number): string {
  const row = [...values];
  const broken = kind % 5;
  if (broken === 0) row[3] = kind % 2 === 0 ? "2025-13-41T25:61:00Z" : "yesterday";
  if (broken === 1) row[10] = kind % 2 === 0 ? "twelve" : "ask";
  if (broken === 2) row.splice(8, 2);
  if (broken === 3) row.push("x", "y");
  if (broken === 4) row[0] = "";
  return csvLine(row);
}
