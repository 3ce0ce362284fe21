import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { AppError } from "../lib/errors.js";
import { didYouMean } from "../lib/nearest.js";
import { configDirectory, type Env } from "./paths.js";

/** Questions by name. The last is the one that is meant; those before it are what it refers to ("only women"). */
const schema = z.record(z.string().min(1), z.array(z.string().min(1)).min(1));
type SavedQuestions = z.output<typeof schema>;

export function savedQuestionsFile(env: Env): string {
  return join(configDirectory(env), "questions.json");
}

/** None without a file. Throws AppError "config" where the file cannot be used. */
export function loadSavedQuestions(env: Env): SavedQuestions {
  const file = savedQuestionsFile(env);
  if (!existsSync(file)) return {};
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new AppError("config", `${file} cannot be used: it is no list of questions by name.`, {
      hint: 'It looks like {"women in Texas": ["how many women are in Texas"]}.',
      cause,
    });
  }
}

/** Keeps questions under a name, in the place of those that had it; gives those. */
export function saveQuestions(env: Env, name: string, questions: readonly string[]): readonly string[] | undefined {
  const saved = loadSavedQuestions(env);
  const before = Object.hasOwn(saved, name) ? saved[name] : undefined;
  const file = savedQuestionsFile(env);
  const next = Object.fromEntries([...Object.entries(saved).filter(([key]) => key !== name), [name, [...questions]]]);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file); // whole or not at all
  } catch (cause) {
    throw new AppError("config", `${file} cannot be written: ${(cause as Error).message}.`, { cause });
  }
  return before;
}

/** Throws AppError "usage" that names what there is. */
export function savedQuestions(env: Env, name: string): readonly string[] {
  const saved = loadSavedQuestions(env);
  const found = Object.hasOwn(saved, name) ? saved[name] : undefined;
  if (found) return found;
  const names = Object.keys(saved);
  throw new AppError("usage", `No question is saved as ${JSON.stringify(name)}.`, {
    hint:
      didYouMean(name, names) ??
      (names.length > 0 ? `There are ${names.join(", ")}.` : "`/save NAME` keeps the last question of a session."),
  });
}
