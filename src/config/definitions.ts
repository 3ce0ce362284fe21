import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../lib/errors.js";
import { configDirectory, type Env } from "./paths.js";

/** A name for an audience: conditions in words ("spent more than 5000"), or criteria. */
export type Definitions = Readonly<Record<string, string | Record<string, unknown>>>;

const schema = z.record(z.string().min(1), z.union([z.string().min(1), z.record(z.string(), z.unknown())]));

/** Where a user's own definitions are. */
export function definitionsFile(env: Env): string {
  return join(configDirectory(env), "definitions.json");
}

/** The user's own definitions, for example {"VIP": "spent more than 5000"}; none without a file. Throws AppError "config". */
export function loadDefinitions(env: Env): Definitions {
  const file = definitionsFile(env);
  if (!existsSync(file)) return {};
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? (cause.issues[0]?.message ?? "invalid") : (cause as Error).message;
    throw new AppError("config", `${file} cannot be used: ${reason}.`, {
      hint: 'It names audiences: {"VIP": "spent more than 5000", "young": {"attribute": "age", "op": "<", "value": 30}}.',
      cause,
    });
  }
}
