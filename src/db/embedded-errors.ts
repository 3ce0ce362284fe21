import { AppError } from "../lib/errors.js";

/** Where no database has been made yet. */
export function noData(directory: string): AppError {
  return new AppError("no_data", `No data has been loaded yet (looked in ${directory}).`, {
    hint: "Load your files with `audience ingest --crm FILE --events FILE`, or try `audience demo`.",
  });
}

/** Postgres does not start. PGlite seldom says why: what is known of the reason is in the hint. */
export function cannotOpen(directory: string, message: string): AppError {
  const why = /Aborted\(|failed to initialize/.test(message) ? "Postgres does not start on it" : message;
  return new AppError("config", `The database in ${directory} cannot be opened: ${why}.`, {
    hint: `Check the space on the disk and the permissions of the folder. Where both are well it is damaged: ${AGAIN}`,
  });
}

/** Postgres found a page, an index or a file that cannot be right. */
export function damaged(directory: string, message: string): AppError {
  return new AppError("config", `The database in ${directory} is damaged: ${message}.`, {
    hint: `Nothing can be answered from it: ${AGAIN}`,
  });
}

const AGAIN = "move the folder away and load your files again.";

/** XX001 data corrupted, XX002 index corrupted; 58P01 is also said of files that a statement names. */
export function isDamage({ sqlState, message }: { sqlState: string; message: string }): boolean {
  if (sqlState === "58P01") return /^could not open file "(base|global|pg_)/.test(message);
  return sqlState === "XX001" || sqlState === "XX002";
}
