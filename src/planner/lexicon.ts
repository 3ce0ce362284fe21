import type { Catalogue, Column } from "../criteria/catalogue.js";
import type { ColumnLink, DefinedAudience, Lexicon, ValueLink } from "./reading.js";
import type { Vocabulary } from "./vocabulary.js";
import { phraseKey } from "./words.js";

/** Event types are read as deeds and their nouns, not as values. */
const NOT_LINKED = new Set(["event_type"]);

/** Indexes the catalogue; some tens of thousands of values take some ten milliseconds. */
export function createLexicon(
  catalogue: Catalogue,
  vocabulary: Vocabulary,
  definitions: ReadonlyMap<string, DefinedAudience>,
): Lexicon {
  const values = new Map<string, ValueLink[]>();
  const columns = new Map<string, ColumnLink[]>();
  let longest = 1;
  const add = (phrase: string, link: Omit<ValueLink, "exact" | "code">, same: boolean) => {
    const key = phraseKey(phrase);
    if (key === "") return;
    longest = Math.max(longest, key.split(" ").length);
    const links = values.get(key) ?? [];
    const old = links.find((l) => l.view === link.view && l.column === link.column && l.value === link.value);
    if (old) return;
    links.push({ ...link, exact: same, code: /^[A-Za-z]{1,3}$/.test(phrase) });
    values.set(key, links);
  };
  for (const view of ["customers", "events"] as const) {
    for (const column of catalogue.views[view].columns) {
      for (const phrase of columnPhrases(column.name, vocabulary)) {
        if (vocabulary.customers.has(phrase)) continue; // "how many customers" is never about a column
        columns.set(phrase, [...(columns.get(phrase) ?? []), { view, column }]);
        longest = Math.max(longest, phrase.split(" ").length);
      }
      if (column.type !== "text" || column.values === null || NOT_LINKED.has(column.name)) continue;
      const names = placeNames(column, vocabulary);
      for (const { value } of column.values) {
        add(value, { view, column: column.name, value }, true);
        for (const name of codeNames(column, value, vocabulary)) add(name, { view, column: column.name, value }, false);
        for (const name of names.get(value.toLowerCase()) ?? []) {
          add(name, { view, column: column.name, value }, false);
        }
      }
    }
  }
  const eventNouns = new Map(vocabulary.eventNouns);
  for (const { value } of catalogue.eventTypes) {
    for (const noun of [phraseKey(value), `${phraseKey(value)} event`]) {
      if (!eventNouns.has(noun)) eventNouns.set(noun, value);
    }
  }
  addShortNames(catalogue, columns, vocabulary);
  return { catalogue, values, columns, eventNouns, definitions, longest };
}

/** What a column's name says besides what it is about: "marital" in marital_status_code, "store" in store_id. */
const ENDINGS = /_(desc|description|code|id|key|category|status|level|type|group|bracket|band|name|number|size)$/;
const OWN_IDS = new Set(["customer_id", "event_id", "order_id", "product_id", "event_type", "product_name"]);

/**
 * "income" for yearly_income, "store" for store_id, "kid" for kid_category_desc: a foreign column's name without its
 * ending, and the last word of it, where no other column is called so.
 */
function addShortNames(catalogue: Catalogue, columns: Map<string, ColumnLink[]>, vocabulary: Vocabulary): void {
  for (const view of ["customers", "events"] as const) {
    const found = new Map<string, Column[]>();
    for (const column of catalogue.views[view].columns) {
      if (!column.name.includes("_") || column.filled === 0 || OWN_IDS.has(column.name)) continue;
      for (const short of shortNames(column.name)) {
        const known = columns.get(short)?.some((link) => link.view === view || link.column.filled > 0);
        if (
          known ||
          vocabulary.customers.has(short) ||
          vocabulary.columns.has(short) ||
          (!short.includes(" ") && vocabulary.words.has(short))
        )
          continue;
        found.set(short, [...(found.get(short) ?? []), column]);
      }
    }
    for (const [short, [column, ...others]] of found) {
      if (column && others.length === 0) columns.set(short, [...(columns.get(short) ?? []), { view, column }]);
    }
  }
}

function shortNames(name: string): Set<string> {
  const names = new Set<string>();
  let rest = name;
  while (ENDINGS.test(rest)) {
    rest = rest.replace(ENDINGS, "");
    names.add(phraseKey(rest.replaceAll("_", " ")));
  }
  names.add(
    phraseKey(
      name
        .replace(/_(desc|description|code)$/, "")
        .split("_")
        .at(-1) ?? "",
    ),
  );
  return names;
}

/** A column's own name in words, and its synonyms. */
function columnPhrases(name: string, vocabulary: Vocabulary): string[] {
  const phrases = [phraseKey(name.replace(/^(crm|event)_/, ""))];
  // "is_subscribed", "home_owner_flag", "number_of_children": the thing itself
  const thing = name.replace(
    /^(is|has|number_of|number|num|total|count_of|no_of|n)_|_(flag|ind|indicator|yn|desc|description|owned)$/g,
    "",
  );
  const key = phraseKey(thing);
  const taken = vocabulary.columns.has(key) || vocabulary.eventNouns.has(key) || vocabulary.verbs.has(key);
  if (thing !== name && thing !== "spent" && !taken && key !== "order")
    phrases.push(phraseKey(thing), phraseKey(thing.replaceAll("_", "")));
  const counted = /^(?:number_of|number|num|count_of|no_of)_(.+)$/.exec(name)?.[1];
  if (counted && counted !== thing) phrases.push(phraseKey(counted));
  const date = /^date_(?:of_)?(.+)$/.exec(name)?.[1];
  if (date) phrases.push(phraseKey(`${date} date`), phraseKey(`date of ${date}`));
  for (const [phrase, column] of vocabulary.columns) if (column === name) phrases.push(phrase);
  return [...new Set(phrases)];
}

/** What a code of the column means: M in a marital column is "married". */
function codeNames(column: Column, value: string, vocabulary: Vocabulary): readonly string[] {
  for (const [part, codes] of vocabulary.codes) {
    if (column.name.includes(part)) return codes.get(value.toUpperCase()) ?? [];
  }
  return [];
}

/** For a column of place codes (or names), the names by which each value may be called. */
function placeNames(column: Column, vocabulary: Vocabulary): Map<string, string[]> {
  const result = new Map<string, string[]>();
  const stored = column.values ?? [];
  const isCountry = /country|nation|region/.test(column.name);
  const isState = /state|province|region/.test(column.name);
  const add = (value: string, names: readonly string[]) =>
    result.set(value.toLowerCase(), [...(result.get(value.toLowerCase()) ?? []), ...names]);
  for (const { value } of stored) {
    const upper = value.toUpperCase();
    if (isState && vocabulary.states.has(upper)) add(value, vocabulary.states.get(upper) ?? []);
    if (isState) for (const [code, [name]] of vocabulary.states) if (name?.toUpperCase() === upper) add(value, [code]);
    if (!isCountry) continue;
    for (const [code, names] of vocabulary.countries) {
      if (code !== upper && !names.some((name) => name.toUpperCase() === upper)) continue;
      add(value, [...names, ...(vocabulary.demonyms.get(code) ?? []), code]);
    }
  }
  return result;
}
