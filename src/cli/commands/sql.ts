import { AppError } from "../../lib/errors.js";
import type { SqlArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";

/** `audience sql`. */
export async function run(_args: SqlArgs, _context: CommandContext): Promise<number> {
  throw new AppError("usage", "not there yet");
}
