import { toAnswer } from "../agent/loop.js";
import type { ToolContext } from "../agent/tool.js";
import { runTool } from "../agent/tools/tools.js";
import { loadDefinitions } from "../config/definitions.js";
import type { Catalogue } from "../criteria/catalogue.js";
import { AppError } from "../lib/errors.js";
import type { FinalAnswer, ToolCall, ToolOutcome } from "../model/model.js";
import { createRulesPlanner } from "../planner/rules.js";
import type { Answer } from "../render/answer.js";
import { renderAnswer } from "../render/render-answer.js";
import { truncationNote } from "../render/truncation-note.js";
import { createRuntime, type Runtime } from "../runtime.js";
import type { CommandContext } from "./context.js";
import { writeOut } from "./write-out.js";

/** Opens the configured database for a question, and closes it whatever happens. */
export async function withRuntime<T>(
  command: string,
  context: CommandContext,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> {
  const runtime = await createRuntime(context.config, { command, create: false, signal: context.signal });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** Who reads the questions. Throws AppError "config" for a planner that cannot be had. */
export function createPlanner(runtime: Runtime, catalogue: Catalogue, context: CommandContext) {
  if (context.config.planner === "model") {
    throw new AppError("config", "Questions are read by rules in this version; there is no language model yet.", {
      hint: "Leave --planner out, or give --planner rules.",
    });
  }
  return createRulesPlanner(catalogue, loadDefinitions(context.env), runtime.similar(catalogue));
}

/** What the tools of one question work with. */
export function toolContext(runtime: Runtime, catalogue: Catalogue, context: CommandContext): ToolContext {
  const { config, signal } = context;
  return {
    db: runtime.db,
    catalogue,
    discovery: runtime.discovery(catalogue),
    asOf: context.asOf ?? catalogue.lastEventAt ?? context.now().toISOString(),
    asOfGiven: context.asOf !== undefined,
    limit: config.limit === "all" ? null : config.limit,
    minScore: config.minScore,
    notes: [...runtime.notes, ...pastNotes(catalogue, context)],
    signal,
    clock: runtime.clock,
  };
}

/** Events can be taken as of an earlier day; what is stored of each customer cannot. */
function pastNotes(catalogue: Catalogue, { asOf }: CommandContext): string[] {
  const newest = catalogue.lastEventAt;
  if (asOf === undefined || newest === null || Date.parse(asOf) >= Date.parse(newest)) return [];
  return [
    `Events are taken as of ${asOf.slice(0, 10)}; columns of customers (total_spent, purchases, ...) and interests are as ` +
      `of the newest event, ${newest.slice(0, 10)}.`,
  ];
}

/** One tool call of the user's own (find, sql), as an answer. */
export async function answerCall(
  call: ToolCall,
  tools: ToolContext,
  finish: (outcome: ToolOutcome) => Omit<FinalAnswer, "table">,
): Promise<Answer> {
  const start = tools.clock();
  const outcome = await runTool(call, tools);
  const observation = { call, outcome, ms: tools.clock() - start };
  return toAnswer("", "none", { ...finish(outcome), table: 0 }, [observation], tools, start);
}

/** Prints an answer as asked; what csv cannot say goes to stderr. */
export async function writeAnswer(answer: Answer, context: CommandContext): Promise<void> {
  await writeOut(context.stdout, renderAnswer(answer, context.output, context.render));
  if (context.output !== "csv") return;
  const note = truncationNote(answer);
  const notes = [...(note === undefined ? [] : [note]), ...answer.warnings];
  if (notes.length > 0) await writeOut(context.stderr, `${notes.join("\n")}\n`);
}
