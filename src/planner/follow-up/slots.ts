import {
  type AttributeCondition,
  type Criteria,
  type EventCondition,
  foldCriteria,
  type Within,
} from "../../criteria/schema.js";
import type { EventsQuery, Query } from "../query.js";

/** The criteria of a query, the group first and a part of it second; undefined where a query has none that can change. */
export function slotsOf(query: Query): readonly Criteria[] | undefined {
  switch (query.kind) {
    case "count":
    case "list":
    case "statistic":
    case "distinct":
    case "top in each":
    case "events":
      return [query.customers];
    case "groups":
      return query.part ? [query.customers, query.part] : [query.customers];
    case "share":
      return [query.of, query.part];
    case "moment":
      return [query.events.customers];
    case "event share":
      return [query.of.customers, query.part.customers];
    default:
      return undefined;
  }
}

/** The query with other criteria, in the order of `slotsOf`. */
export function withSlots(query: Query, [first = {}, second = {}]: readonly Criteria[]): Query {
  switch (query.kind) {
    case "count":
    case "list":
    case "statistic":
    case "distinct":
    case "top in each":
    case "events":
      return { ...query, customers: first };
    case "groups":
      return { ...query, customers: first, ...(query.part && { part: second }) };
    case "share":
      return { ...query, of: first, part: second };
    case "moment":
      return { ...query, events: { ...query.events, customers: first } };
    case "event share":
      return { ...query, of: { ...query.of, customers: first }, part: { ...query.part, customers: second } };
    default:
      return query;
  }
}

/** The queries about events inside a query. */
export function eventsOf(query: Query): readonly EventsQuery[] {
  if (query.kind === "events") return [query];
  if (query.kind === "moment") return [query.events];
  return query.kind === "event share" ? [query.of, query.part] : [];
}

/** The query with other queries about events, in the order of `eventsOf`. */
export function withEvents(query: Query, change: (events: EventsQuery) => EventsQuery): Query {
  if (query.kind === "events") return change(query);
  if (query.kind === "moment") return { ...query, events: change(query.events) };
  return query.kind === "event share" ? { ...query, of: change(query.of), part: change(query.part) } : query;
}

/** What all have to hold. */
export function conjuncts(criteria: Criteria): readonly Criteria[] {
  if ("all" in criteria) return criteria.all as readonly Criteria[];
  return Object.keys(criteria).length === 0 ? [] : [criteria];
}

export function allOf(criteria: readonly Criteria[]): Criteria {
  return criteria.length === 1 ? (criteria[0] as Criteria) : criteria.length === 0 ? {} : { all: criteria };
}

/** Every column of customers that criteria speak of, as often as they do. */
export function attributesIn(criteria: Criteria): readonly string[] {
  return foldCriteria<readonly string[]>(criteria, {
    all: (items) => items.flatMap(attributesIn),
    any: (items) => items.flatMap(attributesIn),
    not: attributesIn,
    attribute: ({ attribute }) => [attribute],
    event: () => [],
    interest: () => [],
    engagement: () => [],
  });
}

export function attributeOf(criteria: Criteria): AttributeCondition | undefined {
  return "attribute" in criteria ? (criteria as AttributeCondition) : undefined;
}

export interface EventPlace {
  condition: EventCondition;
  negated: boolean;
}

/** Every condition on events, however deep. */
export function eventPlaces(criteria: Criteria, negated = false): readonly EventPlace[] {
  return foldCriteria<readonly EventPlace[]>(criteria, {
    all: (items) => items.flatMap((item) => eventPlaces(item, negated)),
    any: (items) => items.flatMap((item) => eventPlaces(item, negated)),
    not: (item) => eventPlaces(item, !negated),
    attribute: () => [],
    event: (condition) => [{ condition, negated }],
    interest: () => [],
    engagement: () => [],
  });
}

/** The criteria with every condition on events changed. */
export function mapEvents(criteria: Criteria, change: (condition: EventCondition) => EventCondition): Criteria {
  return foldCriteria<Criteria>(criteria, {
    all: (items) => (items.length === 0 ? {} : { all: items.map((item) => mapEvents(item, change)) }),
    any: (items) => ({ any: items.map((item) => mapEvents(item, change)) }),
    not: (item) => ({ not: mapEvents(item, change) }),
    attribute: (condition) => condition,
    event: change,
    interest: (condition) => condition,
    engagement: (condition) => condition,
  });
}

/** Every period of a query, undefined for a deed or measure that has none. */
export function periodsOf(query: Query): readonly (Within | undefined)[] {
  return [
    ...eventsOf(query).map(({ within }) => within),
    ...(slotsOf(query) ?? []).flatMap((slot) => eventPlaces(slot).map(({ condition }) => condition.within)),
  ];
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
