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
  /** A period that stands apart from any verb and is over the whole sentence. */
  period: Within | undefined;

  add(condition: Condition, join: "and" | "or" | undefined): boolean {
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
  const own = timed.filter((condition) => condition.period);
  if (draft.period && timed.length === 0) {
    return problem(reading, "A period is named, but nothing that happened in it.");
  }
  const periods = new Map<Condition, Within | undefined>();
  timed.forEach((condition, i) => {
    const near = timed
      .slice(0, i)
      .reverse()
      .concat(timed.slice(i + 1))
      .find((other) => other.period);
    periods.set(condition, condition.period ?? draft.period ?? near?.period);
  });
  for (const condition of timed) {
    if (condition.needsPeriod && !periods.get(condition)) {
      return problem(reading, 'Being active needs a period, such as "in the last 30 days".');
    }
  }
  const open = timed.filter((condition) => !condition.period);
  if (!draft.period && own.length > 0 && open.length > 0) {
    // "viewed X but did not buy it in May": the same period. Two things that were done: the second may be meant for ever.
    const clear = open.every((c) => c.negated) || own.every((c) => c.negated);
    if (!clear)
      return problem(reading, "It is not clear whether the period holds for all that was done: name it for each.");
  }
  const groups = draft.groups.map((group): Criteria => {
    const made = group.conditions.map((condition) => condition.make(periods.get(condition)));
    return made.length === 1 ? (made[0] as Criteria) : group.join === "or" ? { any: made } : { all: made };
  });
  const flat = groups.flatMap((criteria) => ("all" in criteria ? (criteria.all as Criteria[]) : [criteria]));
  const criteria: Criteria = flat.length === 0 ? {} : flat.length === 1 ? (flat[0] as Criteria) : { all: flat };
  return { criteria, intents: draft.intents };
}
