import { readFile } from "node:fs/promises";
import { AppError } from "../../lib/errors.js";
import { renderAnswer } from "../../render/render-answer.js";
import { createPlanner, toolContext, withRuntime } from "../answering.js";
import type { BatchArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { textArgument } from "../read-argument.js";
import { writeOut } from "../write-out.js";
import { askOne } from "./ask.js";

interface Item {
  id: unknown;
  question: string;
}

/** `audience batch`: many questions over one opening of the data; a question that fails does not stop the others. */
export async function run(args: BatchArgs, context: CommandContext): Promise<number> {
  const items = parseItems(await readText(args.file, context));
  return withRuntime("batch", context, async (runtime) => {
    const catalogue = await runtime.catalogue();
    const planner = createPlanner(catalogue, context);
    const tools = toolContext(runtime, catalogue, context);
    let failed = 0;
    for (const { id, question } of items) {
      try {
        const answer = await askOne(question, planner(question, tools), tools);
        const line = JSON.parse(renderAnswer(answer, "jsonl", context.render)) as object;
        await writeOut(context.stdout, `${JSON.stringify({ id, ...line })}\n`);
      } catch (error) {
        if (context.signal.aborted || !(error instanceof AppError)) throw error;
        failed++;
        const { code, message, hint } = error;
        await writeOut(context.stdout, `${JSON.stringify({ id, question, error: { code, message, hint } })}\n`);
      }
    }
    return failed > 0 ? 1 : 0;
  });
}

async function readText(file: string, context: CommandContext): Promise<string> {
  if (file === "-") return textArgument("-", context.stdin);
  return readFile(file, "utf8").catch((cause) => {
    throw new AppError("usage", `${file} cannot be read: ${(cause as Error).message}.`, { cause });
  });
}

/** Lines of text, or of JSON with a question; the id is the given one, else the line's number. */
function parseItems(text: string): Item[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap((line, i): Item[] => {
      if (line.trim() === "") return [];
      if (!line.trimStart().startsWith("{")) return [{ id: i + 1, question: line.trim() }];
      let item: { id?: unknown; question?: unknown };
      try {
        item = JSON.parse(line) as typeof item;
      } catch (cause) {
        throw new AppError("usage", `Line ${i + 1} is not JSON: ${(cause as Error).message}.`, { cause });
      }
      if (typeof item.question !== "string") {
        throw new AppError("usage", `Line ${i + 1} has no question.`, {
          hint: '{"id": 1, "question": "How many customers ...?"}',
        });
      }
      return [{ id: item.id ?? i + 1, question: item.question }];
    });
}
