import type { Transaction } from "../src/db/db.js";
import { isOfKind } from "./event-kinds.js";
import { knownFields } from "./known-fields.js";
import { ensureReader, questionGrants, readerStatements } from "./reader.js";

interface ViewColumn {
  name: string;
  sql: string;
  comment: string;
}

const EVENTS = "app.events e left join app.event_kinds k using (kind_id)";

/**
 * Makes the views of schema audience as the data now calls for: foreign columns included, total_spent from the CRM
 * where it has one, age from the birth date where it has none. Nothing is done when they stand already.
 * @param shown "nothing": empty ones, while rows are stored that nobody may see yet
 */
export async function ensureViews(
  tx: Transaction,
  luxuryAbove: number,
  shown: "everything" | "nothing" = "everything",
): Promise<void> {
  const and = shown === "nothing" ? " and false" : "";
  const allEvents = shown === "nothing" ? `${EVENTS} where false` : EVENTS;
  const key = await keyColumn(tx);
  const customers = [...(await customerColumns(tx, luxuryAbove)), ...key("c")];
  const eventsAsRead = await eventColumns(tx);
  const events = [...eventsAsRead, ...key("e")];
  const keyed = ["e.customer_key", ...eventsAsRead.map(({ name, sql }) => `${sql} as "${name}"`)];
  const statements = [
    "drop view if exists app.keyed_events",
    "drop schema if exists audience cascade",
    "create schema audience",
    "comment on schema audience is 'Customers, events and interests, for questions.'",
    ...view("customers", customers, `app.customers c where c.in_crm${and}`, "One row a customer of the CRM."),
    ...view(
      "events",
      events,
      allEvents,
      "One row an event: a view, an addition to a cart, a line of a purchase or of a refund.",
    ),
    ...view(
      "interests",
      [...INTERESTS, ...key("i")],
      `app.interests i join app.interest_values v using (value_id) join app.customers c using (customer_key) where c.in_crm${and}`,
      "One row a customer and value of a dimension: how much its events weigh there.",
    ),
    // For gates, which look for customers by their keys (src/discovery/gate.ts).
    `create view app.keyed_events as select ${keyed.join(", ")} from ${allEvents}`,
    ...readerStatements(await questionGrants(tx)),
  ].join(";\n");
  const state = await tx.query("select views_definition = $1 from app.state", [statements]);
  if (state.rows[0]?.[0] === true) return;
  await ensureReader(tx);
  await tx.execute(statements);
  await tx.query("update app.state set views_definition = $1", [statements]);
}

/** Until `ensureViews`: columns that views show can be neither changed nor dropped. */
export async function dropViews(tx: Transaction): Promise<void> {
  await tx.execute("drop view if exists app.keyed_events; drop schema audience cascade; create schema audience");
  await tx.execute("update app.state set views_definition = null");
}

/** Where the tables are distributed, statements have to join by the key that they are distributed by. */
async function keyColumn(tx: Transaction): Promise<(alias: string) => ViewColumn[]> {
  const { rows } = await tx.query("select distributed from app.state");
  if (rows[0]?.[0] !== true) return () => [];
  const comment = "Key of the customer, to join by beside customer_id; 0: no customer.";
  return (alias) => [{ name: "customer_key", sql: `${alias}.customer_key`, comment }];
}

function view(name: string, columns: readonly ViewColumn[], from: string, comment: string): string[] {
  const list = columns.map((c) => `  ${c.sql} as "${c.name}"`).join(",\n");
  return [
    `create view audience.${name} as select\n${list}\nfrom ${from}`,
    `comment on view audience.${name} is ${literal(comment)}`,
    ...columns.map((c) => `comment on column audience.${name}."${c.name}" is ${literal(c.comment)}`),
  ];
}

