import { cleanForTerminal } from "../lib/clean-text.js";
import { countText } from "../render/cell-text.js";
import { stageInWords } from "../render/stage-in-words.js";
import type { Style } from "../render/style.js";
import { wrap } from "../render/wrap.js";
import { clipped } from "./layout.js";
import type { Call, Turn } from "./state.js";

/** Lines of the model's words that are shown while they come. */
const MOST_SAID = 4;
const MOST_CALLS = 6;

/** The turn that runs, in lines of at most `width` cells. `now` is of the same clock as `turn.since`. */
export function turnLines(turn: Turn, { width, now, style }: { width: number; now: number; style: Style }): string[] {
  const lines = [style.dim(clipped(headline(turn, now), width))];
  const indented = (text: string) => clipped(`  ${text}`, width);
  if (turn.thought) lines.push(style.dim(indented(cleanForTerminal(turn.thought))));
  for (const call of turn.calls.slice(-MOST_CALLS)) lines.push(indented(callLine(call)));
  if (turn.said) {
    const words = cleanForTerminal(turn.said, { whitespace: "keep" }).split("\n");
    lines.push(
      ...words
        .flatMap((line) => wrap(line, width - 2))
        .slice(-MOST_SAID)
        .map(indented),
    );
  }
  return lines;
}

/** "● Refining, 3 s, 1,204 tokens, $0.0012" */
function headline(turn: Turn, now: number): string {
  const { llm } = turn;
  const parts = [
    turn.cancelled ? "Cancelling" : turn.waiting ? cleanForTerminal(turn.waiting) : phase(turn),
    `${Math.floor((now - turn.since) / 1000)} s`,
    llm && llm.calls > 0 && `${countText(llm.prompt_tokens + llm.completion_tokens)} tokens`,
    llm && llm.calls > 0 && (llm.cost_usd === null ? "cost unknown" : `$${llm.cost_usd.toFixed(4)}`),
  ];
  const dot = Math.floor((now - turn.since) / 500) % 2 === 0 ? "●" : "○";
  return `${dot} ${parts.filter((part) => part).join(", ")}`;
}

function phase({ calls, said }: Turn): string {
  const running = calls.filter((call) => call.ms === undefined);
  if (said) return "Answering";
  if (running.length === 0) return "Reading";
  const last = running.at(-1)?.stages.at(-1)?.stage;
  return last === "gate" ? "Refining" : last === "refine" ? "Enriching" : "Asking the data";
}

/** One line while it runs, and one when it is done. */
function callLine({ tool, stages, rows, ms, failure }: Call): string {
  const name = cleanForTerminal(tool);
  if (failure !== undefined) return `${name}: ${cleanForTerminal(failure)}`;
  const sizes = stages.map((stage) => stageInWords(stage)).join(" → ");
  if (ms === undefined) return `${name}${sizes && `: ${sizes}`} …`;
  return `${name}: ${sizes || `${countText(rows ?? 0)} ${rows === 1 ? "row" : "rows"}`}`;
}
