import type { Definitions } from "../../config/definitions.js";
import type { Catalogue } from "../../criteria/catalogue.js";
import { createBudget } from "../../ledger/budget.js";
import type { Ledger } from "../../ledger/ledger.js";
import { priceOf } from "../../ledger/prices.js";
import type { Endpoint } from "../../model/endpoint.js";
import type { Decision, Observation, Situation, Utterance } from "../../model/model.js";
import type { Message } from "../../model/openai/chat-messages.js";
import { OpenAiCompatible } from "../../model/openai/openai-compatible.js";
import type { Turn } from "../ask.js";
import type { Agent } from "../loop.js";
import { concludeAnswer } from "./conclude-answer.js";
import { callFunctionTool, declareTools } from "./function-tools.js";
import { type Caller, callModel, type Reply } from "./model-call.js";
import { questionPrompt, systemPrompt } from "./prompt.js";
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
}

/** Makes agents by a language model that share one endpoint, one set of instructions and one ledger. */
export function createLanguageModels(settings: LanguageModelSettings) {
  const { endpoint, catalogue, definitions, ledger } = settings;
  const llm = new OpenAiCompatible({ endpoint, maxTokens: MOST_TOKENS, silenceMs: settings.silenceSeconds * 1000 });
  const price = priceOf(endpoint.model);
  const tools = declareTools(catalogue);
  const system = systemPrompt(catalogue, definitions);
  return (question: string, asOf: string, history: readonly Turn[] = []): Agent => {
    const limits = { question: settings.maxCost, session: settings.maxCostSession, spentInSession: ledger.spent };
    const caller: Caller = {
      llm,
      model: endpoint.model,
      host: new URL(endpoint.baseUrl).host,
      maxTokens: MOST_TOKENS,
      silenceSeconds: settings.silenceSeconds,
      price,
      ledger,
      budget: createBudget(limits, price),
      tools,
      question,
      usage: { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 },
      clock: settings.clock,
    };
    const told = questionPrompt(question, asOf);
    const conversation: Message[] = [
      { role: "system", content: system },
      ...history.flatMap((turn): Message[] => [
        { role: "user", content: turn.question },
        { role: "assistant", content: turn.answer },
      ]),
      { role: "user", content: told },
    ];
    return createAgent(caller, conversation, { question, catalogue, given: [told, JSON.stringify(definitions)] });
  };
}

interface Subject {
  question: string;
  catalogue: Catalogue;
  given: readonly string[];
}

function createAgent(caller: Caller, conversation: Message[], subject: Subject): Agent {
  let seen = 0;
  let asked: Reply["calls"] = [];

  /** Adds what the calls of the last decision have brought. */
  const hear = (observations: readonly Observation[]) => {
    observations.slice(seen).forEach((observation, i) => {
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
    if (last)
      conversation.push({
        role: "user",
        content: "No further calls are possible. Answer from the results above, or begin with CANNOT ANSWER:.",
      });
    // Once, an answer is sent back: when it is empty or cut, or states what no result holds.
    for (let sentBack = false; ; sentBack = true) {
      const reply = yield* callModel(caller, {
        messages: conversation,
        noTools: last,
        signal,
        shorter: shorter(observations),
      });
      conversation.push(reply.message);
      if (reply.calls.length > 0 && !last) {
        asked = reply.calls;
        const calls = reply.calls.map(({ id, name, input }) => ({ tool: name, args: input, id }));
        return { decision: "act", thought: reply.text, calls: calls.map(readable) };
      }
      const objections = reply.text === "" || reply.cut ? [] : unproven(reply.text, { ...subject, observations });
      const fault = faultInWords(reply, objections);
      if (fault === undefined || sentBack) {
        return {
          decision: "answer",
          final: concludeAnswer(reply.text, { ...subject, observations, objections, llm: caller.usage }),
        };
      }
      yield { type: "retracted", reason: fault };
      conversation.push({ role: "user", content: fault });
    }
  }

  return { name: caller.model, mendsCalls: true, runTool: callFunctionTool, decide, spent: () => caller.usage };
}

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

function faultInWords(reply: Reply, objections: readonly string[]): string | undefined {
  if (reply.text === "") return "The answer was empty. Answer in one to three sentences, or call a tool.";
  if (reply.cut) return "The answer was cut off: it is too long. Answer in one to three sentences.";
  if (objections.length === 0) return undefined;
  return (
    `These are in no result: ${objections.join(", ")}. State only what results hold (or a sum, difference or ratio of ` +
    "numbers that you state too); call a tool for what is missing, or leave it out."
  );
}
