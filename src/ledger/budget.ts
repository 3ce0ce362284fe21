import { AppError } from "../lib/errors.js";
import { costOf, type Price } from "./prices.js";

/** What questions may cost: asked before each call, told after it. */
export interface Budget {
  /** Throws AppError "cost" where the call could pass a limit. Tokens are the estimate of the prompt and the most of the answer. */
  check(prompt: number, completion: number): void;
  /** A call's cost; null where nobody knows it. */
  add(cost: number | null): void;
}

/**
 * Limits in dollars for one question and for the session. Without a price nothing can be estimated before a call; a
 * call that the endpoint itself prices then still counts, and stops the next one.
 */
export function createBudget(
  limits: { question: number; session: number; spentInSession: () => number },
  price: Price | undefined,
): Budget {
  let spent = 0;
  return {
    check(prompt, completion) {
      const next = price ? costOf({ prompt, cached: 0, completion }, price) : 0;
      const over = (limit: number, before: number) =>
        before + next > limit || (next === 0 && before >= limit && before > 0);
      if (over(limits.question, spent)) throw stopped("--max-cost", limits.question, spent, next);
      const session = limits.spentInSession();
      if (over(limits.session, session)) throw stopped("--max-cost-session", limits.session, session, next);
    },
    add(cost) {
      spent += cost ?? 0;
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