async function customerColumns(tx: Transaction, luxuryAbove: number): Promise<ViewColumn[]> {
  const total = await totalSpent(tx);
  const birthDates = await tx.query("select has_birth_dates from app.state");
  const hasBirthDate = birthDates.rows[0]?.[0] === true;
  const columns: ViewColumn[] = [];
  for (const field of knownFields("crm")) {
    let sql = `c."${field.name}"`;
    if (field.name === "birth_date" && !hasBirthDate) continue;
    if (field.name === "total_spent") sql = total;
    if (field.name === "age" && hasBirthDate) {
      sql =
        "coalesce(c.age, extract(year from age((select as_of from app.state) at time zone 'UTC', c.birth_date))::integer)";
    }
    columns.push({ name: field.name, sql, comment: field.comment });
  }
  columns.push(...(await foreignColumns(tx, "customers", "c")));
  const derived: [string, string, string][] = [
    ["likes_luxury", await likesLuxury(tx, luxuryAbove), `Whether total_spent is above ${Number(luxuryAbove)}.`],
    ["first_seen_at", "c.first_seen_at", "Time of the customer's first event, UTC."],
    ["last_seen_at", "c.last_seen_at", "Time of the customer's latest event, UTC."],
    ["last_purchase_at", "c.last_purchase_at", "Time of the customer's latest purchase, UTC."],
    ["events", "c.events", "Number of the customer's events of any type."],
    ["views", "c.views", "Number of the customer's view events."],
    ["add_to_carts", "c.add_to_carts", "Number of the customer's add_to_cart events."],
    ["purchases", "c.purchases", "Number of the customer's purchase events (lines, not orders)."],
    ["revenue", "c.revenue", "Sum of amount of the customer's purchase events."],
  ];
  return columns.concat(derived.map(([name, sql, comment]) => ({ name, sql, comment })));
}

/** Of a customer c: what the CRM says where it says it of anyone, else what the events come to. */
async function totalSpent(tx: Transaction): Promise<string> {
  const { rows } = await tx.query("select has_totals from app.state");
  return rows[0]?.[0] === true ? "c.crm_total_spent" : "c.revenue";
}

/** The condition on a customer c that stands in the view as likes_luxury. */
export async function likesLuxury(tx: Transaction, luxuryAbove: number): Promise<string> {
  return `${await totalSpent(tx)} > ${Number(luxuryAbove)}`;
}

async function eventColumns(tx: Transaction): Promise<ViewColumn[]> {
  const known = knownFields("events").map(({ name, comment }) => ({
    name,
    sql: `${isOfKind(name) ? "k" : "e"}."${name}"`,
    comment,
  }));
  return known.concat(await foreignColumns(tx, "events", "e"));
}

async function foreignColumns(tx: Transaction, view: string, alias: string): Promise<ViewColumn[]> {
  const { rows } = await tx.query("select name, header from app.foreign_columns where view = $1 order by position", [
    view,
  ]);
  const source = view === "customers" ? "CRM" : "clickstream";
  return rows.map((row) => ({
    name: row[0] as string,
    sql: `${alias}."${String(row[0])}"`,
    comment: `Column "${String(row[1])}" of the ${source} file.`,
  }));
}

const INTERESTS: ViewColumn[] = [
  { name: "customer_id", sql: "c.customer_id", comment: "The customer's id." },
  { name: "dimension", sql: "v.dimension", comment: "category, subcategory, color or product." },
  { name: "value", sql: "v.value", comment: "The category, subcategory, color or product." },
  {
    name: "weight",
    sql: "i.weight",
    comment: "Sum of the weights of the customer's events there: by default purchase 3, add_to_cart 2, view 1.",
  },
  { name: "share", sql: "i.share", comment: "The weight as a part of the customer's weight in the dimension, 0 to 1." },
  { name: "purchases", sql: "i.purchases::bigint", comment: "Number of purchase events." },
  { name: "add_to_carts", sql: "i.add_to_carts::bigint", comment: "Number of add_to_cart events." },
  { name: "views", sql: "i.views::bigint", comment: "Number of view events." },
  { name: "last_at", sql: "i.last_at", comment: "Time of the latest of these events, UTC." },
];

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
