import type { Observation, ToolOutcome } from "../../model/model.js";
import type { Cell } from "../../render/answer.js";
import { reasonInWords } from "../../render/cell-text.js";

/** Most rows and characters of a result that a model is given; the user sees the result whole. */
const MOST_ROWS = 40;
const MOST_CHARACTERS = 8_000;

/** The rows of a result that a model is given. */
export function shownRows({ rows }: ToolOutcome): Cell[][] {
  const kept: Cell[][] = [];
  let size = 0;
  for (const row of rows.slice(0, MOST_ROWS)) {
    size += JSON.stringify(row.map(plain)).length;
    if (size > MOST_CHARACTERS) break;
    kept.push(row);
  }
  return kept;
}

/** What a tool found, as one JSON text for a language model: capped, with the exact total, and saying what is missing. */
export function toolResultText({ outcome, failure }: Observation, id: string): string {
  if (failure) return JSON.stringify({ ok: false, id, error: { ...failure, hint: forModels(failure.hint) } });
  const { columns, total, stages, warnings } = outcome;
  const kept = shownRows(outcome).map((row) => row.map(plain));
  const sizes = stages.filter(({ stage }) => stage !== "query").map(({ stage, rows }) => ({ stage, customers: rows }));
  return JSON.stringify({
    ok: true,
    id,
    columns,
    rows: kept,
    total,
    truncated: kept.length < total,
    ...(kept.length < total && { note: `Only the first ${kept.length} of ${total} rows are here.` }),
    ...(sizes.length > 0 && { stages: sizes }),
    ...(warnings.length > 0 && { warnings }),
  });
}

/** A hint names commands of the command line, where a model has a tool. */
function forModels(hint: string | undefined): string | undefined {
  return hint?.replaceAll("`audience schema`", "describe_data");
}

/** The same result without its rows, where a conversation grows too long. */
export function forgottenResultText({ outcome, failure }: Observation, id: string): string {
  if (failure) return JSON.stringify({ ok: false, id });
  const { columns, total } = outcome;
  return JSON.stringify({
    ok: true,
    id,
    columns,
    total,
    note: "The rows were left out to save room; call again if needed.",
  });
}

function plain(cell: Cell): string | number | boolean | null {
  return cell !== null && typeof cell === "object" ? reasonInWords(cell) : cell;
}
