import type { Criteria, Within } from "../criteria/schema.js";
import type { Condition } from "./conditions.js";
import { problem, type Reading } from "./reading.js";

/** Who is meant: hard conditions and soft wishes. */
export interface Audience {
  criteria: Criteria;
  intents: string[];
}

/** Conditions said together: "from Ohio" is one group, "who bought socks or viewed shoes" another; groups all hold. */
interface Group {
  join: "and" | "or" | undefined;
  conditions: Condition[];
}

/** What has been read of an audience. */
export class AudienceDraft {
  readonly groups: Group[] = [];
  readonly intents: string[] = [];
  /** The last thing read was a wish: a bare number after it is no age. */
  afterWish = false;
  /** A period that stands apart from any verb and is over the whole sentence. */
  period: Within | undefined;

  /** "viewed or bought jewelry": a deed without an object takes that of the deed that it is joined to. */
  shareObject(condition: Condition): void {
    const conditions = this.groups.at(-1)?.conditions ?? [];
    const last = conditions.at(-1);
    const shared = last?.bare && !last.period && condition.object ? last.again?.(condition.object) : undefined;
    if (shared) conditions[conditions.length - 1] = shared;
  }

  replaceLast(condition: Condition | undefined): void {
    const conditions = this.groups.at(-1)?.conditions;
    if (condition && conditions) conditions[conditions.length - 1] = condition;
  }

  get last(): Condition | undefined {
    return this.groups.at(-1)?.conditions.at(-1);
  }

  add(condition: Condition, join: "and" | "or" | undefined): boolean {
    this.afterWish = false;
    const last = this.groups.at(-1);
    if (join === undefined || !last) {
      this.groups.push({ join: undefined, conditions: [condition] });
      return true;
    }
    if (last.join !== undefined && last.join !== join) return false; // and/or mixed: which binds closer is not said
    last.join = join;
    last.conditions.push(condition);
    return true;
  }
}

/** The audience as criteria, each condition over the period that a reader takes it to be over; undefined where that is unclear. */
export function finishAudience(reading: Reading, draft: AudienceDraft): Audience | undefined {
  const timed = draft.groups.flatMap((group) => group.conditions).filter((condition) => condition.timed);
  const bound = timed.filter((condition) => !condition.loose || condition.period);
  const own = timed.filter((condition) => condition.period);
  if (draft.period && timed.length > 0 && timed.every((condition) => condition.period)) {
    return problem(reading, "More than one period is named for the same thing.");
  }
  if (draft.period && timed.length === 0) {
    return problem(reading, "A period is named, but nothing that happened in it.");
  }
  const periods = new Map<Condition, Within | undefined>();
  timed.forEach((condition, i) => {
    const near = timed
      .slice(0, i)
      .reverse()
      .concat(timed.slice(i + 1))
      // "bought something but nothing in the last 90 days": before those days, or there would be nobody
      .find((other) => other.period && !contradicts(condition, other));
    periods.set(condition, condition.period ?? draft.period ?? (condition.loose ? undefined : near?.period));
  });
  for (const condition of timed) {
    if (condition.needsPeriod && !periods.get(condition)) {
      return problem(reading, 'Being active needs a period, such as "in the last 30 days".');
    }
  }
  const open = bound.filter((condition) => !condition.period);
  if (!draft.period && own.length > 0 && open.length > 0) {
    // "viewed X but did not buy it in May": the same period. Two things that were done: the second may be meant for ever.
    // "who never bought X viewed Y in May": the one says who they are, the other what they did
    const groupOf = (c: Condition) => draft.groups.findIndex(({ conditions }) => conditions.includes(c));
    const apart = open.some((c) => own.some((o) => groupOf(c) < groupOf(o)));
    const shared = own.every((c) => !c.ownPeriod);
    const clear = shared && ((open.every((c) => c.negated) && !apart) || own.every((c) => c.negated));
    if (!clear)
      return problem(reading, "It is not clear whether the period holds for all that was done: name it for each.");
  }
  const unclear = unclearScope(draft);
  if (unclear) return problem(reading, unclear);
  const groups = draft.groups.map((group): Criteria => {
    const made = group.conditions.map((condition) => condition.make(periods.get(condition)));
    return made.length === 1 ? (made[0] as Criteria) : group.join === "or" ? { any: made } : { all: made };
  });
  const flat = groups.flatMap((criteria) => ("all" in criteria ? (criteria.all as Criteria[]) : [criteria]));
  const criteria: Criteria = flat.length === 0 ? {} : flat.length === 1 ? (flat[0] as Criteria) : { all: flat };
  return { criteria, intents: draft.intents };
}

/** Whether both in the same period could hold for nobody: "bought something" and "did not buy anything". */
function contradicts(done: Condition, not: Condition): boolean {
  const all = not.object?.wheres.every((where) => Object.keys(where).length === 0) ?? true;
  const same = all || JSON.stringify(not.object?.wheres) === JSON.stringify(done.object?.wheres);
  return !done.negated && not.negated && not.event !== undefined && not.event === done.event && same;
}

/** Why the conditions do not go together without guessing; undefined where they do. */
function unclearScope({ groups }: AudienceDraft): string | undefined {
  const attributeOf = (condition: Condition): { attribute?: string; op?: string } =>
    condition.timed ? {} : (condition.make(undefined) as { attribute?: string; op?: string });
  for (const { join, conditions } of groups) {
    if (join !== "or" || groups.length === 1) continue;
    const names = new Set(conditions.map((condition) => attributeOf(condition).attribute));
    const alike = conditions.every((condition) => condition.timed) || (names.size === 1 && !names.has(undefined));
    if (!alike) return 'How far the "or" reaches is not clear: ask for each alternative.';
  }
  const all = groups.filter(({ join }) => join !== "or").flatMap(({ conditions }) => conditions.map(attributeOf));
  const equal = all.filter(({ op }) => op === "=" || op === "in" || op === "between").map(({ attribute }) => attribute);
  const twice = equal.find((name, i) => name !== undefined && equal.indexOf(name) !== i);
  return twice && `${twice} cannot be two things at once: join them by "or".`;
}
