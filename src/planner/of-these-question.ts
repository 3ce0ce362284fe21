import { readAudience, readClauses } from "./audience.js";
import { type Audience, AudienceDraft, finishAudience } from "./audience-draft.js";
import type { Query } from "./query.js";
import type { Reading } from "./reading.js";

const OF = [
  "of the",
  "of all the",
  "of all",
  "of our",
  "of",
  "among the",
  "among all",
  "among",
  "out of the",
  "out of all",
  "out of",
];

/** "Of the customers who viewed jewelry, how many bought jewelry?" */
export function readCountOf(reading: Reading): Query | undefined {
  const { cursor } = reading;
  const draft = readOf(reading);
  if (!draft || !cursor.take("how many of them", "how many")) return undefined;
  const before = draft.groups.length;
  readClauses(reading, draft);
  const audience = draft.groups.length > before ? hard(reading, draft) : undefined;
  return audience && { kind: "count", customers: audience.criteria };
}

/** "Of the customers who viewed shoes, what percentage bought shoes?" */
export function readShareOf(reading: Reading): Query | undefined {
  const { cursor } = reading;
  const group = readOf(reading);
  if (!group) return undefined;
  const asked = cursor.take(
    "what percentage",
    "what percent",
    "what share",
    "what proportion",
    "what fraction",
    "which percentage",
  );
  if (!asked && !(cursor.take("what") && cursor.mark("%"))) return undefined;
  cursor.take("of them", "of these", "of those");
  const part = new AudienceDraft();
  if (!readClauses(reading, part) || part.groups.length === 0) return undefined;
  const of = hard(reading, group);
  const share = hard(reading, part);
  return of && share && { kind: "share", of: of.criteria, part: share.criteria };
}

/** "of the customers who viewed jewelry," */
function readOf(reading: Reading): AudienceDraft | undefined {
  const { cursor } = reading;
  if (!cursor.take(...OF)) return undefined;
  const draft = new AudienceDraft();
  if (!readAudience(reading, draft)) return undefined;
  cursor.mark(",");
  return draft;
}

/** Conditions alone: wishes rank, they do not count. */
function hard(reading: Reading, draft: AudienceDraft): Audience | undefined {
  const audience = finishAudience(reading, draft);
  return audience?.intents.length === 0 ? audience : undefined;
}
