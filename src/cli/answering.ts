import { ask, createSession, type Session } from "../agent/ask.js";
import type { AgentEvent } from "../agent/events.js";
import { toAnswer } from "../agent/loop.js";
import { sessionFile } from "../agent/recorded-sessions.js";
import type { ToolContext } from "../agent/tool.js";
import { runTool } from "../agent/tools/tools.js";
import { createTranscript } from "../agent/transcript.js";
import { loadDefinitions } from "../config/definitions.js";
import { stateDirectory } from "../config/paths.js";
import type { Config } from "../config/schema.js";
import type { Catalogue } from "../criteria/catalogue.js";
import { type Mask, maskCatalogue, personalColumns } from "../criteria/personal.js";
import { AppError } from "../lib/errors.js";
import type { FinalAnswer, ToolCall, ToolOutcome } from "../model/model.js";
import type { Answer, Stage } from "../render/answer.js";
import { renderAnswer } from "../render/render-answer.js";
import { truncationNote } from "../render/truncation-note.js";
import type { Runtime } from "../runtime.js";
import type { CommandContext } from "./context.js";
import type { Settled, SettledOptions } from "./settled.js";
import { writeOut } from "./write-out.js";

/** Asks one question of a session; `see` is told of each event as it happens. */
export type Asker = (
  question: string,
  tools: ToolContext,
  session?: Session,
  see?: (event: AgentEvent) => void,
) => Promise<Answer>;

/**
 * Who answers questions. What happens is written to a transcript, from which the session can go on; in a batch by rules
 * the answers themselves are the record. Throws AppError "config".
 */
export async function createAsker(
  runtime: Runtime,
  catalogue: Catalogue,
  context: CommandContext,
  command = "ask",
): Promise<Asker> {
  const { config, env, session: id, now } = context;
  const readers = await runtime.readers(catalogue, loadDefinitions(env));
  const secrets = [config.openrouterApiKey, config.openaiApiKey, config.qdrantApiKey].filter(
    (key) => key !== undefined,
  );
  const file = sessionFile(stateDirectory(env), id);
  const recorded = readers.model !== undefined || command !== "batch";
  const columns = personalColumns(catalogue, config.personalColumns);
  const mask = { columns, forModel: true };
  const transcript = recorded ? createTranscript({ file, secrets, now, mask }) : undefined;
  return async (question, tools, session = createSession(), see) => {
    transcript?.write({ type: "question", question, as_of: tools.asOf, planner: config.planner });
    try {
      for await (const event of ask(question, session, readers, tools)) {
        transcript?.write(event);
        see?.(event);
        if (event.type === "answer") return event.answer;
      }
    } catch (error) {
      const { code, message } = error instanceof AppError ? error : { code: "bug", message: String(error) };
      transcript?.write({ type: "failed", code, message });
      throw error;
    }
    throw new AppError("refused", "The question ended without an answer.");
  };
}

/** What a question needs of the data as the catalogue has them. */
export interface Questioning {
  asker: Asker;
  tools: ToolContext;
}

export async function createQuestioning(
  runtime: Runtime,
  catalogue: Catalogue,
  context: CommandContext,
  command = "ask",
): Promise<Questioning> {
  const tools = toolContext(runtime, catalogue, context);
  return { asker: await createAsker(runtime, tools.catalogue, context, command), tools };
}

/** The catalogue as the user may see it; with --mask, without personal values. */
export function masked(catalogue: Catalogue, config: Config): { mask: Mask | undefined; shown: Catalogue } {
  if (!config.mask) return { mask: undefined, shown: catalogue };
  const columns = personalColumns(catalogue, config.personalColumns);
  return { mask: { columns, forModel: false }, shown: maskCatalogue(catalogue, columns) };
}

/** Asks a question of a session, which knows of it once it is answered, whatever had to be asked again. */
export async function askInSession(
  settled: Settled<Questioning>,
  question: string,
  session: Session,
  options: SettledOptions & {
    see?: ((event: AgentEvent) => void) | undefined;
    stage?: ((stage: Stage) => void) | undefined;
  },
): Promise<Answer> {
  const { answer, own } = await settled(async ({ asker, tools }) => {
    // Asked again, a question must not be its own predecessor.
    const own = { ...session, turns: [...session.turns] };
    const answer = await asker(question, { ...tools, signal: options.signal, see: options.stage }, own, options.see);
    return { answer, own };
  }, options);
  Object.assign(session, own);
  return answer;
}

/** What the tools of one question work with. */
export function toolContext(runtime: Runtime, catalogue: Catalogue, context: CommandContext): ToolContext {
  const { config, signal } = context;
  const { mask, shown } = masked(catalogue, config);
  return {
    db: runtime.db,
    catalogue: shown,
    discovery: runtime.discovery(shown),
    mask,
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
