import { sayCriteria } from "../../criteria/say.js";
import { Cursor } from "../cursor.js";
import { datesWithin, isTime } from "../date-tests.js";
import type { Previous } from "../previous.js";
import type { Query } from "../query.js";
import type { Reading } from "../reading.js";
import { applyGrouping, applyRanked, applyTop } from "./apply-groups.js";
import { applyObject } from "./apply-object.js";
import { applyPeriod } from "./apply-period.js";
import {
  applyColumns,
  applyCount,
  applyMeasure,
  applyNames,
  applyOrder,
  applyShare,
  applyStatistic,
} from "./apply-shape.js";
import { applyWho } from "./apply-who.js";
import { bareNumber, hasOtherNumbers, readLimit, soundsLikeAge } from "./bare-number.js";
import { type Change, type Changed, type Changing, type Mode, together, type Unclear, unclear } from "./change.js";
import type { Marked } from "./marker.js";
import { readChanges } from "./read-changes.js";
import { same } from "./slots.js";

/** Reads what follows a question as a change of it; undefined where a word cannot be read. */
export function readFollowUp(
  reading: Reading,
  { mode, tokens }: Marked,
  previous: Previous,
): Changed | Unclear | undefined {
  const own: Reading = { ...reading, cursor: new Cursor(tokens), previous: undefined, said: undefined };
  const { query, fixed } = previous;
  const changes = readLimit(own, query) ?? readChanges(own, query, mode);
  if (!changes) {
    reading.cursor.furthest = Math.max(
      reading.cursor.furthest,
      reading.cursor.tokens.length - tokens.length + own.cursor.furthest,
    );
    return undefined;
  }
  const text = own.cursor.textOf(0, tokens.length).replaceAll(" ,", ",");
  if (bareNumber(changes, tokens, reading.vocabulary) && (hasOtherNumbers(query) || !soundsLikeAge(tokens))) {
    return unclear(`It is not said what "${text}" is a number of.`, [`${leadOf(mode)} aged ${text}`]);
  }
  return change(query, changes, {
    mode,
    fixed,
    text,
    say: (criteria) => sayCriteria(criteria, reading.catalogue),
    dates: (column, within) => datesWithin(reading, column, within),
    isDate: (name) => reading.catalogue.views.customers.columns.some((c) => c.name === name && isTime(c)),
  });
}

function leadOf(mode: Mode): string {
  return mode === "only" ? "only" : mode === "instead" ? "what about" : "and";
}

/** Makes the changes one after the other; of a comparison on both sides, which have to change in the same way. */
function change(query: Query, changes: readonly Change[], changing: Changing): Changed | Unclear {
  if (query.kind === "comparison") {
    const parts = query.parts.map((part) => ({ ...part, made: change(part.query, changes, changing) }));
    const told: string[] = [];
    const next: typeof query.parts = [];
    for (const { label, made } of parts) {
      if ("unclear" in made) return made;
      told.push(made.changed);
      next.push({ label, query: made.query });
    }
    const figures = next.every((part, i) => part.query.kind === query.parts[i]?.query.kind && !isTable(part.query));
    if (!figures || told.some((words) => words !== told[0]) || same(next[0]?.query, next[1]?.query)) {
      return unclear("Both sides of the comparison would not change alike: ask for it anew.");
    }
    return { query: { ...query, parts: next }, changed: told[0] ?? "" };
  }
  let now: Query = query;
  const told: string[] = [];
  for (const one of changes) {
    const made = apply(now, one, changing);
    if ("unclear" in made) return made;
    now = made.query;
    told.push(made.changed);
  }
  return { query: now, changed: together(told) };
}

function isTable(query: Query): boolean {
  return query.kind === "groups" || (query.kind === "events" && query.groups !== undefined);
}

function apply(query: Query, one: Change, changing: Changing): Changed | Unclear {
  switch (one.kind) {
    case "who":
      return applyWho(query, one, changing);
    case "object":
      return applyObject(query, one, changing);
    case "period":
      return applyPeriod(query, one.within, changing);
    case "grouping":
      return applyGrouping(query, one, changing);
    case "top":
      return applyTop(query, one);
    case "ranked":
      return applyRanked(query);
    case "order":
      return applyOrder(query, one);
    case "columns":
      return applyColumns(query, one, changing);
    case "count":
      return applyCount(query);
    case "names":
      return applyNames(query);
    case "share":
      return applyShare(query, one);
    case "statistic":
      return applyStatistic(query, one);
    case "measure":
      return applyMeasure(query, one);
  }
}
