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
          function: { name, arguments: typeof input === "string" ? input : JSON.stringify(input) },
        })),
      };
    }
    if (role === "assistant") return { ...options?.provider, role, content: text };
    return { role: role === "system" || role === "developer" ? "system" : "user", content: text };
  });
}
