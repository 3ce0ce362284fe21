import type { Criteria, EventCondition } from "../criteria/schema.js";
import type { EventsQuery, Grouping } from "./query.js";

/**
 * "how many customers bought something per month": customers by what they did, where exactly one deed tells who they are;
 * undefined where it is none or several, since it would not be clear which one is grouped.
 */
export function customersByEvent(criteria: Criteria, groups: Grouping): EventsQuery | undefined {
  const conditions = "all" in criteria ? (criteria.all as readonly Criteria[]) : [criteria];
  const deeds = conditions.filter(isEvent);
  const others = conditions.filter((condition) => !isEvent(condition));
  const [deed] = deeds;
  if (!deed || deeds.length > 1 || JSON.stringify(others).includes('"event"')) return undefined;
  const { event, where, within, ...further } = deed;
  if (typeof event !== "string" || Object.keys(further).length > 0) return undefined;
  return {
    kind: "events",
    measure: { of: "customers", statistic: "count", event },
    where: where ? [where] : [],
    within,
    customers: others.length === 0 ? {} : others.length === 1 ? (others[0] as Criteria) : { all: others },
    groups,
  };
}

function isEvent(criteria: Criteria): criteria is EventCondition {
  return "event" in criteria;
}
