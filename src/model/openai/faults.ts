import { APIConnectionError, APIError } from "openai";
import { AppError } from "../../lib/errors.js";

/** What can be done about a failed call. */
export interface Fault {
  /** retry: the same call may go well; shorten: the prompt is too long; stop: nothing to be done here. */
  remedy: "retry" | "shorten" | "stop";
  /** Requests after which it is given up. */
  attempts: number;
  /** Milliseconds that the endpoint asks to wait. */
  after?: number | undefined;
  /** The endpoint turned the call away before it answered: it has cost nothing. */
  free: boolean;
  error: AppError;
}

/** A stream that ended before it was complete. */
export class CutStream extends Error {}
/** No sign of the model for too long. */
export class Silence extends Error {}
/** An answer of another kind: a page, or JSON without choices. */
export class NoCompletion extends Error {}

/** Whom a call went to, and what must not be repeated of what came back. */
export interface Called {
  host: string;
  silenceSeconds: number;
  apiKey: string | undefined;
}

const TOO_LONG =
  /context.{0,20}(length|window|limit|size)|maximum context|too many tokens|prompt is too long|input token count|input is too long/i;

/** Longest wait that an endpoint may ask for; beyond it the question fails at once. */
const LONGEST_WAIT = 30_000;
const LONGEST_QUOTE = 200;

/** What a thrown error of the endpoint means, in words that hold no key even where the endpoint repeats it. */
export function faultOf(cause: unknown, called: Called): Fault {
  const { host, silenceSeconds } = called;
  if (cause instanceof AppError) return fault("stop", false, cause);
  if (cause instanceof Silence) {
    const hint = "Ask again, or raise AUDIENCE_MODEL_SILENCE.";
    const error = new AppError("timeout", `${host} said nothing for ${silenceSeconds} s.`, { hint });
    return { ...fault("retry", false, error), attempts: 2 };
  }
  if (cause instanceof CutStream) {
    const message = `${host} ended its answer in the middle.`;
    return fault("retry", false, new AppError("unreachable", message, { hint: "Ask again.", cause }));
  }
  if (cause instanceof APIConnectionError) {
    const hint = "`audience doctor` checks the endpoint.";
    const message = `${host} cannot be reached: ${reason(cause)}.`;
    return fault("retry", true, new AppError("unreachable", message, { hint, cause }));
  }
  if (cause instanceof APIError) return faultOfStatus(cause, called);
  const hint = "Check AUDIENCE_BASE_URL: it has to name an OpenAI-compatible address, most often ending in /v1.";
  const message = `${host} answered something that is no completion.`;
  return fault("stop", false, new AppError("unreachable", message, { hint, cause }));
}

function faultOfStatus(cause: APIError, { host, apiKey }: Called): Fault {
  // Inside a stream the status stands in the error itself.
  const inside = Number(cause.code ?? (cause.error as { code?: unknown } | undefined)?.code);
  const status = cause.status ?? (Number.isInteger(inside) ? inside : undefined);
  const free = cause.status !== undefined;
  const quoted = quote(cause.message, apiKey);
  if (status === 401 || status === 403) {
    const message =
      status === 401 ? `${host} does not accept the key (401).` : `${host} refuses this key or model (403): ${quoted}`;
    return fault("stop", free, new AppError("config", message, { hint: KEY_HINT, cause }));
  }
  if (status === 402) {
    const hint = "Top it up, or ask with --planner rules.";
    return fault(
      "stop",
      free,
      new AppError("cost", `The account at ${host} has no credit left (402).`, { hint, cause }),
    );
  }
  if (status === 404) {
    const hint = "Check AUDIENCE_MODEL and AUDIENCE_BASE_URL.";
    const message = `${host} does not know this model or address (404): ${quoted}`;
    return fault("stop", free, new AppError("config", message, { hint, cause }));
  }
  if (status === 413 || cause.code === "context_length_exceeded" || TOO_LONG.test(cause.message)) {
    const message = "The question and its results are longer than the model takes.";
    return fault("shorten", free, new AppError("model", message, { hint: "Ask for less at a time.", cause }));
  }
  if (status === 429) {
    const after = retryAfter(cause);
    const wait = after === undefined ? "" : `; it asks to wait ${Math.ceil(after / 1000)} s`;
    const hint = "Wait, or ask with --planner rules.";
    const message = `${host} takes no more calls for now (429)${wait}.`;
    return patient(after, free, new AppError("unreachable", message, { hint, cause }));
  }
  if (status === undefined || status >= 500 || status === 408 || status === 409) {
    const where = status ?? "in the middle of its answer";
    const hint = "Ask again later, or ask with --planner rules.";
    const message = `${host} failed (${where}): ${quoted}`;
    return patient(retryAfter(cause), free, new AppError("unreachable", message, { hint, cause }));
  }
  const hint = "Check AUDIENCE_MODEL: it must be able to call tools.";
  const message = `${host} refused the call (${status}): ${quoted}`;
  return fault("stop", free, new AppError("model", message, { hint, cause }));
}

const KEY_HINT = "Check OPENROUTER_API_KEY or OPENAI_API_KEY.";

function fault(remedy: Fault["remedy"], free: boolean, error: AppError): Fault {
  return { remedy, attempts: 3, free, error };
}

/** Tried again, unless the endpoint wants to be left alone for longer than anybody waits. */
function patient(after: number | undefined, free: boolean, error: AppError): Fault {
  return { ...fault(after === undefined || after <= LONGEST_WAIT ? "retry" : "stop", free, error), after };
}

/** What an endpoint says, as one short sentence without the key. */
function quote(message: string, apiKey: string | undefined): string {
  const bare = (apiKey === undefined ? message : message.replaceAll(apiKey, "***")).replace(/^\d{3} /, "").trim();
  const short = bare.length > LONGEST_QUOTE ? `${bare.slice(0, LONGEST_QUOTE)}...` : bare;
  return /[.!?]$/.test(short) ? short : `${short}.`;
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
