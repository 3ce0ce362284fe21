import { AppError } from "../../lib/errors.js";
import type { FindArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";

/** `audience find`. */
export async function run(_args: FindArgs, _context: CommandContext): Promise<number> {
  throw new AppError("usage", "not there yet");
}
