import { AppError } from "../lib/errors.js";

/** The server of the rows does not answer, or has ended the connection: after a restart it may answer again. */
export class ConnectionLost extends AppError {
  constructor(message: string, options: { hint: string; cause: unknown }) {
    super("unreachable", message, options);
    this.name = "ConnectionLost";
  }
}
