import { maskUrl } from "../../config/describe-config.js";
import { priceOf } from "../../ledger/prices.js";
import { chooseEndpoint, type Endpoint } from "../../model/endpoint.js";
import type { CommandContext } from "../context.js";
import { type Check, fail, failed, ok, warn, withPatience } from "./check.js";
import { checkQdrant } from "./check-qdrant.js";

const PATIENCE_MS = 3_000;

/** What is optional: Qdrant, keys, the terminal. Secrets are only said to be set. */
export async function checkServices(context: CommandContext): Promise<Check[]> {
  return [await checkQdrant(context.config, context.signal), await checkModel(context), checkTerminal(context)];
}

/** The endpoint of the language model: whether it answers and takes the key, without a call that costs. */
async function checkModel({ loaded, config, signal }: CommandContext): Promise<Check> {
  const name = "language model";
  let endpoint: Endpoint | undefined;
  try {
    endpoint = chooseEndpoint(loaded);
  } catch (error) {
    return failed(name, error);
  }
  if (!endpoint) {
    if (config.planner !== "model") return ok(name, "no key: questions are read by the rules");
    return warn(name, "no key, but the planner is to be a model", "Set OPENROUTER_API_KEY or OPENAI_API_KEY.");
  }
  const { baseUrl, apiKey, model, statesCost } = endpoint;
  const price = priceOf(model);
  const costs = statesCost ? "the endpoint states costs" : price ? "priced by the table" : "no price is known";
  const detail = `${model} at ${maskUrl(baseUrl)}, ${costs}`;
  try {
    // OpenRouter lists its models to anybody; only its key page knows whether the key is good.
    const url = `${baseUrl.replace(/\/$/, "")}/${statesCost ? "key" : "models"}`;
    const status = await withPatience(signal, PATIENCE_MS, async (patience) => {
      const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
      const response = await fetch(url, { headers, signal: patience });
      await response.body?.cancel();
      return response.status;
    });
    if (status === 401 || status === 403) return fail(name, `${detail}; the key is not accepted`, "Check the key.");
    return ok(name, detail);
  } catch (error) {
    const cause = (error as Error).cause;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    const hint = "Questions are answered by the rules meanwhile (--planner auto).";
    return { check: name, status: "fail", detail: `${detail}; no answer: ${reason}`, hint, unreachable: true };
  }
}

function checkTerminal({ stdin, stdout, env }: CommandContext): Check {
  const tty = (stream: object) => "isTTY" in stream && stream.isTTY === true;
  if (!tty(stdin) || !tty(stdout)) return ok("terminal", "none: commands work, the REPL needs one");
  const { columns, rows } = stdout as { columns?: number; rows?: number };
  return ok("terminal", `${env["TERM"] ?? "unknown"}, ${columns ?? "?"} × ${rows ?? "?"}`);
}
