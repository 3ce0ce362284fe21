import type { AttributeCondition, Criteria } from "../../criteria/schema.js";
import type { Query } from "../query.js";
import { type Change, type Changed, type Changing, together, type Unclear, unclear } from "./change.js";
import { relation } from "./relation.js";
import {
  allOf,
  attributeOf,
  attributesIn,
  conjuncts,
  eventPlaces,
  eventsOf,
  periodsOf,
  same,
  slotsOf,
  withSlots,
} from "./slots.js";

type Who = Extract<Change, { kind: "who" }>;

/** Columns that say where somebody is: one of them may lie in another. */
const PLACE = /country|nation|state|province|region|city|town|county|zip|postal|location/;

/** "only women", "and men?", "who also bought shoes": further or other conditions of the customers. */
export function applyWho(query: Query, who: Who, changing: Changing): Changed | Unclear {
  if (!slotsOf(query)) return unclear("Such an answer cannot be narrowed or changed: ask for it anew.");
  if (eventsOf(query).some(({ where }) => where.some((one) => one["customer_id"] !== undefined))) {
    return unclear("These events are of no known customer: nothing can be said of who they are.");
  }
  const told: string[] = [];
  let now = query;
  if (who.intents.length > 0) {
    const wished = withIntents(now, who.intents);
    if ("unclear" in wished) return wished;
    now = wished.query;
    told.push(wished.changed);
  }
  for (const parts of ofOneAttribute(who.parts)) {
    const changed = attributeOf(parts[0] as Criteria)
      ? applyAttribute(now, parts as readonly AttributeCondition[], changing)
      : applyOther(now, parts[0] as Criteria, who, changing);
    if ("unclear" in changed) return changed;
    now = changed.query;
    told.push(changed.changed);
  }
  return { query: now, changed: together(told) };
}

function withIntents(query: Query, intents: readonly string[]): Changed | Unclear {
  if (query.kind !== "list" || query.order) {
    return unclear("Interest is a matter of degree: it ranks a list, and nothing else.");
  }
  const further = intents.filter((intent) => !query.intents.includes(intent));
  if (further.length === 0) return { query, changed: "nothing, as the interest was said already" };
  return {
    query: { ...query, intents: [...query.intents, ...further] },
    changed: `interest in ${intents.map((intent) => `"${intent}"`).join(" and ")} was added`,
  };
}

/** Limits of one attribute belong together: a date "in May" is from its first day and before the first of June. */
function ofOneAttribute(parts: readonly Criteria[]): (readonly Criteria[])[] {
  const groups: Criteria[][] = [];
  for (const part of parts) {
    const name = attributeOf(part)?.attribute;
    const group = groups.find(([first]) => name !== undefined && first && attributeOf(first)?.attribute === name);
    if (group) group.push(part);
    else groups.push([part]);
  }
  return groups;
}

function applyAttribute(query: Query, now: readonly AttributeCondition[], changing: Changing): Changed | Unclear {
  const { mode, text, say } = changing;
  const name = (now[0] as AttributeCondition).attribute;
  const slots = slotsOf(query) ?? [];
  const holders = slots.flatMap((slot, i) => (attributesIn(slot).includes(name) ? [i] : []));
  if (holders.length === 0) return applyFirst(query, now, changing);
  const [at = 0] = holders;
  const old = conjuncts(slots[at] as Criteria).filter((part) => attributeOf(part)?.attribute === name);
  const held = old as readonly AttributeCondition[];
  const places = slots.flatMap((slot) => attributesIn(slot)).filter((other) => other === name).length;
  if (holders.length > 1 || held.length !== places) {
    // Where it stands inside of "or" or "not", it can only be narrowed as a whole.
    if (mode === "only" && holders.length === 1 && at === 0) return added(query, now, say);
    return unclear(`The ${name} was spoken of in more than one way, and it is not clear which one "${text}" is about.`);
  }
  if (at > 0 && mode === "only" && query.kind !== "event share") {
    return unclear(`The ${name} is what the share is of: it is not clear what "only" leaves.`, [`what about ${text}`]);
  }
  if (changing.fixed && mode !== "only")
    return unclear(`The ${name} is a part of what was said before: ask anew for another.`);
  if (
    query.kind === "groups" &&
    query.groups.pair &&
    query.groups.by.some((by) => "column" in by && by.column === name)
  )
    return unclear("Two groups are set against each other: ask for other ones anew.");
  const how = relation(held, now);
  const [then, fresh] = [say(allOf(held)), say(allOf(now))];
  if (how === "equal") return { query, changed: `nothing, as ${fresh} was said already` };
  const replaced = (): Changed => ({
    query: replacedIn(query, at, held, now),
    changed: `${fresh} instead of ${then}`,
  });
  const asked = (why: string) => unclear(why, [`only ${text}`, `what about ${text}`]);
  switch (mode) {
    case "only":
      if (how === "disjoint") {
        return unclear(`Nobody is both: the question before was about ${then}, and this leaves only ${fresh}.`, [
          `what about ${text}`,
        ]);
      }
      if (how === "inside") return replaced();
      return how === "outside" ? { query, changed: `nothing, as ${then} is narrower` } : added(query, now, say);
    case "also":
      return unclear(`It is not clear how ${fresh} is to go together with ${then}: ask for both in a whole question.`, [
        `what about ${text}`,
      ]);
    case "instead":
      return replaced();
    default:
      // "over 40", then "and under 60": between them, or under 60?
      return how === "overlap"
        ? asked(`It is not clear whether ${fresh} is meant besides ${then} or instead of it.`)
        : replaced();
  }
}

