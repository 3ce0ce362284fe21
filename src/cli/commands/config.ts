import { CONFIG_COLUMNS, describeConfig } from "../../config/describe-config.js";
import { renderRows } from "../../render/render-rows.js";
import type { CommandContext } from "../context.js";
import { writeOut } from "../write-out.js";

/** `audience config`: every setting with its value, origin and meaning; secrets are only said to be set. */
export async function run(_args: Record<string, never>, context: CommandContext): Promise<number> {
  const rows = describeConfig(context.loaded);
  await writeOut(context.stdout, renderRows(CONFIG_COLUMNS, rows, context.output, context.render));
  return 0;
}
