import type { InitSummary } from "../../ingest/init.js";
import { SqlError } from "../db/sql-error.js";
import { cleanForTerminal } from "../lib/clean-text.js";
import { AppError } from "../lib/errors.js";
import { createRuntime } from "../runtime.js";
import type { CommandContext } from "./context.js";
import { runtimeOptions } from "./with-runtime.js";
import { writeOut } from "./write-out.js";

/** `audience ingest --init`: prepares the server of DATABASE_URL, and says what was done. Throws AppError "config". */
export async function initServer(distributed: boolean, context: CommandContext): Promise<void> {
  const { config, loaded, signal } = context;
  if (config.databaseUrl === undefined) {
    throw new AppError("usage", "--init prepares a PostgreSQL server; DATABASE_URL is not set.", {
      hint: "The embedded database needs no preparation: load files with --crm and --events.",
    });
  }
  const runtime = await createRuntime({ ...loaded, config }, runtimeOptions("init", context, true));
  try {
    const { initialise } = await import("../../ingest/init.js");
    const { readerUrl, luxuryAbove } = config;
    const summary = await initialise(runtime.db, { readerUrl, distributed, luxuryAbove, signal });
    await writeOut(context.stdout, renderSummary(summary, context));
  } catch (error) {
    throw error instanceof SqlError && error.sqlState === "42501" ? notAllowed(error) : error;
  } finally {
    await runtime.close();
  }
}

function renderSummary(summary: InitSummary, { output }: CommandContext): string {
  if (output === "json" || output === "jsonl") return `${JSON.stringify(summary)}\n`;
  const lines = [...summary.done, ...summary.warnings.map((warning) => `! ${warning}`)];
  return `${lines
    .map((line) =>
      line
        .split("\n")
        .map((part) => cleanForTerminal(part))
        .join("\n"),
    )
    .join("\n")}\n`;
}

function notAllowed(cause: SqlError): AppError {
  return new AppError("config", `The owner may not do that: ${cause.message}. Nothing was changed.`, {
    hint: "Its role needs CREATEROLE and CREATE on the database, or run the SQL of docs/servers-postgres.md as a superuser.",
    cause,
  });
}
