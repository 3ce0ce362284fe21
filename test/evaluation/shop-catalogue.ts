import type { Catalogue, Column, ColumnType } from "../../src/criteria/catalogue.js";

function column(name: string, type: ColumnType, values: readonly string[] | null = null, filled = 1_000): Column {
  return {
    name,
    type,
    comment: name,
    filled,
    distinct: values === null ? null : values.length,
    values: values === null ? null : values.map((value) => ({ value, rows: 10 })),
    min: type === "text" ? null : "0",
    max: type === "text" ? null : "99999",
  };
}

const COUNTS = ["events", "views", "add_to_carts", "purchases"].map((name) => column(name, "bigint"));

/** A shop whose values stand in each other's way: gold is a tier and a color, HI and OR are states and words. */
export const SHOP: Catalogue = {
  views: {
    customers: {
      comment: "customers",
      rows: 1_000,
      columns: [
        column("customer_id", "text"),
        column("email", "text"),
        column("country", "text", ["US", "DE", "FR", "PL", "GB"]),
        column("state", "text", ["TX", "CA", "NY", "HI", "OR", "WA", "IN", "DC"]),
        column("age", "integer"),
        column("gender", "text", ["F", "M"]),
        column("favorite_color", "text", ["red", "blue", "green", "black"]),
        column("loyalty_tier", "text", ["gold", "silver", "bronze"]),
        column("yearly_income", "integer"),
        column("total_spent", "numeric"),
        column("revenue", "numeric"),
        column("last_purchase_at", "timestamp"),
        ...COUNTS,
      ],
    },
    events: {
      comment: "events",
      rows: 10_000,
      columns: [
        column("event_id", "text"),
        column("customer_id", "text"),
        column("event_type", "text", ["view", "add_to_cart", "purchase"]),
        column("event_time", "timestamp"),
        column("order_id", "text"),
        column("product_id", "text"),
        column("product_name", "text", ["Party Bunting", "Silk Scarf"]),
        column("category", "text", ["jewelry", "electronics", "footwear", "shirts", "socks"]),
        column("subcategory", "text", ["rings", "cameras", "boots", "sneakers"]),
        column("color", "text", ["red", "blue", "black", "white", "gold"]),
        column("brand", "text", ["Acme", "Contoso"]),
        column("price", "numeric"),
        column("quantity", "numeric"),
        column("amount", "numeric"),
      ],
    },
    interests: { comment: "interests", rows: 0, columns: [] },
  },
  eventTypes: ["view", "add_to_cart", "purchase"].map((value) => ({ value, rows: 1_000 })),
  firstEventAt: "2025-01-01T00:00:00Z",
  lastEventAt: "2025-06-16T20:00:00Z",
  numericIds: true,
  version: 1,
};
