import type { LoadedConfig } from "../config/load.js";
import { AppError } from "../lib/errors.js";

/** Where a language model answers. */
export interface Endpoint {
  baseUrl: string;
  /** Undefined for servers that want none (Ollama, vLLM, LM Studio). */
  apiKey: string | undefined;
  model: string;
  /** Of the endpoint's own accord: the dollars of each call. */
  statesCost: boolean;
}

const OPENROUTER = "https://openrouter.ai/api/v1";
const OPENAI = "https://api.openai.com/v1";
const DEFAULT_MODEL = "google/gemini-2.5-flash";
const DEFAULT_OPENAI_MODEL = "gpt-4.1-mini";

/**
 * The endpoint of the configuration; undefined where there is neither a key nor an address. A key goes only where it
 * belongs: OpenRouter's to OpenRouter, OpenAI's to OpenAI or to the address that is named. Throws AppError "config" where
 * a .env file of the working directory names the address for a key that does not come from it: a folder that somebody
 * else made could send the key away.
 */
export function chooseEndpoint({ config, origins }: LoadedConfig): Endpoint | undefined {
  const { baseUrl, openrouterApiKey, openaiApiKey } = config;
  if (baseUrl === undefined) {
    if (openrouterApiKey !== undefined) {
      return { baseUrl: OPENROUTER, apiKey: openrouterApiKey, model: config.model ?? DEFAULT_MODEL, statesCost: true };
    }
    if (openaiApiKey === undefined) return undefined;
    return { baseUrl: OPENAI, apiKey: openaiApiKey, model: config.model ?? DEFAULT_OPENAI_MODEL, statesCost: false };
  }
  const host = new URL(baseUrl).hostname;
  const openrouter = host === "openrouter.ai" || host.endsWith(".openrouter.ai");
  const setting = openrouter ? "openrouterApiKey" : "openaiApiKey";
  const apiKey = config[setting];
  if (apiKey !== undefined && origins.baseUrl.from === ".env" && origins[setting].from !== ".env") {
    throw new AppError("config", `./.env sends the key to ${host}, but the key itself is not from that file.`, {
      hint: "Set AUDIENCE_BASE_URL in the environment or in the user's own config file, or the key in ./.env too.",
    });
  }
  return { baseUrl, apiKey, model: config.model ?? DEFAULT_MODEL, statesCost: openrouter };
}
