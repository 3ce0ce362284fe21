import { readFile } from "node:fs/promises";
import { createSession, type Session } from "../../agent/ask.js";
import { AppError } from "../../lib/errors.js";
import { renderAnswer } from "../../render/render-answer.js";
import { warmParser } from "../../sql/guard/parse-statement.js";
import { askInSession, createQuestioning } from "../answering.js";
import { type BatchItem, parseBatch } from "../batch-items.js";
import type { BatchArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { textArgument } from "../read-argument.js";
import { createSettled } from "../settled.js";
import { withRuntime } from "../with-runtime.js";
import { withinTime } from "../within-time.js";
import { writeOut } from "../write-out.js";

/**
 * `audience batch`: many questions over one opening of the data, a line of JSON an answer, in the order of the questions.
 * A question that fails, or a line that is none, does not stop the others. Questions of one `session` are asked one
 * after the other, so that "those" means the audience of the one before.
 */
export async function run(args: BatchArgs, context: CommandContext): Promise<number> {
  const items = parseBatch(await readText(args.file, context));
  const done = args.resume === undefined ? new Set<string>() : await answered(args.resume);
  const open = items.filter((item) => !done.has(JSON.stringify(item.id)));
  warmParser(); // while the database opens
  return withRuntime("batch", context, async (runtime) => {
    const settled = createSettled(runtime, (catalogue) => createQuestioning(runtime, catalogue, context, "batch"));
    const sessions = new Map<unknown, { session: Session; done: Promise<void> }>();
    let failed = 0;
    let bug: unknown;

    const answerItem = async (item: BatchItem): Promise<string> => {
      const { id, question, session: name } = item;
      const before = name === undefined ? undefined : sessions.get(name);
      const session = before?.session ?? createSession();
      let end: () => void = () => undefined;
      if (name !== undefined) sessions.set(name, { session, done: new Promise((resolve) => (end = resolve)) });
      try {
        if (question === undefined) throw item.error;
        await before?.done;
        const answer = await withinTime(context, (signal) => askInSession(settled, question, session, { signal }));
        return JSON.stringify({ id, ...(JSON.parse(renderAnswer(answer, "jsonl", context.render)) as object) });
      } catch (error) {
        if (context.signal.aborted) throw error;
        failed++;
        if (error instanceof AppError) {
          const { code, message, hint } = error;
          return JSON.stringify({ id, question, error: { code, message, hint } });
        }
        // A bug of ours in one question is no reason to lose the others; the exit code tells of it.
        bug = error;
        return JSON.stringify({ id, question, error: { code: "bug", message: String((error as Error).message) } });
      } finally {
        end();
      }
    };
    await inOrder(open, args.concurrency, answerItem, (line) => writeOut(context.stdout, `${line}\n`));
    if (bug !== undefined) throw bug;
    return failed > 0 ? 1 : 0;
  });
}

/** Works on up to `concurrency` items at a time and hands the results on in the order of the items. */
async function inOrder<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<string>,
  write: (line: string) => Promise<void>,
): Promise<void> {
  const running: Promise<string>[] = [];
  for (const item of items) {
    if (running.length >= concurrency) await write((await running.shift()) as string);
    const line = work(item);
    line.catch(() => undefined); // reported when its turn comes
    running.push(line);
  }
  for (const line of running) await write(await line);
}

async function readText(file: string, context: CommandContext): Promise<string> {
  if (file === "-") return textArgument("-", context.stdin);
  return readFile(file, "utf8").catch((cause) => {
    throw new AppError("usage", `${file} cannot be read: ${(cause as Error).message}.`, { cause });
  });
}

/** The ids that an earlier run has answered, as JSON; what failed there is asked again. A line cut short is no answer. */
async function answered(file: string): Promise<Set<string>> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new AppError("usage", `${file} cannot be read: ${(cause as Error).message}.`, { cause });
  });
  const ids = new Set<string>();
  for (const line of text.split("\n")) {
    try {
      const answer = JSON.parse(line) as { id?: unknown; error?: unknown };
      if (answer.error === undefined) ids.add(JSON.stringify(answer.id));
    } catch {
      // the line that the earlier run was writing when it ended
    }
  }
  return ids;
}
