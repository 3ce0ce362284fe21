import type { Answer } from "../../render/answer.js";
import { createStyle } from "../../render/style.js";
import { stepDetails } from "../../render/text.js";

/** The statements of an answer with their parameters, in full. */
export function sqlOf(answer: Answer | undefined): string {
  if (!answer) return "There is no answer yet.\n";
  const parts = answer.steps.map((step) => stepDetails(step, createStyle(false))).filter((part) => part !== "");
  return parts.length > 0 ? `${parts.join("\n\n")}\n` : "The last answer took no SQL.\n";
}
