import { orList } from "../lib/nearest.js";
import { parseDay } from "./instant.js";
import { sayAmount, sayCount, sayTest, sayValue, sayValues } from "./say-test.js";
import { allowsNone, type EventCondition, isNever, type Within, whereTest } from "./schema.js";

const verbs: Record<string, string> = {
  purchase: "bought",
  view: "viewed",
  add_to_cart: "added to cart",
  refund: "returned",
};
const labels: Record<string, string> = { product_name: "product" };
/** What can be bought or viewed, in the order in which one of them becomes the verb's object. */
const objects = ["category", "subcategory", "product_name"];

/** "bought jewelry (category) in gold or silver (color) at least 2 times in the last 60 days". */
export function sayEventCondition(condition: EventCondition): string {
  const { within, count, sum, avg, same, not_followed_by: following } = condition;
  if (isNever(condition)) {
    const { count: _none, ...rest } = condition;
    const text = sayEventCondition(rest);
    return following === undefined ? `never ${text}` : `never (${text})`;
  }
  const words = [sayWhat(condition)];
  const unit = count?.distinct === undefined ? undefined : `different ${plural(count.distinct)}`;
  if (count !== undefined) {
    words.push(
      `${unit === undefined ? "" : "in "}${sayCount(count, unit)}${allowsNone(condition) ? " (or never)" : ""}`,
    );
  }
  if (same !== undefined) words.push(`for one and the same ${same.replace(/_id$/, "")}`);
  if (within !== undefined) words.push(sayWithin(within));
  const tail = [
    ...(sum === undefined
      ? []
      : [sum.field === "amount" ? `for ${sayAmount(sum)} in total` : `${sayAmount(sum)} ${sum.field} in total`]),
    ...(avg === undefined ? [] : [`${sayAmount(avg)} ${avg.field} on average`]),
    ...(following === undefined ? [] : [`with no later ${sayValue(following)} of the same product`]),
  ];
  return [words.join(" "), ...tail].join(", ");
}

/** "in the last 60 days", "from 2025-05-01 through 2025-05-31", "since 2025-05-01". */
export function sayWithin(within: Within): string {
  for (const [unit, amount] of Object.entries(within)) {
    if (typeof amount === "number") return `in the last ${amount === 1 ? unit.slice(0, -1) : `${amount} ${unit}`}`;
  }
  const { from, to } = within as { from?: string; to?: string };
  if (to === undefined) return `since ${from}`;
  if (from === undefined) return `before ${to}`;
  if (parseDay(from) === undefined || parseDay(to) === undefined) return `from ${from} until before ${to}`;
  const last = new Date(Date.parse(`${to}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  return last === from ? `on ${from}` : `from ${from} through ${last}`;
}

function sayWhat({ event, where = {} }: EventCondition): string {
  const types = typeof event === "string" ? [event] : event;
  const known = types.every((type) => Object.hasOwn(verbs, type));
  const named = types.map((type) => JSON.stringify(type));
  const verb = types.includes("any")
    ? "had any event"
    : known
      ? orList(types.map((type) => verbs[type] ?? type))
      : `had an event ${orList(named)}`;
  const entries = Object.entries(where).map(([name, entry]) => ({ name, test: whereTest(entry) }));
  const isList = (name: string): boolean =>
    entries.some((e) => e.name === name && (e.test.op === "=" || e.test.op === "in"));
  const object = known ? objects.find(isList) : undefined;
  const color = known && isList("color");
  const label = (name: string): string => `(${labels[name] ?? name})`;
  const words = [verb];
  const others: string[] = [];
  for (const { name, test } of entries) {
    if (name === object) words.splice(1, 0, `${sayValues(test.value)} ${label(name)}`);
    else if (name === "color" && color) words.push(`in ${sayValues(test.value)} ${label(name)}`);
    else if (test.op === "=" || test.op === "in") others.push(`${labels[name] ?? name} ${sayValues(test.value)}`);
    else others.push(sayTest(labels[name] ?? name, test));
  }
  if (known && object === undefined) words.splice(1, 0, "anything");
  if (others.length > 0) words.push(`with ${others.join(" and ")}`);
  return words.join(" ");
}

function plural(key: string): string {
  if (key === "product") return "products";
  return key === "order" || key === "order_id" ? "orders" : `values of ${key}`;
}
