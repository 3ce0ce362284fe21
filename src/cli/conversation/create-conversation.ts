import { createSession } from "../../agent/ask.js";
import { withEveryRow } from "../../agent/every-row.js";
import { type RecordedTurn, readSession, sessionIds } from "../../agent/recorded-sessions.js";
import { stateDirectory } from "../../config/paths.js";
import { loadSavedQuestions, savedQuestions } from "../../config/saved-questions.js";
import type { Catalogue } from "../../criteria/catalogue.js";
import { AppError } from "../../lib/errors.js";
import { didYouMean } from "../../lib/nearest.js";
import { chooseEndpoint } from "../../model/endpoint.js";
import { renderAnswer } from "../../render/render-answer.js";
import type { Conversation, Listener, Response } from "../../repl/conversation.js";
import { createRuntime, type Runtime } from "../../runtime.js";
import { warmParser } from "../../sql/guard/parse-statement.js";
import { askInSession, createQuestioning, masked, type Questioning, toolContext } from "../answering.js";
import type { CommandContext } from "../context.js";
import { asOfTime } from "../option-parsers.js";
import { reportError } from "../report-error.js";
import { createSettled, type Settled } from "../settled.js";
import { runtimeOptions } from "../with-runtime.js";
import { withinTime } from "../within-time.js";
import { captured } from "./captured.js";
import { header, headerWithoutData, title } from "./header.js";
import { helpText } from "./help-text.js";
import { spaced, wrapped } from "./printed.js";
import { readCommand, runCommand } from "./run-command.js";
import { inReplWords, readSlash, SLASH_COMMANDS, type SlashCommand } from "./slash-commands.js";
import { sqlOf } from "./sql-of.js";
import { completionWords } from "./words.js";

/** Rows that stand in the scrollback unless another limit is set: the pager and files have all. */
const ROWS_SHOWN = 20;

/** After so long without a question other programs may have the embedded database, until the next one. */
const IDLE_MS = 60_000;

