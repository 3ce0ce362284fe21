import { AppError } from "../../lib/errors.js";
import type { SchemaArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";

/** `audience schema`. */
export async function run(_args: SchemaArgs, _context: CommandContext): Promise<number> {
  throw new AppError("usage", "not there yet");
}