/** An attribute that was not spoken of; a place may be meant instead of another kind of place. */
function applyFirst(query: Query, now: readonly AttributeCondition[], { mode, text, say, fixed }: Changing) {
  const name = (now[0] as AttributeCondition).attribute;
  const slots = slotsOf(query) ?? [];
  const isOther = (other: string) => other !== name && PLACE.test(other);
  const others = PLACE.test(name) ? slots.flatMap((slot) => attributesIn(slot)).filter(isOther) : [];
  if (others.length === 0 || mode === "only" || mode === "also") return added(query, now, say);
  const at = slots.findIndex((slot) => attributesIn(slot).some(isOther));
  const held = conjuncts(slots[at] as Criteria).filter((part) => isOther(attributeOf(part)?.attribute ?? ""));
  if (mode === "instead" && held.length === others.length && !fixed) {
    return { query: replacedIn(query, at, held, now), changed: `${say(allOf(now))} instead of ${say(allOf(held))}` };
  }
  return unclear(`It is not clear whether "${text}" is meant besides the ${others[0]} or instead of it.`, [
    `only ${text}`,
    `what about ${text}`,
  ]);
}

function added(query: Query, parts: readonly Criteria[], say: Changing["say"]): Changed {
  const slots = slotsOf(query) ?? [];
  // A part of revenue lies within the whole: what narrows the one narrows the other.
  const both = query.kind === "event share";
  const next = slots.map((slot, i) => (i === 0 || both ? allOf([...conjuncts(slot), ...parts]) : slot));
  return { query: withSlots(query, next), changed: `${say(allOf(parts))} was added` };
}

function replacedIn(query: Query, at: number, old: readonly Criteria[], now: readonly Criteria[]): Query {
  const slots = slotsOf(query) ?? [];
  const next = slots.map((slot, i) => {
    if (i !== at) return slot;
    const before = conjuncts(slot);
    return allOf(before.flatMap((part) => (part === old[0] ? now : old.includes(part) ? [] : [part])));
  });
  return withSlots(query, next);
}

/** A deed, a negation, an alternative. */
function applyOther(query: Query, part: Criteria, who: Who, changing: Changing): Changed | Unclear {
  const { mode, text, say } = changing;
  const slots = slotsOf(query) ?? [];
  const own = slots.flatMap((slot) => conjuncts(slot));
  if (own.some((other) => same(other, part))) return { query, changed: `nothing, as ${say(part)} was said already` };
  const denied: Criteria = "not" in part ? (part.not as Criteria) : { not: part };
  if (own.some((other) => same(other, denied))) {
    return unclear(
      `Nobody is both: the question before was about those of whom the opposite is said (${say(denied)}).`,
    );
  }
  if (eventPlaces(part).length > 0) {
    const unsaid = deedProblem(query, who, changing);
    if (unsaid) return unsaid;
  }
  const names = attributesIn(part);
  const spoken = names.filter((name) => slots.some((slot) => attributesIn(slot).includes(name)));
  const negated = "not" in part ? attributeOf(part.not as Criteria) : undefined;
  if (negated) {
    const held = own.map(attributeOf).filter((other) => other?.attribute === negated.attribute);
    const how = held.length > 0 ? relation(held as AttributeCondition[], [negated]) : undefined;
    if (how === "equal" || how === "outside") {
      return unclear(
        `Nobody would be left: the question before was about ${say(allOf(held as AttributeCondition[]))}.`,
      );
    }
  }
  if (spoken.length > 0 && (mode === "instead" || mode === "also" || !negated) && mode !== "only") {
    return unclear(
      `It is not clear whether "${text}" is meant besides what was said of ${spoken[0]} or instead of it.`,
      [`only ${text}`],
    );
  }
  if (slots.length > 1 && spoken.some((name) => attributesIn(slots[1] as Criteria).includes(name))) {
    return unclear(`The ${spoken[0]} is what the share is of: it is not clear what would be left.`);
  }
  return added(query, [part], say);
}

/** What is not said of a further deed: its period, and whether it comes instead of another. */
function deedProblem(query: Query, { open, noun }: Who, { mode, text }: Changing): Unclear | undefined {
  const slots = slotsOf(query) ?? [];
  if (query.kind === "share" || query.kind === "event share" || (query.kind === "groups" && query.part)) {
    return unclear("It is not clear whether that is meant of the group or of the part whose share it is.");
  }
  const deeds = slots.some((slot) => eventPlaces(slot).length > 0) || eventsOf(query).length > 0;
  if (deeds && (mode === "instead" || mode === "bare" || (mode === "and" && noun))) {
    return unclear(`It is not clear whether "${text}" is meant besides what was done or instead of it.`, [
      noun ? `only ${text}` : `who also ${text}`,
    ]);
  }
  if (open && periodsOf(query).some((within) => within !== undefined)) {
    return unclear(
      `A period was named before, and it is not clear whether "${text}" is meant of it: name a period here as well.`,
    );
  }
  return undefined;
}
