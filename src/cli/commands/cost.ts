import { stateDirectory } from "../../config/paths.js";
import { readLedger } from "../../ledger/ledger.js";
import { type CostRow, summariseCosts, totalCosts } from "../../ledger/summarise.js";
import type { Cell } from "../../render/answer.js";
import type { OutputFormat } from "../../render/output.js";
import { renderRows } from "../../render/render-rows.js";
import { ledgerFile } from "../../runtime.js";
import type { CostArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { writeOut } from "../write-out.js";

/** `audience cost`: the ledger by day, command, model, question or session. */
export async function run({ by, since }: CostArgs, context: CommandContext): Promise<number> {
  const file = ledgerFile(stateDirectory(context.env));
  const { entries, unreadable } = readLedger(file);
  const kept = since === undefined ? entries : entries.filter(({ time }) => time >= since);
  const groups = summariseCosts(kept, by);
  // Machines add up for themselves.
  const rows = context.output === "text" && groups.length > 1 ? [...groups, totalCosts(kept)] : groups;
  if (rows.length === 0 && context.output === "text") await writeOut(context.stdout, "No model has been called yet.\n");
  else
    await writeOut(
      context.stdout,
      renderRows(columns(by, context.output), rows.map(cells), context.output, context.render),
    );
  const unpriced = kept.filter(({ cost_usd }) => cost_usd === null).length;
  const notes = [
    ...(unpriced > 0
      ? [`The cost of ${unpriced} calls is unknown: neither the endpoint nor the price table states it.`]
      : []),
    ...(unreadable > 0 ? [`${unreadable} lines of ${file} cannot be read and are left out.`] : []),
  ];
  if (notes.length > 0) await writeOut(context.stderr, `${notes.join("\n")}\n`);
  return 0;
}

/** For people without the word that each of four would repeat, so that a line fits 80 cells. */
function columns(by: string, output: OutputFormat): string[] {
  const tokens = ["prompt", "cached", "completion", "embedding"];
  const names = output === "text" ? tokens : tokens.map((name) => `${name}_tokens`);
  return [by, "calls", "failed", ...names, "cost_usd"];
}

function cells(row: CostRow): Cell[] {
  const { group, calls, failed, prompt_tokens, cached_tokens, completion_tokens, embedding_tokens, cost_usd } = row;
  const cost = Math.round(cost_usd * 1e8) / 1e8;
  return [group, calls, failed, prompt_tokens, cached_tokens, completion_tokens, embedding_tokens, cost];
}
