import { parse } from "libpg-query";

type Node = Record<string, unknown>;

/**
 * The joins of a statement that Citus would have to do across nodes: rows of two relations matched by customer_id without
 * customer_key, which the tables are distributed by. Joins with reference tables name neither.
 */
export async function crossShardJoins(sql: string): Promise<string[]> {
  const found: string[] = [];
  walk(await parse(sql), [], found);
  return found;
}

/** @param beside the other conditions of the same AND */
function walk(value: unknown, beside: readonly unknown[], found: string[]): void {
  if (Array.isArray(value)) for (const item of value) walk(item, beside, found);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  for (const [name, inner] of Object.entries(value as Node)) {
    const node = inner as Node;
    if (name === "BoolExpr" && node["boolop"] === "AND_EXPR") {
      walk(node["args"], node["args"] as unknown[], found);
    } else {
      if (name === "A_Expr") {
        const pair = equality(node, "customer_id");
        if (pair && !beside.some((other) => equality((other as Node)["A_Expr"] as Node, "customer_key") === pair)) {
          found.push(pair);
        }
      }
      if (name === "JoinExpr" && Array.isArray(node["usingClause"])) {
        const columns = JSON.stringify(node["usingClause"]);
        if (columns.includes("customer_id") && !columns.includes("customer_key")) found.push("using (customer_id)");
      }
      walk(inner, name === "BoolExpr" ? [] : name === "A_Expr" ? beside : [], found);
    }
  }
}

/** "a=b" for a.column = b.column of two relations, in the order of the alphabet. */
function equality(expression: Node | undefined, column: string): string | undefined {
  if (expression === undefined || expression["kind"] !== "AEXPR_OP") return undefined;
  if (!JSON.stringify(expression["name"]).includes('"="')) return undefined;
  const aliases = [expression["lexpr"], expression["rexpr"]].map((side) => {
    const fields = ((side as Node | undefined)?.["ColumnRef"] as Node | undefined)?.["fields"];
    const names = JSON.stringify(fields ?? []).match(/(?<="sval":")[^"]*/g) ?? [];
    return names.length === 2 && names[1] === column ? names[0] : undefined;
  });
  if (aliases.includes(undefined) || aliases[0] === aliases[1]) return undefined;
  return aliases.sort().join("=");
}
