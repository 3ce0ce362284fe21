import { readFileSync } from "node:fs";
import { z } from "zod";
import { packagePath } from "../../src/config/package-root.js";
import { csvLine, isoDay, money } from "./csv-line.js";
import type { SampleWindow } from "./options.js";
import type { Persona } from "./persona.js";
import { hash, Random, type Weighted, weigh } from "./random.js";
import type { Shop } from "./shop.js";

export const CUSTOMER_COLUMNS = [
  "customer_id",
  "first_name",
  "last_name",
  "email",
  "country",
  "city",
  "age",
  "gender",
  "favorite_color",
  "total_spent",
  "signup_date",
] as const;

const regionSchema = z.object({
  country: z.string(),
  weight: z.number().positive(),
  cities: z.array(z.string()).min(1),
  women: z.array(z.string()).min(1),
  men: z.array(z.string()).min(1),
  surnames: z.array(z.string()).min(1),
});
type Region = z.output<typeof regionSchema>;

let regions: Weighted<Region> | undefined;

function loadRegions(): Weighted<Region> {
  regions ??= weigh(
    z.array(regionSchema).parse(JSON.parse(readFileSync(packagePath("data", "catalog", "sample-people.json"), "utf8"))),
    (r) => r.weight,
  );
  return regions;
}

/** A customer's values in the order of CUSTOMER_COLUMNS; `spent` are the cents of their purchases in the window. */
export function customerValues(
  shop: Shop,
  window: SampleWindow,
  persona: Persona,
  id: number,
  spent: number,
): (string | number)[] {
  const random = new Random(hash(window.seed, id, 3));
  const region = random.weighted(loadRegions());
  const first = random.pick(persona.gender === "F" ? region.women : region.men);
  const last = random.pick(region.surnames);
  const city = random.pick(region.cities);
  const age = Math.round(18 + 62 * ((random.next() + random.next() * 0.9) / 1.9) ** 1.15);
  const favourite = random.chance(0.85) ? persona.colors[0] : random.weighted(shop.colors);
  const signup = window.lastDay - persona.signupAge;
  return [
    id,
    first,
    last,
    `${ascii(first)}.${ascii(last)}+${id}@example.com`,
    region.country,
    city,
    random.chance(0.02) ? "" : age,
    random.chance(0.04) ? "" : persona.gender,
    random.chance(0.07) ? "" : (favourite as string),
    money(spent + (signup < window.firstDay ? earlierSpend(random, persona, spent) : 0)),
    isoDay(signup),
  ];
}

/** Cents spent before the window. What makes a luxury buyer is spending over 800 in all. */
function earlierSpend(random: Random, persona: Persona, spent: number): number {
  if (persona.tier === "luxury") return Math.round(Math.max(0, 85_000 - spent) + 150_000 * random.next() ** 2);
  if (!random.chance(0.4)) return 0;
  const cents = Math.round(8000 * Math.exp(0.7 * random.normal()));
  const room = Math.max(0, 78_000 - spent);
  return cents < room ? cents : Math.floor(room * random.next());
}

/** Ordinary letters for an e-mail address: Łukasz is lukasz, O'Brien obrien. */
function ascii(name: string): string {
  return name
    .toLowerCase()
    .replace(/ł/g, "l")
    .replace(/ø/g, "o")
    .normalize("NFD")
    .replace(/[^a-z]/g, "");
}

/** A bad row in place of nobody: an id that no customer has (or none), and one fault of its own, by `kind`. */
export function badCustomerLine(values: readonly (string | number)[], id: number, kind: number): string {
  const row = [id, ...values.slice(1)];
  const broken = kind % 5;
  if (broken === 0) row[0] = "";
  if (broken === 1) row[10] = "2025-02-30";
  if (broken === 2) row[9] = "a lot";
  if (broken === 3) row.splice(5, 1); // the city is missing, and all behind it is one column off
  if (broken === 4) row[6] = "forty";
  return csvLine(row);
}

/** The customer as an older export had them, in another city and with less money spent. */
export function olderCustomerLine(values: readonly (string | number)[], random: Random): string {
  const row = [...values];
  row[5] = random.pick(loadRegions().items.find((r) => r.country === values[4])?.cities ?? []);
  row[9] = money(Math.floor((Number(values[9]) * 100) / 2));
  return csvLine(row);
}

/** The same row, with blanks and spaces as exports have them; nothing in it changes its meaning. */
export function untidyCustomer(values: readonly (string | number)[], random: Random): (string | number)[] {
  const row = [...values];
  for (let i = 5; i <= 8; i++) if (row[i] === "") row[i] = random.pick(["", "NULL", "N/A", "\\N"]);
  if (random.chance(0.04)) row[1] = ` ${row[1]} `;
  if (random.chance(0.04)) row[5] = `${row[5]}  `;
  return row;
}
