import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, rmSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { SampleOptions } from "../../ingest/sample-data.js";
import { throwIfAborted } from "../lib/abort.js";
import { AppError } from "../lib/errors.js";

/** The files of a sample set. */
export const CRM = "crm.csv";
export const EVENTS = "clickstream.csv";
const OPTIONS = "sample.json";

const CHUNK = 256 * 1024;
/** Enough for the last rows, whatever dirt is among them. */
const TAIL = 64 * 1024;

export interface Written {
  file: string;
  rows: number;
  bytes: number;
}

const storedOptions = z.object({
  customers: z.number(),
  seed: z.number(),
  end: z.iso.datetime().transform((text) => new Date(text)),
  days: z.number(),
  dirt: z.boolean(),
});

/** Makes the folder. Throws AppError "input" when that cannot be. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new AppError("input", `The folder ${folder} cannot be made: ${(cause as Error).message}.`, {
      hint: "Choose another with --out.",
      cause,
    });
  }
}

/**
 * Writes the files of a set, each under another name first, so that a kill leaves no half file that looks whole.
 * `lines` are without line ends, the header first. Throws AppError "input" when the folder cannot be written.
 */
export async function writeFiles(
  folder: string,
  files: readonly { name: string; lines: Iterable<string> }[],
  signal: AbortSignal,
): Promise<Written[]> {
  const temporary = (name: string) => join(folder, `${name}.part-${process.pid}`);
  try {
    const written: Written[] = [];
    for (const { name, lines } of files) {
      written.push({ file: join(folder, name), ...(await writeLines(temporary(name), lines, signal)) });
    }
    for (const { name } of files) await rename(temporary(name), join(folder, name));
    return written;
  } catch (cause) {
    if (cause instanceof AppError || typeof (cause as NodeJS.ErrnoException).code !== "string") throw cause;
    throw new AppError("input", `${folder} cannot be written: ${(cause as Error).message}.`, { cause });
  } finally {
    for (const { name } of files) rmSync(temporary(name), { force: true });
  }
}

async function writeLines(path: string, lines: Iterable<string>, signal: AbortSignal) {
  const file = await open(path, "w");
  let rows = -1; // the header
  let bytes = 0;
  let text = "";
  const flush = async () => {
    throwIfAborted(signal);
    bytes += (await file.write(text)).bytesWritten;
    text = "";
  };
  try {
    for (const line of lines) {
      text += `${line}\n`;
      rows++;
      if (text.length >= CHUNK) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { rows, bytes };
}

/** The line of the file that lets `--append` go on with the same customers. */
export function optionsFile(options: SampleOptions): { name: string; lines: string[] } {
  return { name: OPTIONS, lines: [JSON.stringify(options)] };
}

/** The options of the set in a folder. Throws AppError "usage" when there is none. */
export function readOptions(folder: string): SampleOptions {
  try {
    return storedOptions.parse(JSON.parse(readFileSync(join(folder, OPTIONS), "utf8")));
  } catch (cause) {
    throw new AppError("usage", `${folder} holds no sample that can be continued (${OPTIONS}).`, {
      hint: `Write one first: audience sample --out ${folder}`,
      cause,
    });
  }
}

/** Where the events of a set end, and the name of the next file. Throws AppError "usage" when it has none. */
export function endOfEvents(folder: string): { after: Date; firstEventId: number; next: string } {
  let last = 0;
  let newest = 0;
  let highest = -1;
  for (const name of readdirSync(folder)) {
    const appended = /^clickstream-append-(\d+)\.csv$/.exec(name);
    if (!appended && name !== EVENTS) continue;
    last = Math.max(last, Number(appended?.[1] ?? 0));
    for (const line of tailOf(join(folder, name))) {
      const [id = "", , , time = ""] = line.split(",");
      if (/^\d+$/.test(id)) highest = Math.max(highest, Number(id));
      if (/^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(time)) newest = Math.max(newest, Date.parse(time) || 0);
    }
  }
  if (highest < 0 || newest === 0) {
    throw new AppError("usage", `${folder} holds no events to follow (${EVENTS}).`, {
      hint: `Write a set first: audience sample --out ${folder}`,
    });
  }
  return { after: new Date(newest), firstEventId: highest + 1, next: `clickstream-append-${last + 1}.csv` };
}

/** The last whole lines of a file: ids and times ascend, so the newest are there. */
function tailOf(path: string): string[] {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const start = Math.max(0, size - TAIL);
    const buffer = Buffer.alloc(size - start);
    readSync(file, buffer, 0, buffer.length, start);
    return buffer.toString("utf8").split("\n").slice(1); // the header, or part of a line
  } finally {
    closeSync(file);
  }
}
