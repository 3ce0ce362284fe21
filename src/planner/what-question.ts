import type { Within } from "../criteria/schema.js";
import { readAudience } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { hasEvent } from "./conditions.js";
import { Cursor } from "./cursor.js";
import { readDimension } from "./dimensions.js";
import { readEventsTail } from "./events-question.js";
import type { Dimension, Query } from "./query.js";
import { LEADS, type Reading } from "./reading.js";

/** "what did customer 12 buy", "which categories did women view in May", "list the products bought by customers in Ohio" */
export function readWhat(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  const asked = cursor.take("what are the", "which", "what") || cursor.take(...LEADS);
  // "what did only women buy": what nobody else bought
  if (!asked || cursor.tokens.some(({ lower }) => lower === "only" || lower === "exclusively")) return undefined;
  cursor.take("the", "all the", "all", "different");
  const by = cursor.sees("did", "do", "does", "have") ? products(reading) : readDimension(reading);
  if (by?.kind !== "column" || by.view !== "events") return undefined;
  return (
    cursor.attempt(() => readWhatTheyDid(reading, by, period)) ??
    cursor.attempt(() => readWhatWasDone(reading, by, period))
  );
}

/** "did women view in May" */
function readWhatTheyDid(reading: Reading, by: Dimension, period: Within | undefined): Query | undefined {
  const { cursor, vocabulary } = reading;
  if (!cursor.take("did", "do", "does", "have")) return undefined;
  const draft = new AudienceDraft();
  // A customer's own words end at the deed: "women | view".
  const end = cursor.tokens.findIndex((_, i) => i > cursor.pos && isVerb(reading, i));
  if (end < 0) return undefined;
  const subject = { ...reading, cursor: new Cursor(cursor.tokens.slice(cursor.pos, end)) };
  if (!readAudience(subject, draft) || !subject.cursor.done) return undefined;
  cursor.pos = end;
  const event = cursor.phrase(vocabulary.verbs)?.meaning;
  const audience = finishAudience(reading, draft);
  if (!event || !hasEvent(reading, event) || !audience || audience.intents.length > 0) return undefined;
  const most = cursor.take("the most often", "most often", "the most", "most");
  const query = readEventsTail(reading, { of: "events", statistic: "count", event }, period);
  if (!query || query.groups || Object.keys(query.customers).length > 0) return undefined;
  return { ...query, customers: audience.criteria, groups: { by: [by], ...(most && { top: 1 }) } };
}

/** "(products) were bought by women in May", "(categories) viewed by customer 12" */
function readWhatWasDone(reading: Reading, by: Dimension, period: Within | undefined): Query | undefined {
  const { cursor, vocabulary } = reading;
  cursor.take("that were", "which were", "were", "are", "was", "have been");
  const event = cursor.phrase(vocabulary.verbs)?.meaning;
  if (!event || !hasEvent(reading, event)) return undefined;
  const query = readEventsTail(reading, { of: "events", statistic: "count", event }, period);
  return query && !query.groups ? { ...query, groups: { by: [by] } } : undefined;
}

function isVerb({ cursor, vocabulary }: Reading, at: number): boolean {
  const back = cursor.pos;
  cursor.pos = at;
  const found = cursor.phrase(vocabulary.verbs) !== undefined;
  cursor.pos = back;
  return found;
}

/** Products by their names, or where they have none by their ids. */
function products({ catalogue }: Reading): Dimension | undefined {
  const filled = (name: string) => catalogue.views.events.columns.some((c) => c.name === name && c.filled > 0);
  const column = ["product_name", "product_id"].find(filled);
  return column ? { kind: "column", view: "events", column } : undefined;
}
