import { problem, type Reading } from "./reading.js";
import { isPersonal } from "./values.js";

/** Words at which a wish ends: what follows is another part of the sentence. */
const STOPS = new Set(
  "and or but who that which with without from in on for over under above below between at least most more less than have had is are was were be been do did not never by per last past since before after during within also whose where when live living based aged a an the their they them any some all to of as own made make spent spend bought viewed added i we our please except excluding apart unless if throughout until till among via using lately again daily weekly monthly yearly every mostly together only recently often sometimes now today yesterday tomorrow once twice while because instead rather either neither nor both then so plus minus without within than when against about around earn earning make making because not no non".split(
    " ",
  ),
);
const LEADS = ["a", "an", "the", "our", "some", "all", "any", "all kinds of", "all things", "anything", "something"];

/** "are into luxury", "interested in high-end lifestyle and jewelry", "love reading": adds the wishes; false where none stands. */
export function readSoft(reading: Reading, intents: string[]): boolean {
  const { cursor, vocabulary } = reading;
  return (
    cursor.attempt(() => {
      cursor.take("really", "mostly", "mainly");
      if (!cursor.phrase(vocabulary.soft)) return false;
      const first = readWish(reading);
      if (!first) return false;
      const found = [...first];
      for (;;) {
        const more = cursor.attempt(() => {
          const comma = cursor.mark(",");
          if (!cursor.take("and") && !comma) return undefined;
          cursor.take("also in", "in", "into");
          return readWish(reading, true);
        });
        if (!more) break;
        found.push(...more);
      }
      if (cursor.sees("or")) return problem(reading, 'Wishes can be joined by "and", not by "or".') ?? false;
      intents.push(...found);
      return true;
    }) ?? false
  );
}

/** "for a luxury red-themed fashion campaign" */
export function readCampaign(reading: Reading, intents: string[]): boolean {
  const { cursor } = reading;
  return (
    cursor.attempt(() => {
      if (!cursor.take("for", "to target with", "suited to", "suitable for")) return false;
      const wish = readWish(reading);
      const last = cursor.tokens[cursor.pos - 1]?.stem ?? "";
      if (!wish || !["campaign", "promotion", "sale", "collection", "launch", "newsletter", "offer"].includes(last))
        return false;
      intents.push(...wish);
      return true;
    }) ?? false
  );
}

/** A noun phrase as wishes: colors and luxury count for themselves, the rest is one wish. */
function readWish(reading: Reading, further = false): string[] | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take(...LEADS);
    const start = cursor.pos;
    let length = 0;
    for (;;) {
      const token = cursor.peek(length);
      if (!token || (token.kind !== "word" && token.kind !== "quote") || STOPS.has(token.stem)) break;
      length++;
    }
    if (length === 0 || length > 6 || !couldBeWished(reading, start, length, further)) return undefined;
    cursor.advance(length);
    return wishesOf(reading, start, start + length);
  });
}

/**
 * Whether the words can be a wish: who somebody is or where from is no wish. A further one ("reading and ...") has to be
 * known to the data or a single noun: "left-handed" is a condition that nobody knows.
 */
function couldBeWished(reading: Reading, start: number, length: number, further: boolean): boolean {
  const { lexicon, vocabulary } = reading;
  const tokens = reading.cursor.tokens.slice(start, start + length);
  const linked = (stem: string, view: string) => (lexicon.values.get(stem) ?? []).some((link) => link.view === view);
  for (const { stem, code } of tokens) {
    if (code || vocabulary.genders.has(stem) || vocabulary.customers.has(stem)) return false;
    const personal = (lexicon.values.get(stem) ?? []).some(
      (link) => link.view === "customers" && !isPersonal(link.column),
    );
    if (personal && !linked(stem, "events")) return false;
  }
  if (!further || length === 1)
    return !further || !/(ed|ly)$/.test(tokens[0]?.lower ?? "") || linked(tokens[0]?.stem ?? "", "events");
  return tokens.some(
    ({ stem }) => linked(stem, "events") || vocabulary.intents.has(stem) || vocabulary.softTails.has(stem),
  );
}

/** Splits the words from one position to another into wishes. */
export function wishesOf(reading: Reading, from: number, to: number): string[] | undefined {
  const { cursor, vocabulary, lexicon } = reading;
  const wishes: string[] = [];
  let rest: string[] = [];
  const end = () => {
    if (rest.length > 0) wishes.push(rest.join(" "));
    rest = [];
  };
  const back = cursor.pos;
  for (let at = from; at < to; ) {
    cursor.pos = at;
    const known = knownWish(reading, to - at);
    cursor.pos = back;
    const token = cursor.tokens[at];
    if (known) {
      end();
      if (!wishes.includes(known.wish)) wishes.push(known.wish);
      at += known.length;
    } else if (token && vocabulary.softTails.has(token.stem)) {
      at++;
    } else {
      const links = lexicon.values.get(token?.stem ?? "")?.filter((link) => link.view === "events") ?? [];
      const color = links.find((link) => link.column === "color");
      if (color && !links.some((link) => link.column === "category" || link.column === "subcategory")) {
        end();
        wishes.push(`color: ${color.value}`);
      } else if (token) rest.push(token.lower);
      at++;
    }
  }
  end();
  return wishes.length > 0 ? wishes : undefined;
}

function knownWish({ cursor, vocabulary }: Reading, most: number): { wish: string; length: number } | undefined {
  for (let length = Math.min(3, most); length > 0; length--) {
    const wish = vocabulary.intents.get(cursor.keyAt(length));
    if (wish !== undefined) return { wish, length };
  }
  return undefined;
}
