import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { AppError } from "../lib/errors.js";
import { didYouMean } from "../lib/nearest.js";
import { absolutePath, configDirectory, dataDirectory, type Env } from "./paths.js";
import { type About, aboutSetting, type Config, configSchema, SETTINGS, type Setting } from "./schema.js";

/** Where a value came from; `name` is the flag, the variable or the file. */
export interface Origin {
  from: "flag" | "environment" | ".env" | "user file" | "default";
  name?: string;
}

/** The settings and where each one came from. */
export interface LoadedConfig {
  config: Config;
  origins: Record<Setting, Origin>;
}

interface Candidate {
  value: unknown;
  origin: Origin;
}

/**
 * Settings by precedence: flags, environment, ./.env (our names only), user file, defaults. Throws AppError "config"
 * that names the variable or flag and its origin.
 */
export function loadConfig(options: { flags: Partial<Record<Setting, unknown>>; env: Env; cwd: string }): LoadedConfig {
  const { flags, env, cwd } = options;
  const dotEnv = readDotEnv(join(cwd, ".env"));
  const userFile = join(configDirectory(env), "config.json");
  const user = readUserFile(userFile);
  const values: Partial<Record<Setting, unknown>> = {};
  const origins = {} as Record<Setting, Origin>;
  for (const setting of SETTINGS) {
    const { env: variable, flag } = about(setting);
    const candidates: Candidate[] = [
      { value: flags[setting], origin: origin("flag", flag) },
      { value: present(variable && env[variable]), origin: origin("environment", variable) },
      { value: present(variable && dotEnv[variable]), origin: origin(".env", variable) },
      { value: user[setting], origin: origin("user file", userFile) },
    ];
    const chosen = candidates.find((candidate) => candidate.value !== undefined);
    origins[setting] = chosen?.origin ?? { from: "default" };
    if (chosen) values[setting] = check(setting, chosen);
  }
  const base = origins.dataDir.from === "user file" ? dirname(userFile) : cwd;
  values.dataDir = values.dataDir === undefined ? dataDirectory(env) : absolutePath(String(values.dataDir), base, env);
  return { config: configSchema.parse(values), origins };
}

/** What is known of a setting: description, variable, flag, whether it is secret. */
export function about(setting: Setting): About {
  return aboutSetting.get(configSchema.shape[setting]) ?? { description: "" };
}

/** An empty variable is how shells and compose files say "not set". */
function present(value: string | undefined): string | undefined {
  return value?.trim() ? value.trim() : undefined;
}

function origin(from: Origin["from"], name: string | undefined): Origin {
  return name === undefined ? { from } : { from, name };
}

function check(setting: Setting, { value, origin }: Candidate): unknown {
  const result = configSchema.shape[setting].safeParse(value);
  if (result.success) return result.data;
  const file = origin.from === "user file";
  const name = file ? setting : (origin.name ?? setting);
  const where = file ? `user file ${origin.name}` : origin.from;
  // URLs and keys may hold secrets, so only harmless values are repeated.
  const shown = /Url$|Key$/.test(setting) ? "" : `, not ${JSON.stringify(value)}`;
  // A member's own message ("weights.view: ...") is zod's; the rule of the setting says what is wanted.
  const rule = result.error.issues.find((issue) => issue.message.startsWith("must"))?.message ?? ruleOf(setting);
  throw new AppError("config", `${name}: ${rule}${shown} (from ${where})`, {
    hint: `${about(setting).description}. \`audience config\` shows every setting with its origin.`,
  });
}

function ruleOf(setting: Setting): string {
  // A value of the wrong kind altogether brings out the message given to the schema.
  return configSchema.shape[setting].safeParse(Symbol.iterator).error?.issues[0]?.message ?? "is not valid";
}

function readDotEnv(file: string): Env {
  // A folder named .env is somebody's virtual environment.
  return parseEnv(readText(file, ["ENOENT", "ENOTDIR", "EISDIR"]) ?? "") as Env;
}

function readUserFile(file: string): Partial<Record<Setting, unknown>> {
  const text = readText(file, ["ENOENT", "ENOTDIR"]);
  if (text === undefined) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AppError("config", `${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new AppError("config", `${file} must hold one JSON object.`, { hint: 'For example {"limit": 100}.' });
  for (const key of Object.keys(parsed)) {
    if (!(SETTINGS as string[]).includes(key))
      throw new AppError("config", `Unknown setting ${JSON.stringify(key)} in ${file}.`, {
        hint: didYouMean(key, SETTINGS) ?? `Settings: ${SETTINGS.join(", ")}.`,
      });
  }
  return parsed;
}

function readText(file: string, absent: readonly string[]): string | undefined {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    if (absent.includes(code)) return undefined;
    throw new AppError("config", `${file} cannot be read (${code}).`, { cause });
  }
}
