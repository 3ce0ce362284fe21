import { AppError } from "../lib/errors.js";
import { costOf, type Price } from "./prices.js";

/** What questions may cost: asked before each call, told after it. */
export interface Budget {
  /**
   * Sets aside what a call may cost: `prompt` tokens by estimate, `completion` at most. Gives back what settles it, with
   * the call's cost or null where nobody knows it; then what was set aside counts. Throws AppError "cost" where the call
   * could pass a limit.
   */
  reserve(prompt: number, completion: number): (cost: number | null) => void;
}

/** Dollars that calls of one session may still come to, shared by all its questions. */
export interface SessionBudget {
  limit: number;
  /** Dollars of the calls whose cost is known. */
  spent(): number;
  /** Set aside for calls that run, and for those whose cost nobody knows. */
  open: number;
}

/**
 * Limits in dollars for one question and for the session. Without a price of the table the most that a call of this
 * question has cost by the endpoint's own account is expected of the next one.
 */
export function createBudget(limit: number, session: SessionBudget, price: Price | undefined): Budget {
  let spent = 0;
  let open = 0;
  let highest = 0;
  return {
    reserve(prompt, completion) {
      const next = price ? costOf({ prompt, cached: 0, completion }, price) : highest;
      if (spent + open + next > limit) throw stopped("--max-cost", limit, spent, next);
      const inSession = session.spent();
      if (inSession + session.open + next > session.limit)
        throw stopped("--max-cost-session", session.limit, inSession, next);
      open += next;
      session.open += next;
      return (cost) => {
        if (cost === null) return;
        open -= next;
        session.open -= next;
        spent += cost;
        highest = Math.max(highest, cost);
      };
    },
  };
}

function stopped(flag: string, limit: number, spent: number, next: number): AppError {
  return new AppError(
    "cost",
    `Stopped before a call that may cost ${dollars(next)}: ${dollars(spent)} of ${dollars(limit)} (${flag}) are spent.`,
    { hint: `Raise ${flag}, or ask with --planner rules, which costs nothing.` },
  );
}

function dollars(amount: number): string {
  return `$${amount.toFixed(4)}`;
}
