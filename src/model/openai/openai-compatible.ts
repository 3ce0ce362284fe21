import {
  type BaseTool,
  type ChatResponse,
  type ChatResponseChunk,
  type LLMChatParamsNonStreaming,
  type LLMChatParamsStreaming,
  type LLMMetadata,
  ToolCallLLM,
  type ToolCallLLMMessageOptions,
} from "llamaindex";
import OpenAI from "openai";
import type { Endpoint } from "../endpoint.js";
import { type ProviderFields, toOpenAiMessages } from "./chat-messages.js";
import { CutStream, NoCompletion, Silence } from "./faults.js";
import { collectCall, type Made, uniqueIds, wholeAnswer } from "./pieces.js";

/** Tokens and dollars of a call as the endpoint states them. */
export interface CallUsage {
  prompt: number;
  cached: number;
  completion: number;
  /** Undefined where the endpoint does not say. */
  cost: number | undefined;
}

/** `raw` of a chunk that says how the call ended, as soon as that is known: what was charged, then why it stopped. */
export interface CallEnd {
  usage?: CallUsage;
  finishReason?: string;
}

export interface ChatOptions {
  signal?: AbortSignal | undefined;
  /** Tools are shown but may not be called: the answer is due. */
  noTools?: boolean;
}

export type MessageOptions = ToolCallLLMMessageOptions & ProviderFields;

interface Settings {
  endpoint: Endpoint;
  /** Most tokens of an answer. */
  maxTokens: number;
  /** Milliseconds without a chunk after which the call fails. */
  silenceMs: number;
}

/**
 * A language model behind an endpoint that speaks OpenAI's chat completions: OpenRouter, OpenAI, Ollama, vLLM, LM Studio.
 * One call is one request: it is neither retried nor corrected here. Always streamed; the last chunk carries the tool
 * calls with their arguments as text and the provider's own fields. `raw` is a CallEnd, or null.
 */
export class OpenAiCompatible extends ToolCallLLM<ChatOptions, MessageOptions> {
  override supportToolCall = true;
  readonly #client: OpenAI;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    super();
    this.#settings = settings;
    const { baseUrl, apiKey } = settings.endpoint;
    this.#client = new OpenAI({
      baseURL: baseUrl,
      apiKey: apiKey ?? "none",
      // What OPENAI_* variables say beside the key is meant for OpenAI, not for every endpoint.
      adminAPIKey: null,
      organization: null,
      project: null,
      maxRetries: 0,
      logLevel: "off",
      defaultHeaders: { "X-Title": "audience" },
    });
  }

  override get metadata(): LLMMetadata {
    return {
      model: this.#settings.endpoint.model,
      temperature: 0,
      topP: 1,
      maxTokens: this.#settings.maxTokens,
      contextWindow: Number.POSITIVE_INFINITY, // the endpoint says when a prompt is too long
      tokenizer: undefined,
      structuredOutput: false,
    };
  }

  override chat(
    params: LLMChatParamsStreaming<ChatOptions, MessageOptions>,
  ): Promise<AsyncIterable<ChatResponseChunk<MessageOptions>>>;
  override chat(params: LLMChatParamsNonStreaming<ChatOptions, MessageOptions>): Promise<ChatResponse<MessageOptions>>;
  override async chat(
    params:
      | LLMChatParamsStreaming<ChatOptions, MessageOptions>
      | LLMChatParamsNonStreaming<ChatOptions, MessageOptions>,
  ): Promise<AsyncIterable<ChatResponseChunk<MessageOptions>> | ChatResponse<MessageOptions>> {
    const chunks = this.#stream(params as LLMChatParamsStreaming<ChatOptions, MessageOptions>);
    if (params.stream) return chunks;
    let content = "";
    let last: ChatResponseChunk<MessageOptions> | undefined;
    for await (const chunk of chunks) {
      content += chunk.delta;
      last = chunk;
    }
    return {
      message: { role: "assistant", content, ...(last?.options && { options: last.options }) },
      raw: last?.raw ?? null,
    };
  }

  async *#stream(
    params: LLMChatParamsStreaming<ChatOptions, MessageOptions>,
  ): AsyncGenerator<ChatResponseChunk<MessageOptions>> {
    const { signal } = params.additionalChatOptions ?? {};
    const watch = watchSilence(this.#settings.silenceMs, signal);
    try {
      const request = this.#client.chat.completions.create(this.#request(params), { signal: watch.signal });
      const { data, response } = await request.withResponse();
      const type = response.headers.get("content-type") ?? "";
      if (/html/.test(type)) throw new NoCompletion(type);
      yield* this.#chunks(/json/.test(type) ? [wholeAnswer(await response.text())] : data, watch.alive);
      signal?.throwIfAborted();
    } catch (error) {
      signal?.throwIfAborted();
      if (watch.silent()) throw new Silence();
      throw isCut(error) ? new CutStream("cut", { cause: error }) : error;
    } finally {
      watch.end();
    }
  }

  async *#chunks(
    stream: AsyncIterable<OpenAI.Chat.Completions.ChatCompletionChunk> | OpenAI.Chat.Completions.ChatCompletionChunk[],
    alive: () => void,
  ): AsyncGenerator<ChatResponseChunk<MessageOptions>> {
    const calls: Made[] = [];
    const provider: Record<string, unknown> = {};
    let finishReason: string | undefined;
    for await (const chunk of stream) {
      alive();
      const usage = usageOf(chunk);
      // At once: a stream that breaks later was charged all the same.
      if (usage) yield { raw: { usage } satisfies CallEnd, delta: "" };
      const choice = chunk.choices?.[0];
      if (!choice) continue;
      finishReason = choice.finish_reason ?? finishReason;
      const { content, tool_calls: parts, role: _, ...others } = choice.delta ?? {};
      for (const part of parts ?? []) collectCall(calls, part);
      collect(provider, others);
      if (content) yield { raw: null, delta: content };
    }
    if (finishReason === undefined || finishReason === "error") throw new CutStream("no finish reason");
    const made = uniqueIds(calls);
    const kept = Object.keys(provider).length > 0 ? { provider } : {};
    yield {
      raw: { finishReason } satisfies CallEnd,
      delta: "",
      options: made.length > 0 ? { toolCall: made, ...kept } : kept,
    };
  }

  #request({ messages, tools, additionalChatOptions }: LLMChatParamsStreaming<ChatOptions, MessageOptions>) {
    const { endpoint, maxTokens } = this.#settings;
    const { model, statesCost, baseUrl } = endpoint;
    const name = model.split("/").at(-1) ?? model;
    return {
      model,
      messages: toOpenAiMessages(messages),
      stream: true as const,
      stream_options: { include_usage: true },
      // OpenAI's own endpoint no longer takes max_tokens; the others know nothing else.
      ...(baseUrl.includes("api.openai.com") ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
      // Models that reason refuse a temperature.
      ...(/^(o\d|gpt-5)/.test(name) ? {} : { temperature: 0 }),
      ...(tools && tools.length > 0 && { tools: tools.map(declare) }),
      ...(tools && tools.length > 0 && additionalChatOptions?.noTools && { tool_choice: "none" as const }),
      ...(statesCost && { usage: { include: true } }),
    };
  }
}

