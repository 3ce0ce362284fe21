import type { Within } from "../criteria/schema.js";
import { readAudience } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { hasEvent } from "./conditions.js";
import { readEventsTail } from "./events-question.js";
import { readObject } from "./objects.js";
import type { EventsQuery, Query } from "./query.js";
import type { Reading } from "./reading.js";

const WHICH: ["first" | "last", string[]][] = [
  ["last", ["last", "latest", "most recent", "most recently", "lastly"]],
  ["first", ["first", "earliest", "very first"]],
];

/** "when was the last purchase of socks", "when did customer 12 last buy something", "date of the first order in May" */
export function readWhen(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  if (cursor.take("when did")) return readWhenDid(reading, period);
  const asked = cursor.take(
    "when was",
    "when is",
    "what is the date of",
    "what was the date of",
    "what date was",
    "date of",
    "what day was",
  );
  if (!asked) return undefined;
  cursor.take("the", "our");
  const which = takeWhich(reading);
  const event = which && takeEvent(reading);
  if (!which || !event) return undefined;
  const events = readEventsTail(reading, { of: "events", statistic: "count", event }, period);
  return events && !events.groups ? { kind: "moment", which, events } : undefined;
}

function readWhenDid(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor, vocabulary } = reading;
  const draft = new AudienceDraft();
  if (!cursor.take("we", "anyone", "anybody") && !readAudience(reading, draft)) return undefined;
  const before = takeWhich(reading);
  const event = cursor.phrase(vocabulary.verbs)?.meaning;
  if (!event || !hasEvent(reading, event)) return undefined;
  const object = cursor.attempt(() => readObject(reading));
  const which = before ?? cursor.attempt(() => (cursor.take("for the") ? takeWhich(reading) : undefined));
  if (!before && which) cursor.take("time");
  const audience = finishAudience(reading, draft);
  const tail = which && readEventsTail(reading, { of: "events", statistic: "count", event }, period);
  if (!which || !tail || tail.groups || !audience || audience.intents.length > 0) return undefined;
  if (Object.keys(tail.customers).length > 0 || (object && tail.where.length > 0) || object?.same) return undefined;
  const events: EventsQuery = {
    ...tail,
    customers: audience.criteria,
    where: object ? object.wheres.filter((where) => Object.keys(where).length > 0) : tail.where,
  };
  return { kind: "moment", which, events };
}

function takeWhich({ cursor }: Reading): "first" | "last" | undefined {
  return WHICH.find(([, words]) => cursor.take(...words))?.[0];
}

function takeEvent(reading: Reading): string | undefined {
  const { cursor, lexicon, vocabulary } = reading;
  const found = cursor.phrase(vocabulary.orders) ? "purchase" : cursor.phrase(lexicon.eventNouns)?.meaning;
  return found && hasEvent(reading, found) ? found : undefined;
}
