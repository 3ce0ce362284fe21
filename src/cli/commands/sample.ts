import { AppError } from "../../lib/errors.js";
import type { SampleArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";

/** `audience sample`. */
export async function run(_args: SampleArgs, _context: CommandContext): Promise<number> {
  throw new AppError("usage", "not there yet");
}
