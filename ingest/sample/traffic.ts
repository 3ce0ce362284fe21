import type { SampleWindow } from "./options.js";
import { type Persona, personaOf, visitorOf } from "./persona.js";
import { hash } from "./random.js";
import { DAY_SECONDS, drawSession, REFUND_DAYS, type SampleEvent } from "./session.js";
import type { Shop } from "./shop.js";

const CHANCES = 4294967296; // hash values

const NOTHING: readonly SampleEvent[] = [];

/** The public of a sample: who comes how often, in two numbers a head. */
export interface Crowd {
  personaOf(visitor: number): Persona;
  /** What the visitor (from 1) does on a day counted from 1970; empty on most. */
  sessionOf(visitor: number, day: number): readonly SampleEvent[];
  size: number;
}

/** Visitors 1 to customers are the CRM's, then come those whom it lacks, then the anonymous. */
export function createCrowd(shop: Shop, window: SampleWindow): Crowd {
  const { seed, customers, lastDay } = window;
  const size = customers + window.unknown + window.anonymous;
  const rates = new Float64Array(size + 1);
  const since = new Int32Array(size + 1);
  const persona = (v: number) => (v <= customers ? personaOf(shop, seed, v) : visitorOf(shop, seed, v));
  for (let v = 1; v <= size; v++) {
    const { rate, signupAge } = persona(v);
    rates[v] = rate * CHANCES;
    since[v] = lastDay - signupAge;
  }
  return {
    size,
    personaOf: persona,
    sessionOf(visitor, day) {
      const rate = rates[visitor] as number;
      if (hash(seed, visitor, day) >= rate * busyness(day, lastDay)) return NOTHING;
      if ((since[visitor] as number) > day) return NOTHING;
      return drawSession(shop, seed, visitor, persona(visitor), day);
    },
  };
}

/** How busy a day is: weekends more, and the shop has grown lately. 1970-01-01 was a Thursday. */
function busyness(day: number, lastDay: number): number {
  const weekday = (day + 4) % 7;
  return (weekday === 0 || weekday === 6 ? 1.3 : 0.88) * (lastDay - day < 60 ? 1.35 : 0.82);
}

/**
 * The events of the days `from` to `to`, a day at a time, in order of time. Refunds of earlier purchases of the
 * window are among them. Holds one day and the refunds to come, never more.
 */
export function* dailyEvents(crowd: Crowd, window: SampleWindow, from: number, to: number): Generator<SampleEvent[]> {
  const later = new Map<number, SampleEvent[]>();
  for (let day = Math.max(window.firstDay, from - REFUND_DAYS); day <= to; day++) {
    const events = later.get(day) ?? [];
    later.delete(day);
    for (let visitor = 1; visitor <= crowd.size; visitor++) {
      for (const event of crowd.sessionOf(visitor, day)) {
        const on = Math.floor(event.time / DAY_SECONDS);
        if (on === day) events.push(event);
        else if (!later.get(on)?.push(event)) later.set(on, [event]);
      }
    }
    if (day >= from) yield events.sort((a, b) => a.time - b.time || a.visitor - b.visitor);
  }
}

/** Cents that a customer paid inside the window. */
export function spentBy(crowd: Crowd, window: SampleWindow, customer: number): number {
  let cents = 0;
  for (let day = window.firstDay; day <= window.lastDay; day++) {
    for (const event of crowd.sessionOf(customer, day)) {
      if (event.type === "purchase" && event.time <= window.endTime) cents += event.product.cents * event.quantity;
    }
  }
  return cents;
}
