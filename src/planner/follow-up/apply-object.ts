import { sayValues } from "../../criteria/say-test.js";
import type { Scalar, Where } from "../../criteria/schema.js";
import { whereTest } from "../../criteria/schema.js";
import type { Query } from "../query.js";
import { type Change, type Changed, type Changing, type Unclear, unclear } from "./change.js";
import { eventPlaces, eventsOf, mapEvents, same, slotsOf, withEvents, withSlots } from "./slots.js";

type WhereRecord = Readonly<Record<string, Where[string]>>;

/** What was bought is said by its category, its subcategory or its name: one of them stands for another. */
const WHAT = /^(category|subcategory|product_name)$/;

interface Place {
  where: WhereRecord;
  negated: boolean;
  event: string | readonly string[];
}

/** "how about socks?", "only red ones": what was bought, viewed or measured, where that is one thing. */
export function applyObject(
  query: Query,
  { where: now }: Extract<Change, { kind: "object" }>,
  changing: Changing,
): Changed | Unclear {
  const { mode, text } = changing;
  const places = placesOf(query);
  if (!places || places.length === 0) return unclear(`Nothing was bought or viewed that "${text}" could be about.`);
  if (changing.fixed)
    return unclear("The question before says more than what was bought: ask anew for something else.");
  if (mode === "also") return unclear(`It is not clear whether "${text}" is meant besides the other or instead of it.`);
  const holders = places.filter(({ where }) => Object.keys(now).some((name) => ofKind(where, name).length > 0));
  const targets = holders.length > 0 ? holders : places;
  const [target] = targets;
  const one = places.length === 1 || query.kind === "event share";
  if (!target || !one || !targets.every(({ where }) => same(where, target.where))) {
    return unclear(`More than one thing was spoken of, and it is not clear which one "${text}" is about.`);
  }
  if (target.event === "any" && holders.length === 0) {
    return unclear(`It is not said what was done with "${text}".`);
  }
  const measured = eventsOf(query).length > 0;
  if (mode === "only" && !measured && Object.keys(target.where).length === 0) {
    return unclear(`It is not clear whether they bought "${text}" and nothing else.`, [`what about ${text}`]);
  }
  const made = mode === "only" ? narrowed(target, now, text) : replaced(target.where, now, text);
  if ("unclear" in made) return made;
  const { where } = made;
  if (same(where, target.where)) return { query, changed: `nothing, as ${sayWhere(now)} was said already` };
  const fresh = without(now, target.where);
  const gone = without(made.old ?? {}, now);
  const instead = Object.keys(gone).length > 0 ? ` instead of ${sayWhere(gone)}` : " was added";
  return { query: withWhere(query, target.where, where), changed: `${sayWhere(fresh)}${instead}` };
}

/** What the one says and the other does not. */
function without(one: WhereRecord, other: WhereRecord): WhereRecord {
  return Object.fromEntries(Object.entries(one).filter(([name, entry]) => !same(entry, other[name])));
}

/** Where a description stands or could stand; undefined where several are joined. */
function placesOf(query: Query): Place[] | undefined {
  const slots = slotsOf(query);
  if (!slots) return undefined;
  const measured = eventsOf(query);
  if (measured.some(({ where }) => where.length > 1)) return undefined;
  return [
    ...measured.map(({ where, measure }) => ({ where: where[0] ?? {}, negated: false, event: measure.event })),
    ...slots.flatMap((slot) =>
      eventPlaces(slot).map(({ condition, negated }) => ({
        where: condition.where ?? {},
        negated,
        event: condition.event,
      })),
    ),
  ];
}

function ofKind(where: WhereRecord, name: string): string[] {
  return Object.keys(where).filter((other) => other === name || (WHAT.test(name) && WHAT.test(other)));
}

interface Made {
  where: WhereRecord;
  old?: WhereRecord;
}

function replaced(where: WhereRecord, now: WhereRecord, text: string): Made | Unclear {
  const gone = [...new Set(Object.keys(now).flatMap((name) => ofKind(where, name)))];
  const what = gone.filter((name) => WHAT.test(name));
  // "rings of the brand's jewelry": which of them goes?
  if (what.length > 1) return unclear(`It is not clear what "${text}" comes instead of.`);
  const kept = Object.fromEntries(Object.entries(where).filter(([name]) => !gone.includes(name)));
  const old = Object.fromEntries(Object.entries(where).filter(([name]) => gone.includes(name)));
  return { where: { ...kept, ...now }, ...(gone.length > 0 && { old }) };
}

function narrowed({ where, negated }: Place, now: WhereRecord, text: string): Made | Unclear {
  if (negated) return unclear(`It is not clear what "only" leaves of what was not done.`, [`what about ${text}`]);
  for (const [name, entry] of Object.entries(now)) {
    const before = where[name];
    if (before === undefined) continue;
    const [old, fresh] = [listed(before), listed(entry)];
    if (!old || !fresh) return unclear(`It is not clear how "${text}" goes together with what was said before.`);
    if (!fresh.every((value) => old.includes(value))) {
      return unclear(`"${text}" is not among what was asked for before: ${sayWhere({ [name]: before })}.`, [
        `what about ${text}`,
      ]);
    }
  }
  return { where: { ...where, ...now } };
}

function listed(entry: Where[string]): readonly Scalar[] | undefined {
  const { op, value } = whereTest(entry);
  return op === "=" || op === "in" ? ([value].flat() as Scalar[]) : undefined;
}

function withWhere(query: Query, old: WhereRecord, now: WhereRecord): Query {
  const slots = slotsOf(query) ?? [];
  const next = slots.map((slot) =>
    mapEvents(slot, (condition) => (same(condition.where ?? {}, old) ? { ...condition, where: now } : condition)),
  );
  return withEvents(withSlots(query, next), (events) =>
    same(events.where[0] ?? {}, old) ? { ...events, where: [now] } : events,
  );
}

function sayWhere(where: WhereRecord): string {
  return Object.entries(where)
    .map(([name, entry]) => {
      const { op, value } = whereTest(entry);
      const label = name === "product_name" ? "product" : name;
      return op === "=" || op === "in" ? `${sayValues(value)} (${label})` : `${label} ${op} ${sayValues(value)}`;
    })
    .join(" and ");
}
