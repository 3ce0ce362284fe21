import { AppError } from "../../src/lib/errors.js";
import { DAY_SECONDS } from "./session.js";

export interface SampleOptions {
  /** Rows of the CRM; default 500. */
  customers: number;
  /** The same seed gives the same files; default 1. */
  seed: number;
  /** Time of the newest event, to the second; default 2025-06-30T20:00:00Z. */
  end: Date;
  /** Calendar days with events, the day of `end` being the last; default 180. */
  days: number;
  /** Whether to mix in bad rows, duplicates and blanks, as real exports have them; default true. */
  dirt: boolean;
}

export interface SampleWindow extends SampleOptions {
  /** `end` in seconds since 1970. */
  endTime: number;
  /** First and last day, counted from 1970. */
  firstDay: number;
  lastDay: number;
  /** Visitors beyond the customers: `unknown` have an id that the CRM lacks, then `anonymous` have none. */
  unknown: number;
  anonymous: number;
}

/**
 * Fills in the defaults.
 * @throws AppError "usage" for numbers that cannot be
 */
export function sampleWindow(options: Partial<SampleOptions>): SampleWindow {
  const { customers = 500, seed = 1, end = new Date("2025-06-30T20:00:00Z"), days = 180, dirt = true } = options;
  for (const [name, value] of Object.entries({ customers, days })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new AppError("usage", `${name} must be a whole number from 1.`);
  }
  if (!Number.isSafeInteger(seed)) throw new AppError("usage", "seed must be a whole number.");
  if (Number.isNaN(end.getTime())) throw new AppError("usage", "end is not a date.");
  const endTime = Math.floor(end.getTime() / 1000);
  const lastDay = Math.floor(endTime / DAY_SECONDS);
  const unknown = Math.ceil(customers * 0.006);
  const anonymous = Math.ceil(customers * 0.04);
  return { customers, seed, end, days, dirt, endTime, firstDay: lastDay - days + 1, lastDay, unknown, anonymous };
}
