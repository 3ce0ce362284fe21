import { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { AppError } from "../../lib/errors.js";

/** What can be done about a failed call. */
export interface Fault {
  /** retry: the same call may go well; shorten: the prompt is too long; stop: nothing to be done here. */
  remedy: "retry" | "shorten" | "stop";
  /** Milliseconds that the endpoint asks to wait. */
  after?: number | undefined;
  error: AppError;
}

/** A stream that ended before it was complete. */
export class CutStream extends Error {}
/** No sign of the model for too long. */
export class Silence extends Error {}

const TOO_LONG =
  /context.{0,20}(length|window|limit)|maximum context|too many tokens|prompt is too long|input token count/i;

/** Longest wait that an endpoint may ask for; beyond it the question fails at once. */
const LONGEST_WAIT = 30_000;

/** What a thrown error of the endpoint means, without repeating anything that could hold the key. */
export function faultOf(cause: unknown, host: string, silenceSeconds: number): Fault {
  const fault = (
    remedy: Fault["remedy"],
    code: "config" | "unreachable" | "timeout" | "model" | "cost",
    message: string,
    hint: string,
  ) => ({
    remedy,
    error: new AppError(code, message, { hint, cause }),
  });
  if (cause instanceof AppError) return { remedy: "stop", error: cause };
  if (cause instanceof APIUserAbortError) return fault("stop", "model", "The call was aborted.", "Ask again.");
  if (cause instanceof Silence) {
    return fault(
      "retry",
      "timeout",
      `${host} said nothing for ${silenceSeconds} s.`,
      "Ask again, or raise AUDIENCE_MODEL_SILENCE.",
    );
  }
  if (cause instanceof CutStream) {
    return fault("retry", "unreachable", `${host} ended its answer in the middle.`, "Ask again.");
  }
  if (cause instanceof APIConnectionError) {
    return fault(
      "retry",
      "unreachable",
      `${host} cannot be reached: ${reason(cause)}.`,
      "`audience doctor` checks the endpoint.",
    );
  }
  if (!(cause instanceof APIError)) {
    return fault(
      "stop",
      "unreachable",
      `${host} answered something that is no completion.`,
      "Check AUDIENCE_BASE_URL.",
    );
  }
  const { status } = cause;
  if (status === 401 || status === 403) {
    return fault(
      "stop",
      "config",
      `${host} does not accept the key (${status}).`,
      "Check OPENROUTER_API_KEY or OPENAI_API_KEY.",
    );
  }
  if (status === 402) {
    return fault(
      "stop",
      "cost",
      `The account at ${host} has no credit left (402).`,
      "Top it up, or ask with --planner rules.",
    );
  }
  if (status === 404) {
    return fault(
      "stop",
      "config",
      `${host} does not know this model or address (404).`,
      "Check AUDIENCE_MODEL and AUDIENCE_BASE_URL.",
    );
  }
  if (status === 413 || (status === 400 && TOO_LONG.test(cause.message))) {
    return fault(
      "shorten",
      "model",
      "The question and its results are longer than the model takes.",
      "Ask for less at a time.",
    );
  }
  if (status === 429) {
    const after = retryAfter(cause);
    const patient = after === undefined || after <= LONGEST_WAIT;
    return {
      ...fault(
        patient ? "retry" : "stop",
        "unreachable",
        `${host} takes no more calls for now (429)${after === undefined ? "" : `; it asks to wait ${Math.ceil(after / 1000)} s`}.`,
        "Wait, or ask with --planner rules.",
      ),
      after,
    };
  }
  if (status === undefined || status >= 500 || status === 408 || status === 409) {
    return {
      ...fault(
        "retry",
        "unreachable",
        `${host} failed (${status ?? "in the middle of its answer"}).`,
        "Ask again later.",
      ),
      after: retryAfter(cause),
    };
  }
  return fault(
    "stop",
    "model",
    `${host} refused the call (${status}): ${cause.message.slice(0, 200)}.`,
    "Check AUDIENCE_MODEL: it must be able to call tools.",
  );
}

/** Retry-After in seconds or as a date, in milliseconds. */
function retryAfter({ headers }: APIError): number | undefined {
  const text = headers?.get("retry-after") ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function reason(error: APIConnectionError): string {
  const cause = error.cause as { code?: string; cause?: { code?: string } } | undefined;
  return cause?.code ?? cause?.cause?.code ?? "no connection";
}
