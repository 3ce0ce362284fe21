import { createWriteStream, type WriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingest, requireFiles } from "../../../ingest/ingest.js";
import type { IngestOptions, IngestSummary, Reject } from "../../../ingest/options.js";
import type { Config } from "../../config/schema.js";
import { AppError } from "../../lib/errors.js";
import { renderCsv } from "../../render/csv.js";
import { createRuntime } from "../../runtime.js";
import type { IngestArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { renderIngestSummary } from "../ingest-summary.js";
import { showProgress } from "../progress.js";
import { writeOut } from "../write-out.js";

/** `audience ingest`: loads files, or says why not; then what was done. */
export async function run(args: IngestArgs, context: CommandContext): Promise<number> {
  requireFiles(args);
  if ([...args.crm, ...args.events].filter((file) => file === "-").length > 1) {
    throw new AppError("usage", "Only one file can be stdin (-).");
  }
  const summary = await runIngest(args, context);
  await writeOut(context.stdout, renderIngestSummary(summary, context.output, context.render));
  return 0;
}

/** Loads with the configuration's database; progress goes to stderr. */
export async function runIngest(args: IngestArgs, context: CommandContext): Promise<IngestSummary> {
  const { config, signal } = context;
  const options: IngestOptions = {
    crm: args.crm,
    events: args.events,
    maps: args.map,
    eventType: args.eventType,
    encoding: args.encoding,
    blanks: args.nulls,
    dateOrder: args.dateOrder,
    maxRejects: args.maxRejects,
    dryRun: args.dryRun,
    reindex: args.reindex,
    luxuryAbove: config.luxuryAbove,
    weights: config.weights,
  };
  const rejects = args.rejects === undefined ? undefined : openRejects(args.rejects);
  const progress = showProgress(context.stderr, context.now);
  const { dryConfig, cleanUp } = await dryRunConfig(config, args.dryRun);
  try {
    const runtime = await createRuntime(dryConfig, { command: "ingest", create: true, signal });
    try {
      return await ingest(options, {
        db: runtime.db,
        embedder: runtime.embedder,
        stdin: context.stdin,
        signal,
        progress: progress.update,
        reject: (reject) => rejects?.write(rejectLine(reject)),
        clock: runtime.clock,
      });
    } finally {
      await runtime.close();
    }
  } finally {
    progress.end();
    await cleanUp();
    await closed(rejects);
  }
}

/** A dry run where there is no database yet works on one that is thrown away. */
async function dryRunConfig(config: Config, dryRun: boolean) {
  const { embeddedExists } = await import("../../db/embedded.js");
  if (!dryRun || config.databaseUrl !== undefined || embeddedExists(config.dataDir)) {
    return { dryConfig: config, cleanUp: async () => undefined };
  }
  const dataDir = await mkdtemp(join(tmpdir(), "audience-dry-run-"));
  return { dryConfig: { ...config, dataDir }, cleanUp: () => rm(dataDir, { recursive: true, force: true }) };
}

function openRejects(path: string): WriteStream {
  const stream = createWriteStream(path);
  stream.on("error", () => undefined); // seen by `closed`
  stream.write(renderCsv(["file", "line", "reason", "row"], []));
  return stream;
}

/** A line of its own: a header without rows. */
function rejectLine({ file, line, reason, text }: Reject): string {
  return renderCsv([file, String(line), reason, text], []);
}

async function closed(stream: WriteStream | undefined): Promise<void> {
  if (!stream) return;
  await new Promise<void>((resolve, reject) => {
    stream.on("error", reject);
    if (stream.errored) reject(stream.errored);
    stream.end(resolve);
  }).catch((cause) => {
    throw new AppError("config", `The rejects file cannot be written: ${(cause as Error).message}.`, { cause });
  });
}
