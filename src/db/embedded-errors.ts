import { AppError } from "../lib/errors.js";

/** Where no database has been made yet. */
export function noData(directory: string): AppError {
  return new AppError("no_data", `No data has been loaded yet (looked in ${directory}).`, {
    hint: "Load your files with `audience ingest --crm FILE --events FILE`, or try `audience demo`.",
  });
}

/** Where Postgres did not start. */
export function cannotOpen(directory: string, message: string): AppError {
  return new AppError("config", `The database in ${directory} cannot be opened: ${message}.`, {
    hint: "Check the space on the disk and the permissions of the folder, or choose another with --data-dir.",
  });
}
