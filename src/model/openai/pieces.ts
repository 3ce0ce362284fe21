import OpenAI from "openai";
import { NoCompletion } from "./faults.js";

/** A tool call as it is put together from its pieces. */
export interface Made {
  id: string;
  name: string;
  /** The arguments as the model wrote them. */
  input: string;
}

type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;
type Piece = NonNullable<Chunk["choices"][number]["delta"]["tool_calls"]>[number];

/**
 * Adds a piece to the call that it belongs to. A new id begins a new call also where the index stays 0, as some endpoints
 * leave it; arguments may come as an object.
 */
export function collectCall(calls: Made[], { index, id, function: made }: Piece): void {
  const at = calls[index ?? calls.length - 1];
  const next = at !== undefined && id && at.id !== "" && id !== at.id;
  const call = !at || next ? { id: "", name: "", input: "" } : at;
  if (!at && index !== undefined) calls[index] = call;
  else if (!at || next) calls.push(call);
  call.id ||= id ?? "";
  call.name ||= made?.name ?? "";
  const text: unknown = made?.arguments ?? "";
  call.input += typeof text === "string" ? text : JSON.stringify(text);
}

/** The calls without gaps, each with an id of its own: results are told apart by it. */
export function uniqueIds(calls: readonly (Made | undefined)[]): Made[] {
  const seen = new Set<string>();
  return calls
    .filter((call) => call !== undefined)
    .map((call, i) => {
      const id = call.id === "" || seen.has(call.id) ? `${call.id || "call"}_${i}` : call.id;
      seen.add(id);
      return { ...call, id };
    });
}

/** An answer that came as one JSON text, as if it had been streamed. Throws an error that stands in it. */
export function wholeAnswer(text: string): Chunk {
  let body: { error?: { message?: string }; choices?: { message?: object; finish_reason?: string }[] } | null;
  try {
    body = JSON.parse(text) as typeof body;
  } catch (cause) {
    throw new NoCompletion("not JSON", { cause });
  }
  if (body?.error) throw new OpenAI.APIError(undefined, body.error, body.error.message, undefined);
  const [choice] = body?.choices ?? [];
  if (!choice?.message) throw new NoCompletion("no choices");
  return { ...body, choices: [{ index: 0, delta: choice.message, finish_reason: choice.finish_reason }] } as Chunk;
}
