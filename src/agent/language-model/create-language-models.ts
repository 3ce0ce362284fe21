import type { Definitions } from "../../config/definitions.js";
import type { Catalogue } from "../../criteria/catalogue.js";
import { type Mask, maskCatalogue, maskRows, personalColumns } from "../../criteria/personal.js";
import { createBudget, type SessionBudget } from "../../ledger/budget.js";
import type { Ledger } from "../../ledger/ledger.js";
import { priceOf } from "../../ledger/prices.js";
import { AppError } from "../../lib/errors.js";
import type { Endpoint } from "../../model/endpoint.js";
import type { Decision, Observation, Situation, ToolCall, Utterance } from "../../model/model.js";
import type { Message } from "../../model/openai/chat-messages.js";
import { OpenAiCompatible } from "../../model/openai/openai-compatible.js";
import type { Turn } from "../ask.js";
import type { Agent } from "../loop.js";
import type { ToolContext } from "../tool.js";
import { concludeAnswer } from "./conclude-answer.js";
import type { Evidence } from "./facts.js";
import { callFunctionTool, declareTools } from "./function-tools.js";
import { type Caller, callModel, type Reply, TOKENS_A_BYTE } from "./model-call.js";
import { CANNOT, questionPrompt, systemPrompt } from "./prompt.js";
import { forgottenResultText, toolResultText } from "./tool-result.js";
import { unproven } from "./truth.js";

/** Most tokens of one answer of the model: bounds what a call can cost. */
const MOST_TOKENS = 2_048;

export interface LanguageModelSettings {
  endpoint: Endpoint;
  catalogue: Catalogue;
  definitions: Definitions;
  ledger: Ledger;
  /** Dollars. */
  maxCost: number;
  maxCostSession: number;
  silenceSeconds: number;
  clock(): number;
  /** Names of the columns whose values no model is given (the setting personalColumns). */
  personal: readonly string[];
  /** Milliseconds before a call is tried again, where the endpoint names none. */
  firstWaitMs?: number;
}

/** Makes agents by a language model that share one endpoint, one set of instructions and one ledger. */
export function createLanguageModels(settings: LanguageModelSettings) {
  const { endpoint, definitions, ledger } = settings;
  const mask: Mask = { columns: personalColumns(settings.catalogue, settings.personal), forModel: true };
  const catalogue = maskCatalogue(settings.catalogue, mask.columns);
  const llm = new OpenAiCompatible({ endpoint, maxTokens: MOST_TOKENS, silenceMs: settings.silenceSeconds * 1000 });
  const price = priceOf(endpoint.model);
  const tools = declareTools(catalogue);
  const system = systemPrompt(catalogue, definitions, mask.columns);
  const session: SessionBudget = { limit: settings.maxCostSession, spent: ledger.spent, open: 0 };
  return (question: string, asOf: string, history: readonly Turn[] = []): Agent => {
    const caller: Caller = {
      llm,
      model: endpoint.model,
      host: new URL(endpoint.baseUrl).host,
      apiKey: endpoint.apiKey,
      maxTokens: MOST_TOKENS,
      silenceSeconds: settings.silenceSeconds,
      price,
      ledger,
      budget: createBudget(settings.maxCost, session, price),
      tools,
      question,
      usage: { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 },
      uncounted: 0,
      firstWaitMs: settings.firstWaitMs ?? 500,
      tokensPerByte: TOKENS_A_BYTE,
      clock: settings.clock,
    };
    const conversation: Message[] = [
      { role: "system", content: system },
      ...history.flatMap((turn): Message[] => [
        { role: "user", content: turn.question },
        { role: "assistant", content: turn.unseen ? UNSEEN : turn.answer },
      ]),
      { role: "user", content: questionPrompt(question, asOf) },
    ];
    return createAgent(caller, conversation, mask, {
      question,
      catalogue,
      asOf,
      given: Object.keys(definitions).length > 0 ? [JSON.stringify(definitions)] : [],
      earlier: history.map((turn) => turn.answer),
    });
  };
}

type Subject = Omit<Evidence, "observations">;

