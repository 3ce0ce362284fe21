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
  maxTokens: number;
  silenceSeconds: number;
  price: Price | undefined;
  ledger: Ledger;
  budget: Budget;
  tools: ReturnType<typeof declareTools>;
  question: string;
  usage: Usage["llm"];
  clock(): number;
}

/** One complete answer of the model. */
export interface Reply {
  text: string;
  message: Message;
  calls: { id: string; name: string; input: string }[];
  /** It stopped because it had no more room. */
  cut: boolean;
}

export interface Prompt {
  messages: Message[];
  noTools: boolean;
  signal?: AbortSignal | undefined;
  /** The same in fewer words, for when it is too long; undefined when nothing can be left out. */
  shorter?: (() => Message[] | undefined) | undefined;
}

const MOST_ATTEMPTS = 3;
const FIRST_WAIT = 500;
/** Characters of English and JSON a token; on the safe side for an estimate. */
const CHARACTERS_A_TOKEN = 3.2;

/**
 * One answer of the model, with as many requests as that takes: what may go well the second time is tried again, each
 * request is estimated before and written to the ledger after, whatever became of it. Throws AppError.
 */
export async function* callModel(caller: Caller, prompt: Prompt): AsyncGenerator<Utterance, Reply, void> {
  let { messages } = prompt;
  let shortened = false;
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(prompt.signal);
    const size = JSON.stringify(messages).length + JSON.stringify(caller.tools.map((tool) => tool.metadata)).length;
    caller.budget.check(Math.ceil(size / CHARACTERS_A_TOKEN), caller.maxTokens);
    const began = caller.clock();
    let said = false;
    let end: CallEnd | undefined;
    let failure: string | undefined;
    try {
      const stream = await caller.llm.chat({
        messages,
        tools: caller.tools,
        stream: true,
        additionalChatOptions: { signal: prompt.signal, noTools: prompt.noTools },
      });
      let text = "";
      let options: Message["options"];
      for await (const chunk of stream) {
        text += chunk.delta;
        if (chunk.delta) {
          said = true;
          yield { type: "text", delta: chunk.delta };
        }
        if (chunk.raw) end = chunk.raw as CallEnd;
        options = chunk.options ?? options;
      }
      throwIfAborted(prompt.signal);
      const calls = options && "toolCall" in options ? options.toolCall : [];
      return {
        text: text.trim(),
        message: { role: "assistant", content: text, ...(options && { options }) },
        calls: calls.map(({ id, name, input }) => ({
          id,
          name,
          input: typeof input === "string" ? input : JSON.stringify(input),
        })),
        cut: end?.finishReason === "length",
      };
    } catch (cause) {
      if (prompt.signal?.aborted) {
        failure = "cancelled";
        throw abortError(prompt.signal);
      }
      const fault = faultOf(cause, caller.host, caller.silenceSeconds);
      failure = fault.error.message;
      if (said) yield { type: "retracted", reason: failure };
      const shorter = fault.remedy === "shorten" && !shortened ? prompt.shorter?.() : undefined;
      if (shorter) {
        messages = shorter;
        shortened = true;
      } else {
        if (fault.remedy !== "retry" || attempt >= MOST_ATTEMPTS) throw fault.error;
        await pause(fault.after ?? FIRST_WAIT * 2 ** (attempt - 1), prompt.signal);
      }
    } finally {
      account(caller, end, failure, caller.clock() - began);
    }
  }
}

/** Charges a request: the endpoint's own cost, else the price table's; nobody knows what a stream that broke has cost. */
function account(caller: Caller, end: CallEnd | undefined, failure: string | undefined, ms: number): void {
  const { usage, price, model } = caller;
  const tokens = end?.usage ?? { prompt: 0, cached: 0, completion: 0, cost: undefined };
  const listed = price && end?.usage ? costOf(tokens, price) : undefined;
  const cost = tokens.cost ?? listed ?? null;
  usage.calls++;
  usage.prompt_tokens += tokens.prompt;
  usage.completion_tokens += tokens.completion;
  if (end?.usage) usage.cost_usd = cost === null || usage.cost_usd === null ? null : usage.cost_usd + cost;
  caller.budget.add(cost);
  caller.ledger.record({
    question: caller.question,
    kind: "llm",
    model,
    prompt_tokens: tokens.prompt,
    cached_tokens: tokens.cached,
    completion_tokens: tokens.completion,
    cost_usd: cost,
    cost_from: tokens.cost !== undefined ? "endpoint" : listed !== undefined ? "prices" : "unknown",
    ms: Math.round(ms),
    status: failure === undefined ? "ok" : failure === "cancelled" ? "cancelled" : "failed",
    ...(failure !== undefined && { error: failure }),
  });
}

/** Waits before another attempt; a cancellation ends it at once. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
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
