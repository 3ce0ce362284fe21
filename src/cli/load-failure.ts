import { ConnectionLost } from "../db/connection-lost.js";
import { SqlError } from "../db/sql-error.js";
import { AppError } from "../lib/errors.js";

/** What broke off a load, in words for whoever started it; a bug of ours stays as it is. */
export function loadFailure(error: unknown): unknown {
  if (error instanceof ConnectionLost) return lost(error);
  return error instanceof SqlError ? refusal(error) : error;
}

/** The end of the connection may have come after the commit: both are said, and the same command is right for both. */
function lost(cause: ConnectionLost): AppError {
  return new AppError("unreachable", `${cause.message} The load was undone, or is there as a whole.`, {
    hint: "Once the server answers, run the same command again: what has been loaded is skipped.",
    cause,
  });
}

/** What a database says that its operator can mend; any other error of SQL is a bug of ours. */
function refusal(error: SqlError): Error {
  const hint = Object.entries(REFUSALS).find(([state]) => error.sqlState.startsWith(state))?.[1];
  if (hint === undefined) return error;
  return new AppError("query", `The database refuses the load: ${error.message}. Nothing was changed.`, {
    hint,
    cause: error,
  });
}

/** By SQLSTATE, or the beginning of it. */
const REFUSALS: Record<string, string> = {
  "57014": "Somebody ended its statement (pg_cancel_backend, or a limit of the server). Try again.",
  "42501": "The user of DATABASE_URL must be able to create schemas and roles in this database.",
  "25006": "The server takes no changes: it is a standby, or set to read only.",
  "55P03": "A question or another program holds the tables for longer than a minute; try again.",
  "22P05": "The database must have the encoding UTF8.",
  "40": "Another program changed the same rows; try again.",
  "53": "Free space or memory on the database's machine, then try again.",
  "54": "A row or a value is too large for the database: leave columns out with --map COLUMN=-.",
  "58": "Look at the database's disk, and at its log.",
};
