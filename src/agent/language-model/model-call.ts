import type { Budget } from "../../ledger/budget.js";
import type { Ledger } from "../../ledger/ledger.js";
import { costOf, type Price } from "../../ledger/prices.js";
import { abortError, throwIfAborted } from "../../lib/abort.js";
import type { Utterance } from "../../model/model.js";
import type { Message } from "../../model/openai/chat-messages.js";
import { faultOf } from "../../model/openai/faults.js";
import type { CallEnd, OpenAiCompatible } from "../../model/openai/openai-compatible.js";
import type { Usage } from "../../render/answer.js";
import type { declareTools } from "./function-tools.js";

/** What a language model is called with, and what its calls are charged to. */
export interface Caller {
  llm: OpenAiCompatible;
  model: string;
  host: string;
  apiKey: string | undefined;
  maxTokens: number;
  silenceSeconds: number;
  price: Price | undefined;
  ledger: Ledger;
  budget: Budget;
  tools: ReturnType<typeof declareTools>;
  question: string;
  usage: Usage["llm"];
  /** Requests that broke before anybody said what they cost. */
  uncounted: number;
  /** Before a second attempt; twice as long before a third. */
  firstWaitMs: number;
  /** The most that a byte of a prompt has come to. */
  tokensPerByte: number;
  clock(): number;
}

/** One complete answer of the model. */
export interface Reply {
  text: string;
  message: Message;
  calls: { id: string; name: string; input: string }[];
  /** "length": it had no more room. */
  finishReason: string;
}

export interface Prompt {
  messages: Message[];
  noTools: boolean;
  signal?: AbortSignal | undefined;
  /** The same in fewer words, for when it is too long; undefined when nothing can be left out. */
  shorter?: (() => Message[] | undefined) | undefined;
}

/** Tokens a byte of English and JSON; on the safe side for an estimate, and put right by what an endpoint counts. */
export const TOKENS_A_BYTE = 1 / 3;

/** What is known of a request when it has ended, however it ended. */
interface Request {
  end: CallEnd;
  said: boolean;
  failure: string | undefined;
  /** It was turned away, and has cost nothing. */
  free: boolean;
}

/**
 * One answer of the model, with as many requests as that takes: what may go well the second time is tried again, each
 * request is estimated before and written to the ledger after, whatever became of it. Throws AppError.
 */
export async function* callModel(caller: Caller, prompt: Prompt): AsyncGenerator<Utterance, Reply, void> {
  const { signal } = prompt;
  let { messages } = prompt;
  let shortened = false;
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal);
    const size = Buffer.byteLength(JSON.stringify([messages, caller.tools.map((tool) => tool.metadata)]));
    const settle = caller.budget.reserve(Math.ceil(size * caller.tokensPerByte), caller.maxTokens);
    const began = caller.clock();
    const request: Request = { end: {}, said: false, failure: "given up", free: false };
    let wait = 0;
    try {
      const reply = yield* oneRequest(caller, { ...prompt, messages }, request);
      request.failure = undefined;
      return reply;
    } catch (cause) {
      if (signal?.aborted) {
        request.failure = CANCELLED;
        throw abortError(signal);
      }
      const fault = faultOf(cause, caller);
      request.failure = fault.error.message;
      request.free = fault.free;
      if (request.said) yield { type: "retracted", reason: fault.error.message };
      const shorter = fault.remedy === "shorten" && !shortened ? prompt.shorter?.() : undefined;
      if (shorter) {
        messages = shorter;
        shortened = true;
      } else {
        if (fault.remedy !== "retry" || attempt >= fault.attempts) throw fault.error;
        wait = fault.after ?? caller.firstWaitMs * 2 ** (attempt - 1);
        yield { type: "waiting", reason: fault.error.message, ms: wait };
      }
    } finally {
      const counted = request.end.usage?.prompt ?? 0;
      caller.tokensPerByte = Math.max(caller.tokensPerByte, counted / size);
      settle(account(caller, request, caller.clock() - began));
    }
    await pause(wait, signal);
  }
}

const CANCELLED = "cancelled";

async function* oneRequest(
  { llm, tools }: Caller,
  { messages, noTools, signal }: Prompt,
  request: Request,
): AsyncGenerator<Utterance, Reply, void> {
  const additionalChatOptions = { signal, noTools };
  const stream = await llm.chat({ messages, tools, stream: true, additionalChatOptions });
  let text = "";
  let options: Message["options"];
  for await (const chunk of stream) {
    text += chunk.delta;
    if (chunk.raw) request.end = { ...request.end, ...(chunk.raw as CallEnd) };
    options = chunk.options ?? options;
    if (!chunk.delta) continue;
    request.said = true;
    yield { type: "text", delta: chunk.delta };
  }
  throwIfAborted(signal);
  // Calls that were not allowed are not made, and would stand in the conversation without a result; the text beside them
  // is a thought, and no answer.
  const { toolCall: made, ...others } = { toolCall: [], ...options };
  const calls = noTools ? [] : made;
  const kept = calls.length > 0 ? options : others;
  if (calls.length < made.length) text = "";
  return {
    text: text.trim(),
    message: { role: "assistant", content: text, ...(kept && { options: kept }) },
    calls: calls.map(({ id, name, input }) => ({
      id,
      name,
      input: typeof input === "string" ? input : JSON.stringify(input),
    })),
    finishReason: request.end.finishReason ?? "",
  };
}

/**
 * Charges a request by the endpoint's own figure, else by the price table, and gives its dollars; null where nobody
 * knows them, as of a stream that broke before its usage came.
 */
function account(caller: Caller, { end, failure, free }: Request, ms: number): number | null {
  const { usage, price, model } = caller;
  const tokens = end.usage ?? { prompt: 0, cached: 0, completion: 0, cost: undefined };
  const listed = price && end.usage ? costOf(tokens, price) : undefined;
  const nothing = free && !end.usage ? 0 : undefined;
  const cost = tokens.cost ?? listed ?? nothing ?? null;
  usage.calls++;
  usage.prompt_tokens += tokens.prompt;
  usage.completion_tokens += tokens.completion;
  if (end.usage) usage.cost_usd = cost === null || usage.cost_usd === null ? null : usage.cost_usd + cost;
  if (cost === null && !end.usage) caller.uncounted++;
  caller.ledger.record({
    question: caller.question,
    kind: "llm",
    model,
    prompt_tokens: tokens.prompt,
    cached_tokens: tokens.cached,
    completion_tokens: tokens.completion,
    cost_usd: cost,
    cost_from:
      tokens.cost !== undefined ? "endpoint" : listed !== undefined ? "prices" : cost === 0 ? "none" : "unknown",
    ms: Math.round(ms),
    status: failure === undefined ? "ok" : failure === CANCELLED ? "cancelled" : "failed",
    ...(failure !== undefined && { error: failure }),
  });
  return cost;
}

/** Waits before another attempt; a cancellation ends it at once. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(abortError(signal as AbortSignal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
