import type { ChatMessage, ToolCallLLMMessageOptions } from "llamaindex";
import type OpenAI from "openai";

/** What llamaindex' message types do not know: fields of the provider that have to come back with the next turn. */
export interface ProviderFields {
  /** For example Gemini's reasoning_details, without which it forgets why it called a tool. */
  provider?: Record<string, unknown>;
}

export type Message = ChatMessage<ToolCallLLMMessageOptions & ProviderFields>;

type Param = OpenAI.Chat.Completions.ChatCompletionMessageParam;

/** llamaindex' messages as the chat completions protocol has them. */
export function toOpenAiMessages(messages: readonly Message[]): Param[] {
  return messages.map(({ role, content, options }): Param => {
    const text = typeof content === "string" ? content : content.map((c) => ("text" in c ? c.text : "")).join("");
    if (options && "toolResult" in options) {
      return { role: "tool", tool_call_id: options.toolResult.id, content: options.toolResult.result };
    }
    if (options && "toolCall" in options) {
      return {
        ...options.provider,
        role: "assistant",
        content: text === "" ? null : text,
        tool_calls: options.toolCall.map(({ id, name, input }) => ({
          id,
          type: "function" as const,
          function: { name, arguments: argumentsText(input) },
        })),
      };
    }
    if (role === "assistant") return { ...options?.provider, role, content: text };
    return { role: role === "system" || role === "developer" ? "system" : "user", content: text };
  });
}

/** Endpoints refuse a history whose arguments are no JSON object, so what a model wrote amiss is quoted in one. */
function argumentsText(input: unknown): string {
  if (typeof input !== "string") return JSON.stringify(input ?? {});
  if (input.trim() === "") return "{}";
  try {
    const value: unknown = JSON.parse(input);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return input;
  } catch {
    // quoted below
  }
  return JSON.stringify({ unreadable: input });
}
