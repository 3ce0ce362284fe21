import { readFileSync } from "node:fs";
import { z } from "zod";
import { packagePath } from "../config/package-root.js";
import type { Catalogue } from "../criteria/catalogue.js";
import { phraseKey } from "./words.js";

const list = z.array(z.string());
const followUpMode = z.enum(["only", "instead", "and", "also"]);
/** What marks a question as following another, and how (see follow-up/change.ts). */
type FollowUpWord = { phrase: string; mode: z.infer<typeof followUpMode> };
const schema = z.object({
  politeness: z.object({ anywhere: list, edges: list }),
  customers: list,
  describedCustomers: list,
  genders: z.record(z.string(), list),
  events: z.record(z.string(), z.object({ verbs: list, nouns: list, doers: list.optional() })),
  cart: list,
  things: list,
  columns: z.record(z.string(), list),
  soft: list,
  softTails: list,
  fans: list,
  people: list,
  intents: z.record(z.string(), list),
  actions: list,
  predictions: list,
  orders: list,
  rewrites: z.record(z.string(), z.string()),
  wishes: z.record(z.string(), list),
  undefined: z.array(z.object({ phrases: list, ask: list })),
  codes: z.record(z.string(), z.record(z.string(), list)),
  followUps: z.object({ starts: z.partialRecord(followUpMode, list), ends: z.partialRecord(followUpMode, list) }),
});
const placesSchema = z.object({
  states: z.record(z.string(), z.string()),
  countryNames: z.record(z.string(), list),
  demonyms: z.record(z.string(), list),
});

/** Phrases (as keys, see `phraseKey`) and what each of them means. */
export type Phrases<T = true> = ReadonlyMap<string, T>;

/** data/catalog/vocabulary.json and places.json, ready to be compared with a question. */
export interface Vocabulary {
  /** Said for politeness or emphasis, in lower case as typed: anywhere, or only at the ends of a question. */
  politeness: { anywhere: readonly string[]; edges: readonly string[] };
  customers: Phrases;
  /** Customers only where a value says which: "clerical workers", "gold members". */
  describedCustomers: Phrases;
  /** phrase -> F or M */
  genders: Phrases<string>;
  /** phrase -> event type, or "any" */
  verbs: Phrases<string>;
  eventNouns: Phrases<string>;
  /** Who did it: "buyers". */
  doers: Phrases<string>;
  cart: Phrases;
  things: Phrases;
  /** phrase -> column */
  columns: Phrases<string>;
  soft: Phrases;
  softTails: Phrases;
  fans: Phrases;
  people: Phrases;
  /** phrase -> the wish in the words that rank best */
  intents: Phrases<string>;
  actions: Phrases;
  predictions: Phrases;
  /** An order by its other names. */
  orders: Phrases;
  /** Words in lower case as typed, and the words that are read instead of them. */
  rewrites: readonly { words: readonly string[]; as: string }[];
  /** adjective -> the interest that it speaks of */
  wishes: Phrases<string>;
  /** phrase that has no meaning of its own here -> questions that may be meant */
  undefined: Phrases<readonly string[]>;
  /** What marks a follow-up, at its start or its end, longest first. */
  followUps: { starts: readonly FollowUpWord[]; ends: readonly FollowUpWord[] };
  /** part of a column's name -> code -> what it means */
  codes: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** Every word of every phrase: none of them is a misspelling of another. */
  words: ReadonlySet<string>;
  /** code -> names */
  states: ReadonlyMap<string, string[]>;
  countries: ReadonlyMap<string, string[]>;
  /** country code -> adjectives */
  demonyms: ReadonlyMap<string, string[]>;
}

let loaded: Vocabulary | undefined;

/** Reads the vocabulary once. */
export function loadVocabulary(): Vocabulary {
  loaded ??= read();
  return loaded;
}

