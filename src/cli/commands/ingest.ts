import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IngestOptions, type IngestSummary, type Reject, requireFiles } from "../../../ingest/options.js";
import type { Config } from "../../config/schema.js";
import { AppError } from "../../lib/errors.js";
import { renderCsv } from "../../render/csv.js";
import { createRuntime } from "../../runtime.js";
import type { IngestArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { renderIngestSummary } from "../ingest-summary.js";
import { initServer } from "../init-server.js";
import { loadFailure } from "../load-failure.js";
import { showProgress } from "../progress.js";
import { watchSpace } from "../space-watch.js";
import { runtimeOptions } from "../with-runtime.js";
import { writeOut } from "../write-out.js";

/** `audience ingest`: loads files, or says why not; then what was done. */
export async function run(args: IngestArgs, context: CommandContext): Promise<number> {
  if (args.distributed && !args.init) throw new AppError("usage", "--distributed goes with --init.");
  if (args.init) await initServer(args.distributed === true, context);
  if (args.init && args.crm.length + args.events.length === 0 && !args.reindex) return 0;
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
  const { config } = context;
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
  const rejects = args.rejects === undefined ? undefined : await openRejects(args.rejects);
  const progress = showProgress(context.stderr, context.now);
  const { dryConfig, cleanUp } = await dryRunConfig(config, args.dryRun);
  let watch: ReturnType<typeof watchSpace> | undefined;
  try {
    if (config.databaseUrl === undefined) watch = watchSpace(dryConfig.dataDir, context.signal);
    const signal = watch?.signal ?? context.signal;
    const runtime = await createRuntime(
      { ...context.loaded, config: dryConfig },
      runtimeOptions("ingest", { ...context, signal }, true),
    );
    try {
      const { ingest } = await import("../../../ingest/ingest.js"); // while the database opens
      return await ingest(options, {
        db: runtime.db,
        embedder: runtime.embedder,
        vectorIndex: runtime.vectorIndex,
        stdin: context.stdin,
        signal,
        progress: progress.update,
        reject: (reject) => rejects?.write(rejectLine(reject)),
        clock: runtime.clock,
      });
    } catch (error) {
      throw loadFailure(error);
    } finally {
      await runtime.close();
    }
  } finally {
    watch?.stop();
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

/** Before anything is loaded: a file that cannot be written must not be found out afterwards. */
async function openRejects(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path);
  try {
    await once(stream, "open");
  } catch (cause) {
    throw unwritable(cause);
  }
  stream.on("error", () => undefined); // seen by `closed`
  stream.write(renderCsv(["file", "line", "reason", "row"], []));
  return stream;
}

function unwritable(cause: unknown): AppError {
  return new AppError("config", `The rejects file cannot be written: ${(cause as Error).message}.`, {
    hint: "Choose another with --rejects.",
    cause,
  });
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
    throw unwritable(cause);
  });
}
