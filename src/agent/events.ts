import type { ToolCall, ToolFailure, ToolOutcome } from "../model/model.js";
import type { Answer, Usage } from "../render/answer.js";

/** What happens while a question is answered, in order; `ask --stream` prints them as lines of JSON. */
export type AgentEvent =
  /** A piece of what the model says, as it comes. */
  | { type: "text"; delta: string }
  /** What was said since the last tool result does not hold. */
  | { type: "retracted"; reason: string }
  /** The model is asked again after so many milliseconds. */
  | { type: "waiting"; reason: string; ms: number }
  | { type: "thought"; text: string }
  | { type: "tool_call"; call: ToolCall }
  | { type: "tool_result"; call: ToolCall; outcome: ToolOutcome; failure?: ToolFailure; ms: number }
  /** What the question has cost so far. */
  | { type: "spent"; llm: Usage["llm"] }
  | { type: "answer"; answer: Answer };