function declare({ metadata }: BaseTool): OpenAI.Chat.Completions.ChatCompletionTool {
  const { name, description, parameters } = metadata;
  return { type: "function", function: { name, description, ...(parameters && { parameters }) } };
}

/** OpenRouter adds `cost`, and counts cached tokens among those of the prompt, as OpenAI does. */
function usageOf({ usage }: OpenAI.Chat.Completions.ChatCompletionChunk): CallUsage | undefined {
  if (!usage) return undefined;
  const { cost } = usage as { cost?: unknown };
  return {
    prompt: usage.prompt_tokens ?? 0,
    cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
    completion: usage.completion_tokens ?? 0,
    cost: typeof cost === "number" ? cost : undefined,
  };
}

/** Joins the pieces of fields that this client knows nothing of. */
function collect(into: Record<string, unknown>, pieces: Record<string, unknown>): void {
  for (const [name, piece] of Object.entries(pieces)) {
    if (piece === null || piece === undefined || name === "refusal") continue;
    const before = into[name];
    if (typeof before === "string" && typeof piece === "string") into[name] = before + piece;
    else if (Array.isArray(before) && Array.isArray(piece)) into[name] = [...before, ...piece];
    else into[name] = piece;
  }
}

/** A connection that broke after the answer had begun. */
function isCut(error: unknown): boolean {
  const text =
    error instanceof Error ? `${error.name} ${error.message} ${String((error.cause as Error)?.message ?? "")}` : "";
  return (
    /terminated|premature close|socket hang up|ECONNRESET|aborted|other side closed/i.test(text) &&
    !/APIConnection/.test(error?.constructor.name ?? "")
  );
}

/** A signal that fires with the caller's, or when `alive` was not called for so long. */
function watchSilence(ms: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let silent = false;
  const stop = () => controller.abort(outer?.reason);
  const start = () =>
    setTimeout(() => {
      silent = true;
      controller.abort();
    }, ms);
  let timer = start();
  if (outer?.aborted) stop();
  outer?.addEventListener("abort", stop, { once: true });
  return {
    signal: controller.signal,
    silent: () => silent,
    alive: () => {
      clearTimeout(timer);
      timer = start();
    },
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}
