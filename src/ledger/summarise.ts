import type { LedgerEntry } from "./ledger.js";

/** What costs are added up by. */
export const COST_GROUPS = ["day", "command", "model", "question", "session"] as const;
export type CostGroup = (typeof COST_GROUPS)[number];

export interface CostRow {
  group: string;
  calls: number;
  failed: number;
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
  embedding_tokens: number;
  /** Dollars of the calls whose cost is known. */
  cost_usd: number;
  /** Calls of which nobody knows the cost. */
  unpriced: number;
}

/** The ledger by group: days and sessions in order, others the most expensive first. */
export function summariseCosts(entries: readonly LedgerEntry[], by: CostGroup): CostRow[] {
  const rows = new Map<string, CostRow>();
  for (const entry of entries) {
    const group = by === "day" ? entry.time.slice(0, 10) : entry[by] || "(none)";
    const row = rows.get(group) ?? emptyRow(group);
    rows.set(group, add(row, entry));
  }
  const list = [...rows.values()];
  const ordered = by === "day" || by === "session";
  return list.sort((a, b) => (ordered ? 0 : b.cost_usd - a.cost_usd) || (a.group < b.group ? -1 : 1));
}

/** All of it in one row. */
export function totalCosts(entries: readonly LedgerEntry[]): CostRow {
  return entries.reduce(add, emptyRow("(all)"));
}

function emptyRow(group: string): CostRow {
  return {
    group,
    calls: 0,
    failed: 0,
    prompt_tokens: 0,
    cached_tokens: 0,
    completion_tokens: 0,
    embedding_tokens: 0,
    cost_usd: 0,
    unpriced: 0,
  };
}

function add(row: CostRow, entry: LedgerEntry): CostRow {
  const llm = entry.kind === "llm";
  return {
    ...row,
    calls: row.calls + 1,
    failed: row.failed + (entry.status === "ok" ? 0 : 1),
    prompt_tokens: row.prompt_tokens + (llm ? entry.prompt_tokens : 0),
    cached_tokens: row.cached_tokens + entry.cached_tokens,
    completion_tokens: row.completion_tokens + entry.completion_tokens,
    embedding_tokens: row.embedding_tokens + (llm ? 0 : entry.prompt_tokens),
    cost_usd: row.cost_usd + (entry.cost_usd ?? 0),
    unpriced: row.unpriced + (entry.cost_usd === null ? 1 : 0),
  };
}
