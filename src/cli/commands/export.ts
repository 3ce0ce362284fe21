import { access, rename, rm, writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { withEveryRow } from "../../agent/every-row.js";
import { AppError } from "../../lib/errors.js";
import type { OutputFormat } from "../../render/output.js";
import { renderAnswer } from "../../render/render-answer.js";
import { toolContext } from "../answering.js";
import type { ExportArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { lastTurn } from "../recorded.js";
import { createSettled } from "../settled.js";
import { withRuntime } from "../with-runtime.js";
import { writeOut } from "../write-out.js";

const FORMATS: Record<string, OutputFormat> = {
  ...{ ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".md": "md", ".txt": "text" },
};

/** `audience export`: every row of the last answer as a file, whose name says the form. */
export async function run({ file, force }: ExportArgs, context: CommandContext): Promise<number> {
  const format = FORMATS[extname(file).toLowerCase()];
  if (!format) {
    throw new AppError("usage", `The name ${JSON.stringify(file)} does not say in which form to write.`, {
      hint: `It ends in ${Object.keys(FORMATS).join(", ")}.`,
    });
  }
  const { answer } = lastTurn(context);
  if (!force && (await exists(file))) {
    throw new AppError("usage", `${file} is there already.`, { hint: "Take another name, or add --force." });
  }
  const whole = await withRuntime("export", context, (runtime) => {
    const settled = createSettled(runtime, async (catalogue) => toolContext(runtime, catalogue, context));
    return settled((tools) => withEveryRow(answer, tools), { signal: context.signal });
  });
  await writeWhole(file, renderAnswer(whole, format, { ...context.render, color: false }));
  const rows = whole.columns.length > 0 ? whole.rows.length : 1;
  await writeOut(context.stderr, `${rows.toLocaleString("en-US")} ${rows === 1 ? "row" : "rows"} in ${file}.\n`);
  return 0;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Nobody finds half a file under the name. */
async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.${process.pid}.part`;
  try {
    await writeFile(partial, text, { mode: 0o600 });
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new AppError("usage", `${file} cannot be written: ${(cause as Error).message}.`, { cause });
  }
}
