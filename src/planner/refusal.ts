import { findColumn } from "../criteria/catalogue.js";
import { nearest } from "../lib/nearest.js";
import { Cursor } from "./cursor.js";
import type { Reading, ValueLink } from "./reading.js";
import { isPersonal } from "./values.js";
import { phraseKey } from "./words.js";

/** Why a question is not answered, and what could be asked instead. */
export interface Refusal {
  message: string;
  hints: string[];
  /** Questions that may be meant, ready to be asked. */
  questions?: readonly string[];
  /** Words that nothing known is spelled like: what is close in meaning may be offered. */
  unknown?: string;
}

/** Questions that no data of this kind answers: refused as what they are, before they are read. */
export function refuseByKind({ cursor, vocabulary, lexicon }: Reading): Refusal | undefined {
  if (cursor.done) return { message: "The question has no words.", hints: [] };
  const start = new Cursor(cursor.tokens);
  const action = start.phrase(vocabulary.actions, 2);
  // "email addresses of customers" asks for a column
  if (action && !start.take("address", "of") && !start.sees("and")) {
    return {
      message: `"${action.text}" asks for an action; only questions are answered here, and nothing is sent or changed.`,
      hints: ["Ask for the customers and export them with --output csv."],
    };
  }
  for (let at = 0; at < cursor.tokens.length; at++) {
    const here = new Cursor(cursor.tokens);
    here.pos = at;
    const column = lexicon.columns.has(here.keyAt(2)) || lexicon.columns.has(here.keyAt(3));
    const prediction = column ? undefined : here.phrase(vocabulary.predictions, 3);
    if (prediction) {
      return {
        message: `"${prediction.text}" asks for the future; only what has happened is known here.`,
        hints: ['Ask for what happened, such as "customers who did not buy anything in the last 90 days".'],
      };
    }
  }
  return undefined;
}

/** Names of products and cities are too many to be near by more than chance. */
const FEW = 200;

/** Names the words that could not be read and the nearest that could. */
export function refuseUnread(reading: Reading): Refusal {
  const { cursor, lexicon, vocabulary } = reading;
  const at = Math.min(cursor.furthest, cursor.tokens.length - 1);
  const late = [...reading.problems].sort((a, b) => b.at - a.at)[0];
  const asked = cursor.textOf(0, cursor.tokens.length);
  if (late && late.at >= at - 1) {
    return { message: late.message, hints: [], questions: late.questions ?? [] };
  }
  const double = [...reading.ambiguous].sort((a, b) => b.at - a.at)[0];
  if (double && double.at >= at - 1) {
    const columns = [...new Set(double.links.map((link) => `${link.column} ${link.value}`))];
    return {
      message: `"${double.text}" may mean ${columns.join(" or ")}.`,
      hints: [`Name the column, such as "${columns[0]}".`],
      questions: columns.map((column) => asked.replace(double.text, column.replaceAll("_", " "))),
    };
  }
  // "in the last month", "past week"
  const span = /\b(?:past|recent|the last) (week|month|quarter|year)\b/i.exec(asked);
  if (span) {
    const unit = span[1]?.toLowerCase() ?? "";
    const days = { week: "7 days", month: "30 days", quarter: "3 months", year: "365 days" }[unit];
    const said = (period: string) =>
      asked.replace(/\b(?:in|during|over|within|for) (?:the )?(?=past|recent|the last)/i, "").replace(span[0], period);
    return {
      message: `"${span[0]}" may be the calendar ${unit} or the time until now.`,
      hints: [`Say "last ${unit}", or "in the last ${days}".`],
      questions: [said(`last ${unit}`), said(`in the last ${days}`)],
    };
  }
  const undefinedWord = findUndefined(reading);
  if (undefinedWord) {
    return {
      message: `"${undefinedWord.text}" has no definition here.`,
      hints: ["Say it in numbers, or define it once in definitions.json (see the README)."],
      questions: undefinedWord.questions,
    };
  }
  const words = unreadWords(reading, at);
  const text = cursor.textOf(at, at + words);
  const few = (link: ValueLink) => (findColumn(reading.catalogue, link.view, link.column)?.distinct ?? 0) <= FEW;
  const values = [...lexicon.values].filter(([, links]) => links.some((link) => !isPersonal(link.column) && few(link)));
  const names = [...lexicon.columns.keys(), ...values.map(([name]) => name)].filter((name) => name.length < 40);
  const near = nearest(phraseKey(text) || text, names.concat([...vocabulary.customers.keys()]), 3, 0.34);
  return {
    ...(near.length === 0 && { unknown: text }),
    message: `I could not read "${text}".`,
    hints: [
      ...(near.length > 0 ? [`Known and near: ${near.join(", ")}.`] : []),
      `Columns of customers: ${reading.catalogue.views.customers.columns
        .filter((c) => c.filled > 0)
        .map((c) => c.name)
        .join(", ")}.`,
    ],
  };
}

/** How many words from the first unread one belong together: unknown words in a row, at least one. */
function unreadWords({ cursor, lexicon, vocabulary }: Reading, at: number): number {
  let count = 1;
  while (count < 4) {
    const token = cursor.tokens[at + count];
    if (token?.kind !== "word") break;
    if (lexicon.values.has(token.stem) || lexicon.columns.has(token.stem) || vocabulary.verbs.has(token.stem)) break;
    if (/^(and|or|but|in|on|the|who|that|with|from)$/.test(token.lower)) break;
    count++;
  }
  return count;
}

/** The first word that has no definition, and what may be asked instead of "our best customers ...": all else stays as it is. */
function findUndefined({ cursor, vocabulary }: Reading): { text: string; questions: string[] } | undefined {
  for (let at = 0; at < cursor.tokens.length; at++) {
    const here = new Cursor(cursor.tokens);
    here.pos = at;
    const found = here.phrase(vocabulary.undefined, 3);
    if (!found) continue;
    const noun =
      here.phrase(vocabulary.customers) ??
      (vocabulary.customers.has(cursor.tokens[here.pos - 1]?.stem ?? "") || undefined);
    const rest = cursor.textOf(here.pos, cursor.tokens.length);
    // Offers are about customers: of anything else they would change the subject.
    const about = noun !== undefined || cursor.tokens.length === here.pos;
    return { text: found.text, questions: about ? found.meaning.map((ask) => (rest ? `${ask} ${rest}` : ask)) : [] };
  }
  return undefined;
}
