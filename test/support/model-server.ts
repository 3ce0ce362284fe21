import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type ChatRequest, problemsOf } from "./model-request.js";

/** Tokens and dollars as a reply states them. */
export interface SentUsage {
  prompt: number;
  cached?: number;
  completion: number;
  /** As OpenRouter adds it. */
  cost?: number;
}

/** An answer of the scripted model, streamed in pieces. */
export interface Reply {
  /** Text, a chunk a piece. */
  content?: string | readonly string[];
  /** `args` as text is sent as it stands; `pieces` chunks (2 unless given) carry it. */
  calls?: readonly { name: string; args: unknown; id?: string; pieces?: number }[];
  /** "stop", or "tool_calls" with calls, unless given; null for none. */
  finish?: string | null;
  /** Counted from the texts unless given; null for none. */
  usage?: Partial<SentUsage> | null;
  /** Fields of the delta that no client knows, one chunk each. */
  extra?: readonly Record<string, unknown>[];
  /** Chunks after which `ends` happens; all of them unless given. */
  after?: number;
  /** cut: the socket breaks; silence: nothing more comes; an object: an error chunk. Usage is not sent after it. */
  ends?: "cut" | "silence" | { error: Record<string, unknown> };
  /** Milliseconds before each chunk but the first. */
  gapMs?: number;
}

/** An answer by status alone. */
export interface Failure {
  status: number;
  headers?: Record<string, string>;
  /** Text is sent as it stands. */
  body?: unknown;
}

export type Scene = Reply | Failure | ((request: ChatRequest, index: number) => Reply | Failure);

export interface ModelServer {
  /** What AUDIENCE_BASE_URL takes. */
  url: string;
  requests: ChatRequest[];
  /** What was sent in usage since the script began. */
  sent: { prompt: number; cached: number; completion: number; cost: number };
  /** Times (performance.now) at which the first chunk of each answer left. */
  firstChunks: number[];
  /** What requests did against the protocol; each also got a 400. */
  problems: string[];
  /** Requests whose client went away before the end. */
  abandoned: number;
  /** A new script; what was recorded is forgotten. The last scene of a list repeats itself. */
  play(script: readonly Scene[]): void;
  close(): Promise<void>;
}

/** A language model by script, on a port of its own: it speaks OpenAI's streamed chat completions. */
export async function startModelServer(script: readonly Scene[] = []): Promise<ModelServer> {
  let scenes = script;
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      model.problems.push(`server: ${error.message}`);
      response.destroy();
    });
  });
  const model: ModelServer = {
    url: "",
    ...blank(),
    play(next) {
      scenes = next;
      Object.assign(model, blank());
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const index = model.requests.push(request) - 1;
    response.on("close", () => {
      if (!response.writableEnded) model.abandoned++;
    });
    const problems = problemsOf(request);
    model.problems.push(...problems);
    if (problems.length > 0)
      return sendFailure(response, { status: 400, body: { error: { message: problems.join() } } });
    const scene = scenes[Math.min(index, scenes.length - 1)];
    if (!scene) return sendFailure(response, { status: 500, body: { error: { message: "no script" } } });
    const play = typeof scene === "function" ? scene(request, index) : scene;
    if ("status" in play) return sendFailure(response, play);
    await sendReply(response, play, request);
  }

  async function sendReply(response: ServerResponse, reply: Reply, request: ChatRequest): Promise<void> {
    const { usage, chunks } = chunksOf(reply, request);
    const until = reply.ends === undefined ? chunks.length : Math.min(reply.after ?? chunks.length, chunks.length);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    for (const [i, chunk] of chunks.slice(0, until).entries()) {
      if (i > 0 && reply.gapMs) await wait(reply.gapMs);
      if (response.destroyed) return;
      if (i === 0) model.firstChunks.push(performance.now());
      response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    if (reply.ends === "silence") return;
    if (reply.ends === "cut") {
      await wait(5); // lets what was written leave
      return void response.destroy();
    }
    if (reply.ends) response.write(`data: ${JSON.stringify(reply.ends)}\n\n`);
    else if (usage) {
      response.write(`data: ${JSON.stringify({ ...frame(request), choices: [], usage: usageChunk(usage) })}\n\n`);
      model.sent.prompt += usage.prompt;
      model.sent.cached += usage.cached ?? 0;
      model.sent.completion += usage.completion;
      model.sent.cost += usage.cost ?? 0;
    }
    response.end("data: [DONE]\n\n");
  }

  // A slow machine would else find connections closed that it was about to use again.

  server.keepAliveTimeout = 600_000;

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  model.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return model;
}

function blank() {
  return {
    requests: [] as ChatRequest[],
    sent: { prompt: 0, cached: 0, completion: 0, cost: 0 },
    firstChunks: [] as number[],
    problems: [] as string[],
    abandoned: 0,
  };
}

async function readRequest(incoming: IncomingMessage): Promise<ChatRequest> {
  let text = "";
  for await (const part of incoming) text += part;
  const body = (text === "" ? {} : JSON.parse(text)) as ChatRequest["body"];
  return { path: incoming.url ?? "", headers: incoming.headers, body, messages: body.messages ?? [] };
}

function sendFailure(response: ServerResponse, { status, headers, body = { error: { message: "failed" } } }: Failure) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers }).end(text);
}

function chunksOf(reply: Reply, request: ChatRequest): { chunks: object[]; usage: SentUsage | undefined } {
  const { content = [], calls = [], extra = [] } = reply;
  const pieces = typeof content === "string" ? [content] : content;
  const deltas: object[] = [
    ...extra,
    ...pieces.map((piece) => ({ content: piece })),
    ...calls.flatMap((call, index) => callDeltas(call, index, request.messages.length)),
  ];
  const finish = reply.finish === undefined ? (calls.length > 0 ? "tool_calls" : "stop") : reply.finish;
  const chunk = (delta: object, finish_reason: string | null) => ({
    ...frame(request),
    choices: [{ index: 0, delta: { role: "assistant", ...delta }, finish_reason }],
  });
  const counted = {
    prompt: Math.ceil(JSON.stringify(request.body).length / 4),
    completion: Math.ceil(JSON.stringify([pieces, calls]).length / 4),
  };
  return {
    chunks: [...deltas.map((delta) => chunk(delta, null)), ...(finish === null ? [] : [chunk({}, finish)])],
    usage: reply.usage === null ? undefined : { ...counted, ...reply.usage },
  };
}

function callDeltas(call: NonNullable<Reply["calls"]>[number], index: number, turn: number): object[] {
  const text = typeof call.args === "string" ? call.args : JSON.stringify(call.args);
  const size = Math.max(1, Math.ceil(text.length / (call.pieces ?? 2)));
  const parts = text === "" ? [""] : (text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? []);
  return parts.map((part, i) => ({
    tool_calls: [
      {
        index,
        ...(i === 0 && { id: call.id ?? `call_${turn}_${index}`, type: "function" }),
        function: { ...(i === 0 && { name: call.name }), arguments: part },
      },
    ],
  }));
}

function frame({ body }: ChatRequest): object {
  return { id: "chatcmpl-test", object: "chat.completion.chunk", created: 0, model: body.model };
}

function usageChunk({ prompt, completion, cached, cost }: SentUsage): object {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(cost !== undefined && { cost }),
  };
}