function createAgent(caller: Caller, conversation: Message[], mask: Mask, subject: Subject): Agent {
  let seen = 0;
  let asked: Reply["calls"] = [];
  /** An answer has been sent back for what it states without proof: once a question. */
  let doubted = false;

  /** Adds what the calls of the last decision have brought. */
  const hear = (observations: readonly Observation[]) => {
    observations.slice(seen).forEach((real, i) => {
      const rows = maskRows(real.outcome.columns, real.outcome.rows, mask);
      const observation = { ...real, outcome: { ...real.outcome, rows } };
      const id = asked[i]?.id ?? "";
      conversation.push(resultMessage(id, toolResultText(observation, `r${seen + i + 1}`), observation));
    });
    seen = observations.length;
  };

  /** The conversation with the rows of all results but the last ones left out. */
  const shorter = (observations: readonly Observation[]) => () => {
    const results = conversation.filter((m) => m.options && "toolResult" in m.options);
    if (results.length === 0) return undefined;
    results.forEach((message, i) => {
      const observation = observations[i];
      if (!observation || (results.length > 1 && i === results.length - 1)) return;
      const { id } = (message.options as { toolResult: { id: string } }).toolResult;
      Object.assign(message, resultMessage(id, forgottenResultText(observation, `r${i + 1}`), observation));
    });
    return conversation;
  };

  async function* decide(
    observations: readonly Observation[],
    { last, signal }: Situation,
  ): AsyncGenerator<Utterance, Decision, void> {
    hear(observations);
    if (last) conversation.push({ role: "user", content: NO_MORE_CALLS });
    for (let again = false; ; again = true) {
      const reply = yield* callModel(caller, {
        messages: conversation,
        noTools: last,
        signal,
        shorter: shorter(observations),
      });
      if (reply.calls.length > 0 || reply.text !== "") conversation.push(reply.message);
      if (reply.calls.length > 0) {
        asked = reply.calls;
        const calls = reply.calls.map(({ id, name, input }) => ({ tool: name, args: input, id }));
        return { decision: "act", thought: reply.text, calls: calls.map(readable) };
      }
      const unusable = unusableInWords(reply);
      if (unusable && again && reply.text === "") throw noAnswer(caller.host, reply.finishReason);
      const objections = unusable ? [] : unproven(reply.text, { ...subject, observations });
      const doubt = objections.length > 0 && !doubted ? doubtInWords(objections) : undefined;
      const fault = unusable && !again ? unusable : doubt;
      if (fault === undefined) {
        const { usage: llm, uncounted } = caller;
        const known = { ...subject, observations, objections, llm, uncounted };
        return { decision: "answer", final: concludeAnswer(reply.text, known) };
      }
      doubted ||= doubt !== undefined;
      yield { type: "retracted", reason: fault };
      conversation.push({ role: "user", content: fault });
    }
  }

  const runTool = (call: ToolCall, context: ToolContext) => callFunctionTool(call, withMask(context, mask, subject));
  return { name: caller.model, mendsCalls: true, runTool, decide, spent: () => caller.usage };
}

/** Tools as a model may use them: nothing personal comes back, not even in a hint. */
function withMask(context: ToolContext, mask: Mask, { catalogue }: Subject): ToolContext {
  return { ...context, catalogue, discovery: { ...context.discovery, catalogue }, mask: context.mask ?? mask };
}

/** Stands for an answer of the rules, which may name people. */
const UNSEEN = "(This question was answered by the program itself, from rows that you have not been given.)";

/** Arguments as an object where they are JSON; what is none stays as it was written, for the tool to refuse. */
function readable<Call extends { args: string }>(call: Call): Omit<Call, "args"> & { args: unknown } {
  try {
    return { ...call, args: JSON.parse(call.args || "{}") as unknown };
  } catch {
    return call;
  }
}

function resultMessage(id: string, result: string, { failure }: Observation): Message {
  return { role: "user", content: result, options: { toolResult: { id, result, isError: failure !== undefined } } };
}

const NO_MORE_CALLS = `No further calls are possible. Answer from the results above, or begin with ${CANNOT}`;

/** Why a reply is no answer at all. */
function unusableInWords({ text, finishReason }: Reply): string | undefined {
  if (text === "") return "The answer was empty. Answer in one to three sentences, or call a tool.";
  if (finishReason === "length") return "The answer was cut off: it is too long. Answer in one to three sentences.";
  return undefined;
}

function noAnswer(host: string, finishReason: string): AppError {
  return new AppError("model", `The model at ${host} gave no answer (finish reason ${finishReason}).`, {
    hint: "Ask again, try another AUDIENCE_MODEL, or ask with --planner rules.",
  });
}

function doubtInWords(objections: readonly string[]): string {
  return (
    `These are in no result: ${objections.join(", ")}. State only what results hold (or a sum, difference or ratio of ` +
    "numbers that you state too); call a tool for what is missing, or leave it out."
  );
}
