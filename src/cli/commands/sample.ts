import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { sampleWindow } from "../../../ingest/sample/options.js";
import { appendEvents, sampleCustomers, sampleEvents } from "../../../ingest/sample-data.js";
import { absolutePath } from "../../config/paths.js";
import { AppError } from "../../lib/errors.js";
import { renderRows } from "../../render/render-rows.js";
import type { SampleArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import {
  CRM,
  EVENTS,
  endOfEvents,
  makeFolder,
  optionsFile,
  readOptions,
  type Written,
  writeFiles,
} from "../sample-files.js";
import { writeOut } from "../write-out.js";

const FOLDER = "sample";

/** `audience sample`: writes a synthetic data set, the same for the same seed; or fresh events that continue one. */
export async function run(args: SampleArgs, context: CommandContext): Promise<number> {
  const folder = absolutePath(args.out ?? FOLDER, context.cwd, context.env);
  const written =
    args.append === undefined ? await writeSet(folder, args, context) : await append(folder, args, context);
  const shown = written.map((file) => ({ ...file, file: relative(context.cwd, file.file) }));
  await writeOut(context.stdout, report(shown, context));
  return 0;
}

async function writeSet(folder: string, { customers, seed }: SampleArgs, context: CommandContext): Promise<Written[]> {
  for (const name of [CRM, EVENTS]) {
    if (!existsSync(join(folder, name))) continue;
    throw new AppError("usage", `${join(folder, name)} exists already.`, {
      hint: "Choose another folder with --out; --append COUNT adds fresh events to this set.",
    });
  }
  const window = sampleWindow({ ...(customers !== undefined && { customers }), ...(seed !== undefined && { seed }) });
  makeFolder(folder);
  const { end, days, dirt } = window;
  const options = { customers: window.customers, seed: window.seed, end, days, dirt };
  const written = await writeFiles(
    folder,
    [
      optionsFile(options),
      { name: CRM, lines: sampleCustomers(options) },
      { name: EVENTS, lines: sampleEvents(options) },
    ],
    context.signal,
  );
  return written.slice(1);
}

/** The same customers go on with the same tastes, from the newest event of the set. */
async function append(folder: string, args: SampleArgs, context: CommandContext): Promise<Written[]> {
  if (args.customers !== undefined || args.seed !== undefined) {
    throw new AppError("usage", "--append continues a set with its own customers and seed.", {
      hint: "Leave --customers and --seed out.",
    });
  }
  const options = readOptions(folder);
  const { next, ...end } = endOfEvents(folder);
  const lines = appendEvents({ ...options, ...end, count: args.append as number });
  return writeFiles(folder, [{ name: next, lines }], context.signal);
}

function report(written: readonly Written[], { output, render }: CommandContext): string {
  const next = `audience ingest ${written
    .map(({ file }) => `${file.endsWith(CRM) ? "--crm" : "--events"} ${quoted(file)}`)
    .join(" ")}`;
  if (output === "json") return `${JSON.stringify({ files: written, next }, null, 2)}\n`;
  if (output !== "text") {
    return renderRows(
      ["file", "rows", "bytes"],
      written.map(({ file, rows, bytes }) => [file, rows, bytes]),
      output,
      render,
    );
  }
  const lines = written.map(({ file, rows, bytes }) => `${file}: ${rows.toLocaleString("en-US")} rows, ${size(bytes)}`);
  return `${lines.join("\n")}\n\nTo load: ${next}\n`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
