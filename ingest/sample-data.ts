import { AppError } from "../src/lib/errors.js";
import { csvLine } from "./sample/csv-line.js";
import {
  badCustomerLine,
  CUSTOMER_COLUMNS,
  customerValues,
  olderCustomerLine,
  untidyCustomer,
} from "./sample/customer-rows.js";
import { eventLines } from "./sample/event-rows.js";
import { type SampleOptions, type SampleWindow, sampleWindow } from "./sample/options.js";
import { hash, Random } from "./sample/random.js";
import { DAY_SECONDS, type SampleEvent } from "./sample/session.js";
import { sampleShop } from "./sample/shop.js";
import { createCrowd, dailyEvents, spentBy } from "./sample/traffic.js";

export type { SampleOptions } from "./sample/options.js";

const OLDER = 0.01;
const BAD = 0.016;

/**
 * The lines of crm.csv, header first, without line ends: one current row a customer, ids from 1. total_spent is
 * the sum of the customer's purchases in sampleEvents plus what they spent before. With dirt, some customers have
 * an older row before the current one, and some rows are bad (of ids that are no customers).
 * @throws AppError "usage" for impossible options
 */
export function* sampleCustomers(options: Partial<SampleOptions> = {}): Generator<string> {
  const window = sampleWindow(options);
  const shop = sampleShop();
  const crowd = createCrowd(shop, window);
  let bad = 0;
  yield CUSTOMER_COLUMNS.join(",");
  for (let id = 1; id <= window.customers; id++) {
    const values = customerValues(shop, window, crowd.personaOf(id), id, spentBy(crowd, window, id));
    if (!window.dirt) {
      yield csvLine(values);
      continue;
    }
    const random = new Random(hash(window.seed, id, 5));
    if (random.chance(OLDER)) yield olderCustomerLine(values, random);
    yield csvLine(untidyCustomer(values, random));
    if (random.chance(BAD)) yield badCustomerLine(values, window.customers + window.unknown + id, bad++);
  }
}

/**
 * The lines of clickstream.csv, header first, without line ends: times ascend to options.end, event ids from 1.
 * Holds two days of events at a time.
 * @throws AppError "usage" for impossible options
 */
export function sampleEvents(options: Partial<SampleOptions> = {}): Generator<string> {
  const window = sampleWindow(options);
  const crowd = createCrowd(sampleShop(), window);
  return eventLines(endingAt(dailyEvents(crowd, window, window.firstDay, window.lastDay), window), window, 1);
}

export interface AppendOptions extends Partial<SampleOptions> {
  /** Events come after this time: the newest event that there is. */
  after: Date;
  /** The first event id that is free. */
  firstEventId: number;
  /** Rows to write. */
  count: number;
}

/**
 * Fresh events, as if the shop had gone on: the same customers with the same tastes, where the other options are
 * those of the files that they follow. Header first, without line ends.
 * @throws AppError "usage" for impossible options
 */
export function* appendEvents(options: AppendOptions): Generator<string> {
  const window = sampleWindow(options);
  const { after, firstEventId, count } = options;
  if (Number.isNaN(after.getTime())) throw new AppError("usage", "after is not a date.");
  if (!Number.isSafeInteger(firstEventId) || firstEventId < 0)
    throw new AppError("usage", "firstEventId must be a whole number.");
  if (!Number.isSafeInteger(count) || count < 0) throw new AppError("usage", "count must be a whole number.");
  const crowd = createCrowd(sampleShop(), window);
  const afterTime = Math.floor(after.getTime() / 1000);
  const days = dailyEvents(crowd, window, Math.floor(afterTime / DAY_SECONDS), Number.POSITIVE_INFINITY);
  let left = count + 1; // the header
  for (const line of eventLines(later(days, afterTime), window, firstEventId)) {
    yield line;
    if (--left === 0) return;
  }
}

function* later(days: Iterable<SampleEvent[]>, after: number): Generator<SampleEvent[]> {
  for (const events of days) yield events.filter((e) => e.time > after);
}

/** Cuts the events at the end of the window and lets the newest stand exactly there. */
function* endingAt(days: Iterable<SampleEvent[]>, window: SampleWindow): Generator<SampleEvent[]> {
  let held: SampleEvent[] = [];
  for (const day of days) {
    const events = day.filter((e) => e.time <= window.endTime);
    if (events.length === 0) continue;
    yield held;
    held = events;
  }
  const newest = held.at(-1);
  if (newest !== undefined) newest.time = window.endTime;
  yield held;
}
