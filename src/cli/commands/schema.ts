import { describe } from "../../agent/tools/describe-data.js";
import { renderRows } from "../../render/render-rows.js";
import { masked } from "../answering.js";
import type { SchemaArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { withRuntime } from "../with-runtime.js";
import { writeOut } from "../write-out.js";

/** `audience schema`: the views, columns, types and values. */
export async function run(args: SchemaArgs, context: CommandContext): Promise<number> {
  return withRuntime("schema", context, async (runtime) => {
    const { columns, rows } = describe(masked(await runtime.catalogue(), context.config).shown, args.view, args.column);
    await writeOut(context.stdout, renderRows(columns, rows, context.output, context.render));
    return 0;
  });
}
