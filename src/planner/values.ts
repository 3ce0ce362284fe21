import type { ColumnLink, Reading, ValueLink } from "./reading.js";

/** Where a value may stand without the question naming its column, first choice first. */
const EVENT_ORDER = ["category", "subcategory", "product_name", "product_id", "color"];
const PLACES = ["country", "state", "city"];
/** Names of people and streets are only meant where the question names the column. */
const PERSONAL = /name|address|street|email|phone|user/;

export function isPersonal(column: string): boolean {
  return PERSONAL.test(column) && column !== "product_name";
}

export interface ReadValue {
  view: "customers" | "events";
  column: string;
  /** Stored spellings: more than one where the phrase fits several of the column, such as singular and plural. */
  values: string[];
}

/**
 * The stored value that stands here, of a view: the longest phrase wins, then an exact value, then the order of columns.
 * A word that names its column ("gold tier", "grocery department", "color red") decides.
 */
export function readValue(
  reading: Reading,
  view: "customers" | "events",
  accept: (link: ValueLink) => boolean = () => true,
  /** Further, where the question does not name the column. */
  bare: (link: ValueLink, key: string) => boolean = () => true,
  /** The column has been named before: then names of people and digits are values as well. */
  explicit = false,
): ReadValue | undefined {
  const { cursor, lexicon } = reading;
  const most = Math.min(lexicon.longest, cursor.tokens.length - cursor.pos);
  for (let length = most; length > 0; length--) {
    const key = cursor.keyAt(length);
    if (key === "") continue;
    const start = cursor.pos;
    const text = cursor.textOf(start, start + length);
    const found = (lexicon.values.get(key) ?? []).filter(
      (link) => link.view === view && accept(link) && believable(link, reading, start, text),
    );
    if (found.length === 0) continue;
    const read = cursor.attempt(() => {
      cursor.advance(length);
      if (found.some(({ column }) => /educat|degree/.test(column))) cursor.take("degree");
      const named = namedColumn(reading, found);
      return choose(
        reading,
        named ?? found.filter((link) => explicit || (speaksForItself(link, reading) && bare(link, key))),
        text,
        start,
      );
    });
    if (read) return read;
  }
  return undefined;
}

/** Words of two or three letters that are codes of places or other things as well. */
const COMMON = new Set(
  "in or me hi ok oh de la pa ma id al us it is no be at to so am as my by an do go he if of on up we co ca mo va nd sd ar and the for are was had has not any all who how top sum avg men age may her his per out our can did its new now old one two six ten".split(
    " ",
  ),
);

/** Codes such as OR, IN and ME are words as well: they count in capitals, or where they are no common word. */
function believable(link: ValueLink, { cursor }: Reading, at: number, text: string): boolean {
  const token = cursor.tokens[at];
  if (token?.kind === "quote" || !link.code || text.length > 3 || text.includes(" ")) return true;
  if (/^\d/.test(text)) return false;
  return text === text.toUpperCase() || text === link.value || !COMMON.has(text.toLowerCase());
}

/** Whether a value may be meant where its column is not named: no names of people, no country of an event. */
function speaksForItself(link: ValueLink, { catalogue }: Reading): boolean {
  if (/^\d+$/.test(link.value)) return false;
  if (link.view === "customers") return !isPersonal(link.column);
  return EVENT_ORDER.includes(link.column) || !catalogue.views.customers.columns.some((c) => c.name === link.column);
}

/** Links of the column that the next words name, if they name one. */
function namedColumn({ cursor, lexicon }: Reading, links: readonly ValueLink[]): ValueLink[] | undefined {
  for (let length = Math.min(3, cursor.tokens.length - cursor.pos); length > 0; length--) {
    const key = cursor.keyAt(length);
    if (key === "") continue;
    const columns = lexicon.columns.get(key) ?? [];
    const kept = links.filter(
      (link) =>
        columns.some((c) => c.view === link.view && c.column.name === link.column) ||
        // "gold tier" for loyalty_tier
        (length === 1 && link.column.includes("_") && link.column.endsWith(`_${key}`) && link.view === "customers"),
    );
    if (kept.length === 0) continue;
    cursor.advance(length);
    return kept;
  }
  return undefined;
}

function choose(reading: Reading, links: readonly ValueLink[], text: string, at: number): ReadValue | undefined {
  const columns = [...new Set(links.map((link) => link.column))];
  const first = columns[0];
  if (first === undefined) return undefined;
  let column: string | undefined = first;
  if (columns.length > 1) {
    // A country is the customer's country before it is anything of the shop's own making, such as a sales region.
    const known = columns.filter((name) => PLACES.includes(name));
    column =
      links[0]?.view === "events"
        ? EVENT_ORDER.find((name) => columns.includes(name))
        : known.length === 1
          ? known[0]
          : undefined;
    if (column === undefined) {
      reading.ambiguous.push({ at, text, links });
      return undefined;
    }
  }
  const own = links.filter((link) => link.column === column);
  const typed = own.filter((link) => link.value.toLowerCase() === text.toLowerCase());
  const values = (typed.length > 0 ? typed : own).map((link) => link.value);
  return { view: links[0]!.view, column, values };
}

/** The column of a view that is named here. */
export function readColumn(
  reading: Reading,
  view: "customers" | "events",
  accept: (link: ColumnLink) => boolean = () => true,
): ColumnLink | undefined {
  const { cursor, lexicon } = reading;
  for (let length = Math.min(5, cursor.tokens.length - cursor.pos); length > 0; length--) {
    const key = cursor.keyAt(length);
    if (key === "") continue;
    const links = (lexicon.columns.get(key) ?? []).filter((link) => link.view === view && accept(link));
    if (links.length !== 1) continue;
    cursor.advance(length);
    // "education level", "income bracket"
    if (links[0]?.view === "customers") cursor.take("level", "bracket", "status", "band", "tier");
    return links[0];
  }
  return undefined;
}

/** A column of customers that can be averaged or summed. */
export function readNumericColumn(reading: Reading): string | undefined {
  return readColumn(
    reading,
    "customers",
    ({ column }) => column.filled > 0 && ["integer", "bigint", "numeric"].includes(column.type),
  )?.column.name;
}

/** Whether a word also says something of products: "black footwear lovers" are not those whose favorite color is black. */
export function isOfEvents({ lexicon }: Reading, key: string): boolean {
  return (lexicon.values.get(key) ?? []).some(
    (link) => link.view === "events" && !/country|state|city/.test(link.column),
  );
}