/** The conversation of the REPL: questions of one session over one opening of the data, and slash commands. */
export function createConversation(given: CommandContext, { idleMs = IDLE_MS } = {}): Conversation {
  let context: CommandContext = { ...given, ...shownLimit(given), render: { ...given.render, repl: true } };
  let session = createSession(given.resumed?.turns);
  let turns: RecordedTurn[] = [...(given.resumed?.turns ?? [])];
  let opened: Promise<{ runtime: Runtime; settled: Settled<Questioning> }> | undefined;
  let spent = { tokens: 0, dollars: 0, calls: 0 };

  function open() {
    opened ??= createRuntime(
      { ...context.loaded, config: context.config },
      { ...runtimeOptions("repl", context, false), asks: true },
    ).then((runtime) => {
      runtime.embedder.prepare();
      return { runtime, settled: settledOver(runtime) };
    });
    const opening = opened;
    opening.catch(() => {
      if (opened === opening) opened = undefined; // tried again with the next line
    });
    return opening;
  }

  function settledOver(runtime: Runtime): Settled<Questioning> {
    return createSettled(runtime, (catalogue) => createQuestioning(quiet(runtime), catalogue, context));
  }

  /** Gives the database free, for a command that opens it by itself or for other settings. */
  async function release(): Promise<void> {
    const closing = opened;
    opened = undefined;
    await closing?.then(({ runtime }) => runtime.close()).catch(() => {});
  }

  let idle: NodeJS.Timeout | undefined;

  /** Works with the database, which is not given free meanwhile. */
  async function busy<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(idle);
    try {
      return await work();
    } finally {
      if (context.config.databaseUrl === undefined && context.config.readerUrl === undefined) {
        idle = setTimeout(() => void release(), idleMs);
        idle.unref();
      }
    }
  }

  async function words() {
    const catalogue = await opened?.then(({ runtime }) => runtime.catalogue()).catch(() => undefined);
    return { catalogue, words: wordsOf(catalogue && masked(catalogue, context.config).shown) };
  }

  function wordsOf(catalogue: Catalogue | undefined) {
    let open: string[] = [];
    try {
      open = Object.keys(loadSavedQuestions(context.env));
    } catch {
      // /open says what is wrong with the file
    }
    return completionWords(catalogue, { open, resume: sessionIds(stateDirectory(context.env)).slice(0, 50) });
  }

  async function question(text: string, listener: Listener, signal: AbortSignal): Promise<string> {
    const { settled } = await open();
    const answer = await withinTime({ config: context.config, signal }, (signal) =>
      askInSession(settled, text, session, { signal, see: listener.event, stage: listener.stage }),
    );
    turns.push({ question: text, answer });
    const { llm } = answer.usage;
    spent = {
      calls: spent.calls + llm.calls,
      tokens: spent.tokens + llm.prompt_tokens + llm.completion_tokens,
      dollars: spent.dollars + (llm.cost_usd ?? 0),
    };
    return renderAnswer(answer, "text", context.render);
  }

  /** A command of the command line, over the database that is open unless it opens one by itself. */
  async function command(slash: SlashCommand, rest: string, listener: Listener, signal: AbortSignal): Promise<string> {
    const invocation = readCommand(slash, rest);
    if ("text" in invocation) return invocation.text;
    if (slash.alone) await release();
    const runtime = slash.alone || slash.closed ? undefined : quiet((await open()).runtime);
    const resumed = { id: context.session, started: "", last: "", turns };
    return runCommand(invocation, { ...context, signal, runtime, resumed }, slash.alone ? listener : undefined);
  }

  /** Other settings from the next question on. */
  async function change(next: Partial<CommandContext>, reopen: boolean): Promise<void> {
    context = { ...context, ...next };
    if (reopen) await release();
    else if (opened) opened = opened.then(({ runtime }) => ({ runtime, settled: settledOver(runtime) }));
  }

  async function own(name: string, rest: string, listener: Listener, signal: AbortSignal): Promise<string> {
    const { config } = context;
    switch (name) {
      case "help":
        return helpText();
      case "sql": {
        const slash: SlashCommand = { name, usage: "", description: "", command: "sql" };
        return rest === "" ? sqlOf(turns.at(-1)?.answer) : command(slash, rest, listener, signal);
      }
      case "open": {
        if (rest === "") {
          const slash: SlashCommand = { name, usage: "", description: "", command: "open" };
          return command(slash, rest, listener, signal);
        }
        const saved = savedQuestions(context.env, rest.trim());
        if (saved.length > 1) session = createSession([], saved.slice(0, -1));
        return `${saved.at(-1)}\n\n${await question(saved.at(-1) as string, listener, signal)}`;
      }
      case "model":
        if (rest === "") return `${config.model}\n`;
        await change({ config: { ...config, model: rest.trim() } }, true);
        return `Questions go to ${rest.trim()}${config.planner === "rules" ? ", once /planner is auto or model" : ""}.\n`;
      case "planner": {
        if (rest === "") return `${config.planner}\n`;
        if (!isPlanner(rest)) throw new AppError("usage", "The planner is auto, rules or model.");
        await change({ config: { ...config, planner: rest } }, true);
        await open();
        return `Planner: ${rest}.\n`;
      }
      case "as-of": {
        if (rest === "") return `${context.asOf ?? "the newest event"}\n`;
        const { asOf: _before, ...others } = context;
        const asOf = rest.trim() === "newest" ? undefined : asOfTime(rest.trim());
        context = asOf === undefined ? others : { ...others, asOf };
        await change({}, false);
        return `Answers are as of ${asOf ?? "the newest event"}.\n`;
      }
      case "verbose": {
        const verbose = rest === "" ? !context.verbose : rest.trim() === "on";
        await change({ verbose, render: { ...context.render, verbose } }, false);
        return `SQL and filters are ${verbose ? "shown" : "not shown"} with each answer.\n`;
      }
      case "resume": {
        const slash: SlashCommand = { name, usage: "", description: "", command: "sessions" };
        if (rest === "") return `${await command(slash, "", listener, signal)}\n/resume ID goes on with one.\n`;
        const earlier = readSession(stateDirectory(context.env), rest.trim());
        session = createSession(earlier.turns);
        turns = [...earlier.turns];
        await change({ session: earlier.id }, false);
        const last = earlier.turns.at(-1);
        return `${earlier.turns.length} questions${last ? `, the last: "${last.question}": ${last.answer.answer}` : ""}\n`;
      }
      default:
        return "";
    }
  }

  async function slash(name: string, rest: string, listener: Listener, signal: AbortSignal): Promise<Response> {
    const found = SLASH_COMMANDS.find((each) => each.name === name || (name === "?" && each.name === "help"));
    if (!found) {
      const names = SLASH_COMMANDS.map((each) => `/${each.name}`);
      const near = didYouMean(`/${name}`, names);
      throw new AppError("usage", `Unknown command /${name}.`, { hint: near ?? "/help lists the commands." });
    }
    if (found.name === "quit") return { text: "", next: "leave" };
    if (found.name === "clear") return { text: "", next: "clear" };
    const text = found.command
      ? await command(found, rest, listener, signal)
      : await own(found.name, rest, listener, signal);
    if (found.alone) {
      const { header, words } = await begin();
      return { text: `${text}\n${header}\n`, words };
    }
    return { text, ...(found.name === "save" && { words: (await words()).words }) };
  }

  async function begin() {
    try {
      const { runtime, settled } = await open();
      warmParser();
      // Prepared now, so that the first question waits for nothing.
      await settled(async () => undefined, { signal: context.signal });
      const { catalogue, words: known } = await words();
      return { header: header(catalogue as Catalogue, runtime.notes, plannerName()), words: known };
    } catch (error) {
      const told = captured();
      const none = error instanceof AppError && error.code === "no_data";
      if (!none) await reportError(told.stream, error, []);
      return { header: none ? headerWithoutData() : `${title()}\n${told.text().trimEnd()}`, words: wordsOf(undefined) };
    }
  }

  function plannerName(): string {
    const { config, loaded } = context;
    return (config.planner !== "rules" && chooseEndpoint({ ...loaded, config })?.model) || "rules";
  }

  return {
    open: () => busy(begin),
    async respond(line, listener, signal) {
      try {
        const found = readSlash(line);
        return spaced(
          await busy(async () =>
            found
              ? slash(found.name, found.rest, listener, signal)
              : { text: await question(line.trim(), listener, signal) },
          ),
        );
      } catch (error) {
        const told = captured();
        const cause = signal.aborted && !(error instanceof AppError) ? signal.reason : error;
        if (cause instanceof AppError && cause.code === "cancelled") return { text: `${cause.message}\n\n` };
        await reportError(told.stream, cause, []);
        return spaced({ text: wrapped(inReplWords(told.text()), context.render.width) });
      }
    },
    status() {
      const parts = [
        plannerName(),
        context.asOf && `as of ${context.asOf.slice(0, 10)}`,
        spent.calls > 0 && `${spent.tokens.toLocaleString("en-US")} tokens, $${spent.dollars.toFixed(4)}`,
        "/help",
      ];
      return parts.filter((part) => part).join(" · ");
    },
    async page(signal) {
      const last = turns.findLast(({ answer }) => answer.rows.length > 0);
      if (!last) return undefined;
      return busy(async () => {
        const { runtime } = await open();
        const tools = toolContext(quiet(runtime), await runtime.catalogue(), context);
        const whole = await withEveryRow(last.answer, { ...tools, signal });
        return renderAnswer(whole, "text", context.render);
      });
    },
    resize(width) {
      context = { ...context, render: { ...context.render, width } };
    },
    close() {
      clearTimeout(idle);
      return release();
    },
  };
}

/** The header says once what each answer would repeat. */
function quiet(runtime: Runtime): Runtime {
  return { ...runtime, notes: [] };
}

function shownLimit({ config, loaded }: CommandContext): Partial<CommandContext> {
  return loaded.origins.limit.from === "default" ? { config: { ...config, limit: ROWS_SHOWN }, limit: ROWS_SHOWN } : {};
}

function isPlanner(name: string): name is "auto" | "rules" | "model" {
  return name === "auto" || name === "rules" || name === "model";
}
