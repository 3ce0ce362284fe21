import { AppError } from "../../lib/errors.js";
import type { CommandContext } from "../context.js";

/** `audience doctor`. */
export async function run(_args: Record<string, never>, _context: CommandContext): Promise<number> {
  throw new AppError("usage", "not there yet");
}
