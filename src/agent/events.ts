import type { ToolCall, ToolOutcome } from "../model/model.js";
import type { Answer } from "../render/answer.js";

/** What happens while a question is answered, in order. */
export type AgentEvent =
  | { type: "thought"; text: string }
  | { type: "tool_call"; call: ToolCall }
  | { type: "tool_result"; call: ToolCall; outcome: ToolOutcome; ms: number }
  | { type: "answer"; answer: Answer };
