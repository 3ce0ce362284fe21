import { hasEvent, hasOrders } from "./conditions.js";
import { readObject } from "./objects.js";
import type { EventMeasure, Statistic } from "./query.js";
import { problem, type Reading, rephrased } from "./reading.js";
import { readColumn } from "./values.js";

/** "purchases", "orders", "views": what is counted. */
export function readCounted(reading: Reading): EventMeasure | undefined {
  const { cursor, vocabulary } = reading;
  return cursor.attempt(() => {
    const different = cursor.take("different", "distinct", "unique");
    cursor.take("total", "the");
    if (cursor.take("unit sold", "unit were sold", "piece sold", "item sold", "quantity sold", "unit", "quantity"))
      return unitsSold(reading);
    const sold = cursor.attempt(() => readSold(reading));
    if (sold) return sold;
    const thing = cursor.attempt(() => readDifferent(reading, different));
    if (thing) return thing;
    if (cursor.phrase(vocabulary.orders)) {
      if (!hasOrders(reading)) return undefined;
      return { of: "orders", statistic: "count", event: "purchase" };
    }
    const noun = cursor.phrase(vocabulary.eventNouns);
    return noun && hasEvent(reading, noun.meaning)
      ? { of: "events", statistic: "count", event: noun.meaning }
      : undefined;
  });
}

/** "bananas were sold", "red socks did we sell": units of what is named, which the tail reads again. */
function readSold(reading: Reading): EventMeasure | undefined {
  const { cursor } = reading;
  const start = cursor.pos;
  const object = readObject(reading);
  if (!object || object.same || object.wheres.every((where) => Object.keys(where).length === 0)) return undefined;
  if (!cursor.sees("were sold", "was sold", "did we sell", "have been sold", "have we sold")) return undefined;
  cursor.pos = start;
  return unitsSold(reading);
}

/** Units of what was sold, or of what the deed that follows says: "units were returned". */
function unitsSold(reading: Reading): EventMeasure | undefined {
  const { cursor, vocabulary } = reading;
  const start = cursor.pos;
  let event = "purchase";
  for (let at = start; at < cursor.tokens.length; at++) {
    cursor.pos = at;
    event = cursor.phrase(vocabulary.verbs)?.meaning ?? event;
  }
  cursor.pos = start;
  return hasEvent(reading, event) ? { of: "units", statistic: "sum", event } : undefined;
}

/** "different products ... were bought", "categories were viewed": values of a column of events that occur. */
function readDifferent(reading: Reading, said: boolean): EventMeasure | undefined {
  const { cursor } = reading;
  const at0 = cursor.pos;
  const product = cursor.take("product") || (said && cursor.take("item", "article"));
  if (!product && cursor.take("item", "article", "piece")) {
    return problem(reading, "Items may be pieces, or different products.", [
      rephrased(reading, at0, cursor.pos, "units"),
      rephrased(reading, at0, cursor.pos, "different products"),
    ]);
  }
  const link = product
    ? undefined
    : readColumn(reading, "events", ({ column }) => column.filled > 0 && column.type === "text");
  if (!product && !link) return undefined;
  // The deed comes later: "how many products were bought".
  const at = cursor.pos;
  for (let i = at; i < cursor.tokens.length; i++) {
    cursor.pos = i;
    const verb = cursor.phrase(reading.vocabulary.verbs);
    cursor.pos = at;
    if (!verb) continue;
    if (i > at && !said && !/^(were|was|have|did|been|are)$/.test(cursor.tokens[i - 1]?.lower ?? "")) return undefined;
    if (!hasEvent(reading, verb.meaning)) return undefined;
    return {
      of: "distinct",
      statistic: "count",
      event: verb.meaning,
      column: product ? "product" : (link?.column.name as string),
    };
  }
  return undefined;
}

/** What is counted, summed or averaged of events. */
export function readEventMeasure(reading: Reading): EventMeasure | undefined {
  return readRevenue(reading) ?? readAverage(reading) ?? readCounted(reading);
}

/** "revenue", "sales", "purchase revenue": the sum of amount of purchases. */
export function readRevenue(reading: Reading): EventMeasure | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take("total", "overall", "the", "sum of");
    if (cursor.take("amount refunded", "value of refund", "refund amount", "amount of refund", "refunds value")) {
      return hasEvent(reading, "refund") ? { of: "amount", statistic: "sum", event: "refund" } : undefined;
    }
    // "spend on cosmetics": what was bought; spending alone is total_spent
    const spending = cursor.attempt(
      () =>
        cursor.take("amount spent", "money spent", "spending", "spend") &&
        cursor.sees("on", "in", "during") &&
        hasEvent(reading, "purchase"),
    );
    if (spending) return { of: "amount", statistic: "sum", event: "purchase" };
    if (
      !cursor.take(
        "did we make in revenue",
        "did we make in sales",
        "money did we make",
        "money did we earn",
        "did we make",
        "did we earn",
        "did we sell for",
        "purchase revenue",
        "sales revenue",
        "revenue",
        "sales amount",
        "sale",
        "turnover",
      )
    )
      return undefined;
    return hasEvent(reading, "purchase") ? { of: "amount", statistic: "sum", event: "purchase" } : undefined;
  });
}

const STATISTICS: [Statistic, string[]][] = [
  ["avg", ["average", "avg", "mean"]],
  ["median", ["median"]],
  ["max", ["highest", "maximum", "max", "largest", "biggest"]],
  ["min", ["lowest", "minimum", "min", "smallest"]],
];

/** "average order value", "median purchase amount", "highest price of": over the lines or orders. */
export function readAverage(reading: Reading): EventMeasure | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take("the");
    const statistic = STATISTICS.find(([, words]) => cursor.take(...words))?.[0];
    if (!statistic || !hasEvent(reading, "purchase")) return undefined;
    const base = { statistic, event: "purchase" } as const;
    if (
      statistic === "avg" &&
      cursor.take(
        "order value",
        "order amount",
        "basket value",
        "basket size in dollar",
        "value per order",
        "revenue per order",
        "value of an order",
      )
    ) {
      return hasOrders(reading) ? { ...base, of: "order value" } : undefined;
    }
    if (
      cursor.take(
        "purchase amount",
        "purchase value",
        "purchase size",
        "amount per purchase",
        "amount of a purchase",
        "amount of the purchase",
        "amount spent per purchase",
        "revenue per purchase",
        "spend per purchase",
        "value of a purchase",
        "single purchase",
        "sale amount",
        "line amount",
      )
    ) {
      return { ...base, of: "amount" };
    }
    if (cursor.take("quantity per purchase", "quantity of a purchase", "order quantity", "quantity")) {
      const filled = reading.catalogue.views.events.columns.some((c) => c.name === "quantity" && c.filled > 0);
      return filled ? { ...base, of: "quantity" } : undefined;
    }
    if (
      cursor.take("price paid", "unit price", "item price", "product price", "purchase price", "selling price", "price")
    ) {
      cursor.take(
        "of the product bought",
        "of product bought",
        "of item bought",
        "of all purchase",
        "of purchase",
        "per item",
      );
      return hasPrice(reading) ? { ...base, of: "price" } : undefined;
    }
    return undefined;
  });
}

function hasPrice({ catalogue }: Reading): boolean {
  return catalogue.views.events.columns.some((column) => column.name === "price" && column.filled > 0);
}