/** The vocabulary with the verbs of the data's own event types: "browsed" is browse, where there is such a type. */
export function withEventTypes(vocabulary: Vocabulary, { eventTypes }: Pick<Catalogue, "eventTypes">): Vocabulary {
  const own = eventTypes
    .map(({ value }) => value)
    .filter((type) => /^[a-z]{4,}$/.test(type))
    .flatMap((type) => {
      const root = type.replace(/e$/, "");
      return [type, `${root}ed`, `${root}ing`].map((form) => [phraseKey(form), type] as const);
    });
  return { ...vocabulary, verbs: new Map([...vocabulary.verbs, ...own]) };
}

function read(): Vocabulary {
  const json = (name: string) => JSON.parse(readFileSync(packagePath("data", "catalog", name), "utf8"));
  const words = schema.parse(json("vocabulary.json"));
  const places = placesSchema.parse(json("places.json"));
  const set = (phrases: readonly string[]): Phrases => new Map(phrases.map((p) => [phraseKey(p), true as const]));
  const invert = (groups: Record<string, readonly string[]>): Phrases<string> =>
    new Map(Object.entries(groups).flatMap(([name, phrases]) => phrases.map((p) => [phraseKey(p), name] as const)));
  const events = Object.entries(words.events);
  const regions = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
  const codes = Array.from({ length: 26 * 26 }, (_, i) => String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26)));
  return {
    politeness: words.politeness,
    customers: set(words.customers),
    describedCustomers: set(words.describedCustomers),
    genders: invert(words.genders),
    verbs: invert(Object.fromEntries(events.map(([type, { verbs }]) => [type, verbs]))),
    eventNouns: invert(Object.fromEntries(events.map(([type, { nouns }]) => [type, nouns]))),
    doers: invert(Object.fromEntries(events.map(([type, { doers = [] }]) => [type, doers]))),
    cart: set(words.cart),
    things: set(words.things),
    columns: invert(words.columns),
    soft: set(words.soft),
    softTails: set(words.softTails),
    fans: set(words.fans),
    people: set(words.people),
    intents: invert(words.intents),
    actions: set(words.actions),
    predictions: set(words.predictions),
    orders: set(words.orders),
    rewrites: Object.entries(words.rewrites).map(([from, as]) => ({ words: from.split(" "), as })),
    wishes: invert(words.wishes),
    undefined: new Map(words.undefined.flatMap(({ phrases, ask }) => phrases.map((p) => [phraseKey(p), ask] as const))),
    followUps: { starts: followUpWords(words.followUps.starts), ends: followUpWords(words.followUps.ends) },
    codes: new Map(Object.entries(words.codes).map(([part, codes]) => [part, new Map(Object.entries(codes))])),
    words: new Set(
      phrasesOf({
        ...words,
        rewrites: {},
        followUps: {},
        undefined: words.undefined.map(({ phrases }) => phrases),
      }).flatMap((phrase) => phraseKey(phrase).split(" ")),
    ),
    states: new Map(Object.entries(places.states).map(([code, name]) => [code, [name]])),
    countries: new Map(
      codes.flatMap((code) => {
        const names = [regions.of(code), ...(places.countryNames[code] ?? [])].filter((n) => n !== undefined);
        return names.length > 0 ? [[code, names] as const] : [];
      }),
    ),
    demonyms: new Map(Object.entries(places.demonyms)),
  };
}

function followUpWords(groups: Partial<Record<FollowUpWord["mode"], string[]>>): FollowUpWord[] {
  return Object.entries(groups)
    .flatMap(([mode, phrases]) => phrases.map((phrase) => ({ phrase, mode: mode as FollowUpWord["mode"] })))
    .sort((a, b) => b.phrase.split(" ").length - a.phrase.split(" ").length);
}

/** Every phrase, however deep it stands. */
function phrasesOf(node: unknown): string[] {
  if (typeof node === "string") return [node];
  return node !== null && typeof node === "object" ? Object.values(node).flatMap(phrasesOf) : [];
}
