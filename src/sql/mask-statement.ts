import type { Catalogue, ViewName } from "../criteria/catalogue.js";
import { MASKED, type Mask } from "../criteria/personal.js";
import { AppError } from "../lib/errors.js";
import { checkMaskedUse } from "./guard/check-masked-use.js";
import { parseStatement } from "./guard/parse-statement.js";
import { VIEWS } from "./guard/refuse.js";

/**
 * A checked statement over views in which personal columns hold *** wherever they are filled: queries of its own, named
 * like the views, surround it. So nothing personal can come out, however the statement renames, joins or transforms a
 * column. What would be computed from *** is refused (check-masked-use.ts), since a wrong number is worse than none.
 * Throws AppError "refused".
 * @param use false leaves out the check for exactness, to try the views by themselves
 */
export async function maskStatement(
  statement: string,
  catalogue: Catalogue,
  mask: Mask,
  { use = true } = {},
): Promise<string> {
  const views = VIEWS.filter((view) => mask.columns[view].size > 0);
  if (views.length === 0) return statement;
  const { text, node } = await parseStatement(statement);
  const personal = new Set(views.flatMap((view) => [...mask.columns[view]]));
  const known = new Set(VIEWS.flatMap((view) => catalogue.views[view].columns.map((column) => column.name)));
  if (use) checkMaskedUse(node, personal, known);
  const inner = withoutSchema(text, schemaPlaces(node));
  // The parser, not the cutting above, says that no view is read past the queries around.
  if (schemaPlaces((await parseStatement(inner)).node).length > 0) throw unreadable();
  const queries = views.map((view) => `${view} as not materialized (${maskedView(view, catalogue, mask)})`);
  return `with ${queries.join(", ")} select * from (${inner}\n) "#masked"`;
}

function maskedView(view: ViewName, catalogue: Catalogue, mask: Mask): string {
  const names = catalogue.views[view].columns.map((column) => column.name);
  if (catalogue.distributed) names.push("customer_key"); // joins need it there
  const list = names.map((name) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    return mask.columns[view].has(name) ? `case when ${column} is not null then '${MASKED}' end as ${column}` : column;
  });
  return `select ${list.join(", ")} from audience.${view}`;
}

/** Byte offsets at which "audience." stands before the name of a view. */
function schemaPlaces(node: unknown): number[] {
  if (Array.isArray(node)) return node.flatMap(schemaPlaces);
  if (node === null || typeof node !== "object") return [];
  return Object.entries(node).flatMap(([name, value]): number[] => {
    const { schemaname, fields, location = 0 } = (value ?? {}) as Partial<Record<string, unknown>>;
    const own = name === "RangeVar" && schemaname !== undefined;
    const column = name === "ColumnRef" && Array.isArray(fields) && fields.length > 2;
    return [...(own || column ? [location as number] : []), ...schemaPlaces(value)];
  });
}

function withoutSchema(text: string, places: readonly number[]): string {
  let bytes = Buffer.from(text);
  for (const place of [...places].sort((a, b) => b - a)) {
    const after = bytes.subarray(place).toString("utf8");
    const schema = /^("audience"|audience)\s*\.\s*/i.exec(after);
    if (!schema) throw unreadable();
    bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(after.slice(schema[0].length))]);
  }
  return bytes.toString("utf8");
}

function unreadable(): AppError {
  return new AppError("refused", "Personal columns are masked, and the statement names a view in an unusual way.", {
    hint: "Write customers, not audience.customers.",
  });
}
