import { maskUrl } from "../../config/describe-config.js";
import type { Config } from "../../config/schema.js";
import type { CommandContext } from "../context.js";
import { type Check, ok, warn, withPatience } from "./check.js";

const PATIENCE_MS = 3_000;

/** What is optional: Qdrant, keys, the terminal. Secrets are only said to be set. */
export async function checkServices(context: CommandContext): Promise<Check[]> {
  return [await checkQdrant(context.config, context.signal), checkKeys(context.config), checkTerminal(context)];
}

async function checkQdrant({ qdrantUrl, qdrantApiKey }: Config, signal: AbortSignal): Promise<Check> {
  if (qdrantUrl === undefined) return ok("qdrant", "not set: vectors are compared in SQL");
  const shown = maskUrl(qdrantUrl);
  const url = new URL(qdrantUrl);
  const login =
    url.username === "" ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  // fetch refuses a URL with a login, and says the URL.
  url.username = url.password = "";
  try {
    const headers = {
      ...(qdrantApiKey !== undefined && { "api-key": qdrantApiKey }),
      ...(login !== undefined && { authorization: `Basic ${Buffer.from(login).toString("base64")}` }),
    };
    const version = await withPatience(signal, PATIENCE_MS, async (patience) => {
      const response = await fetch(url, { headers, signal: patience });
      return ((await response.json()) as { version?: string }).version ?? `status ${response.status}`;
    });
    return warn("qdrant", `${shown} answers (${version})`, "This version does not use it.");
  } catch (error) {
    const cause = (error as Error).cause;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    const hint = "Start it, or unset QDRANT_URL: this version does not use it.";
    return { check: "qdrant", status: "fail", detail: `${shown} does not answer: ${reason}`, hint, unreachable: true };
  }
}

function checkKeys({ openrouterApiKey, openaiApiKey, baseUrl, planner, model }: Config): Check {
  const keys = [openrouterApiKey && "OPENROUTER_API_KEY", openaiApiKey && "OPENAI_API_KEY"].filter(Boolean);
  if (keys.length > 0) {
    const at = baseUrl === undefined ? "" : ` at ${maskUrl(baseUrl)}`;
    return ok("model key", `${keys.join(" and ")} set, for ${model}${at}`);
  }
  if (planner !== "model") return ok("model key", "not set: questions are read by the rules");
  return warn("model key", "not set, but the planner is to be a model", "Set OPENROUTER_API_KEY or OPENAI_API_KEY.");
}

function checkTerminal({ stdin, stdout, env }: CommandContext): Check {
  const tty = (stream: object) => "isTTY" in stream && stream.isTTY === true;
  if (!tty(stdin) || !tty(stdout)) return ok("terminal", "none: commands work, the REPL needs one");
  const { columns, rows } = stdout as { columns?: number; rows?: number };
  return ok("terminal", `${env["TERM"] ?? "unknown"}, ${columns ?? "?"} × ${rows ?? "?"}`);
}
