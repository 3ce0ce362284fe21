import { AppError } from "../../lib/errors.js";
import type { AskArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";

/** `audience ask`. */
export async function run(_args: AskArgs, _context: CommandContext): Promise<number> {
  throw new AppError("usage", "not there yet");
}
