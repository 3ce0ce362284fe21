import type { Within } from "../criteria/schema.js";
import { readAudience } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { Cursor } from "./cursor.js";
import { isCustomerDimension, readGroupings } from "./dimensions.js";
import { readEventsTail, readObjectAndTail } from "./events-question.js";
import { readEventMeasure } from "./measures.js";
import type { EventMeasure, EventsQuery, Query } from "./query.js";
import { problem, type Reading } from "./reading.js";

/** What stands between the whole and its part: "revenue in May | comes from | women". */
const LINKS = [
  "come",
  "comes",
  "came",
  "coming",
  "is",
  "are",
  "was",
  "were",
  "has been",
  "have been",
  "goes to",
  "went to",
  "falls to",
  "belong to",
  "stem",
  "derive",
  "derives",
  "originate",
];
const MADE = ["made", "generated", "placed", "done", "earned", "driven", "accounted"];

/** "(share of) revenue comes from women", "purchases are jewelry", "revenue by category", "customers by state" */
export function readEventShare(reading: Reading, period: Within | undefined): Query | undefined {
  const { cursor } = reading;
  cursor.take("the", "all of our", "all our", "all", "our", "total");
  const measure = readEventMeasure(reading);
  if (!measure || !isAdditive(measure)) return undefined;
  const tables = cursor.attempt(() => {
    const query = readEventsTail(reading, measure, period);
    return query?.groups && cursor.done ? query : undefined;
  });
  if (tables?.groups && (tables.where.length > 0 || Object.keys(tables.customers).length > 0)) {
    return problem(reading, "It is not clear whether the share is of each group or of all groups.");
  }
  if (tables?.groups) return { ...tables, groups: { ...tables.groups, share: true } };
  const of = readWhole(reading, measure, period);
  const part = of && readObjectAndTail(reading, measure, undefined);
  if (!of || !part || part.groups) return undefined;
  return shareOf(reading, of, part);
}

function isAdditive({ statistic, of }: EventMeasure): boolean {
  return (statistic === "count" || statistic === "sum") && of !== "orders" && of !== "distinct";
}

/** What a product is, as against where or how it was sold. */
const WHAT = /^(category|subcategory|product_name|product_id|color|brand|size)$/;

/** Whole and part on a common footing: a period that only the part names is that of both, unless it is all that the part says. */
function shareOf(reading: Reading, of: EventsQuery, part: EventsQuery): Query | undefined {
  const says = part.where.length > 0 || Object.keys(part.customers).length > 0;
  // "were furniture in Texas": of all purchases, or of those in Texas?
  const two = part.where.length > 0 && Object.keys(part.customers).length > 0;
  const placed = part.where.some(
    (where) => Object.keys(where).some((name) => !WHAT.test(name)) && Object.keys(where).length > 1,
  );
  if (two || placed) {
    return problem(
      reading,
      'It is not clear what the share is of: say it before what it consists of, as in "what share of purchases in Texas were furniture".',
    );
  }
  if (!says && !part.within) return undefined;
  if (of.within && part.within) return undefined;
  if (!says) return { kind: "event share", of, part };
  const within = of.within ?? part.within;
  return { kind: "event share", of: { ...of, within }, part: { ...part, within } };
}

/** The events before the link; without a link all events are the whole. */
function readWhole(reading: Reading, measure: EventMeasure, period: Within | undefined): EventsQuery | undefined {
  const { cursor } = reading;
  const start = cursor.pos;
  for (let at = start; at < cursor.tokens.length; at++) {
    cursor.pos = at;
    if (!cursor.take(...LINKS)) continue;
    cursor.take(...MADE);
    const after = cursor.pos;
    const head = { ...reading, cursor: new Cursor(cursor.tokens.slice(start, at)) };
    const of = readEventsTail(head, measure, period);
    cursor.pos = after;
    return of && !of.groups ? of : undefined;
  }
  cursor.pos = start;
  return readEventsTail({ ...reading, cursor: new Cursor([]) }, measure, period);
}

/** "percentage of customers by state", "share of women by state" */
export function readCustomersByGroup(reading: Reading): Query | undefined {
  const { cursor } = reading;
  cursor.take("the", "all of our", "all our", "all", "our", "total");
  const everyone = cursor.attempt(() => cursor.phrase(reading.vocabulary.customers)) !== undefined;
  if (everyone) cursor.pos--;
  const draft = new AudienceDraft();
  if (!readAudience(reading, draft)) return undefined;
  const by = readGroupings(reading);
  const audience = finishAudience(reading, draft);
  if (!by || !audience || audience.intents.length > 0 || !cursor.done || !by.every(isCustomerDimension))
    return undefined;
  const base = { kind: "groups", statistic: "count", column: undefined } as const;
  // "share of women by state" and "customers with kids by state" are of the customers of each state; "customers in Ohio by
  // gender" of those in Ohio.
  const placed = draft.groups.every(({ conditions }) => conditions.every((condition) => condition.place));
  return everyone && placed
    ? { ...base, groups: { by, share: true }, customers: audience.criteria }
    : { ...base, groups: { by }, customers: {}, part: audience.criteria };
}
