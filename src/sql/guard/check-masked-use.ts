import { AppError } from "../../lib/errors.js";
import type { Fields } from "./check-node.js";
import { VIEWS } from "./refuse.js";

/**
 * Refuses what would come out wrong where personal columns hold ***: such a column may be shown by the outermost SELECT
 * (without GROUP BY, DISTINCT and UNION), counted, and tested for NULL. Nothing may give it another name, under which
 * it could not be followed. This is for exactness; that nothing leaks is the work of the views around
 * (mask-statement.ts). Throws AppError "refused".
 * @param statement the wrapped node of a checked statement
 * @param known all columns of the views: a name of theirs means the column, also where a relation is called so
 */
export function checkMaskedUse(statement: unknown, personal: ReadonlySet<string>, known: ReadonlySet<string>): void {
  const top = (statement as { SelectStmt: Fields }).SelectStmt;
  const rows = relationNames(statement);
  for (const name of [...known, ...newNames(statement)]) rows.delete(name);
  const use = new Use(personal, rows);
  const plain = ["groupClause", "distinctClause", "op"].every((field) => {
    const value = top[field];
    return value === undefined || value === "SETOP_NONE";
  });
  use.select(top, plain);
}

class Use {
  private readonly personal: ReadonlySet<string>;
  private readonly relations: ReadonlySet<string>;

  constructor(personal: ReadonlySet<string>, relations: ReadonlySet<string>) {
    this.personal = personal;
    this.relations = relations;
  }

  /** @param shows the select list may hold personal columns as they are */
  select(select: Fields, shows: boolean): void {
    const { targetList = [], ...rest } = select as { targetList?: readonly Wrapped[] };
    const setOperation = rest as { op?: string; all?: boolean; distinctClause?: unknown; sortClause?: unknown };
    const merges =
      setOperation.distinctClause !== undefined ||
      (setOperation.op !== undefined && setOperation.op !== "SETOP_NONE" && setOperation.all !== true);
    // Rows that differ in what is masked only would become one.
    if (merges && holdsStar(select)) throw refused("*", "Name the columns, none of them personal.");
    const shown = new Map<string, number>();
    for (const [i, target] of targetList.entries()) {
      const { val, name } = target["ResTarget"] as { val?: Wrapped; name?: string };
      const column = val?.["ColumnRef"];
      if (column && isStar(column)) {
        if (!shown.has("*")) shown.set("*", i + 1);
        continue;
      }
      const hidden = column && this.personalName(column);
      if (!hidden || !shows) {
        this.walk(val);
        continue;
      }
      shown.set(name ?? hidden, i + 1);
    }
    if (shown.size > 0) this.order(setOperation.sortClause, shown);
    this.walk(rest);
  }

  /** ORDER BY may name what is shown by its new name, or by its place: from a star on nobody can tell which that is. */
  private order(sort: unknown, shown: ReadonlyMap<string, number>): void {
    const star = shown.get("*") ?? Number.POSITIVE_INFINITY;
    for (const item of Array.isArray(sort) ? (sort as Wrapped[]) : []) {
      const node = item["SortBy"]?.["node"] as Wrapped | undefined;
      const name = node?.["ColumnRef"] && names(node["ColumnRef"]).at(-1);
      const place = (node?.["A_Const"]?.["ival"] as { ival?: number } | undefined)?.ival;
      const hidden = place !== undefined && (place >= star || [...shown.values()].includes(place));
      if (hidden || (name !== undefined && shown.has(name))) {
        throw refused(name ?? `Column ${place}`, "Order by a column that is not personal, by its name.");
      }
    }
  }

  private walk(node: unknown): void {
    if (Array.isArray(node)) {
      for (const item of node) this.walk(item);
      return;
    }
    if (node === null || typeof node !== "object") return;
    for (const [name, value] of Object.entries(node)) this.node(name, value);
  }

  private node(name: string, value: unknown): void {
    const fields = (value ?? {}) as Fields;
    switch (name) {
      case "ColumnRef": {
        const hidden = this.personalName(fields);
        if (hidden) throw refused(hidden);
        if (isStar(fields) || this.isRow(fields)) throw refused("A whole row", "Name the columns that are needed.");
        return;
      }
      case "SelectStmt":
      case "larg":
      case "rarg":
        this.select(fields, false);
        return;
      case "NullTest":
        if (this.isPersonal(fields["arg"])) return;
        break;
      case "FuncCall":
        if (isCount(fields) && this.isPersonal((fields["args"] as unknown[])[0])) {
          this.walk({ ...fields, args: [] });
          return;
        }
        break;
      case "JoinExpr":
        if (fields["isNatural"]) throw refused("NATURAL JOIN", "Join with ON or USING.");
        for (const column of strings(fields["usingClause"])) if (this.personal.has(column)) throw refused(column);
        break;
      case "RangeSubselect":
      case "RangeVar":
        if (renames(fields["alias"]) && !isValues(fields["subquery"])) throw renamed();
        break;
      case "CommonTableExpr":
        if (fields["aliascolnames"] !== undefined) throw renamed();
        break;
    }
    this.walk(value);
  }

  private isPersonal(wrapped: unknown): boolean {
    const column = (wrapped as Wrapped | undefined)?.["ColumnRef"];
    return column !== undefined && this.personalName(column) !== undefined;
  }

  private personalName(column: Fields): string | undefined {
    return names(column).find((name) => this.personal.has(name));
  }

  private isRow(column: Fields): boolean {
    const parts = names(column);
    return parts.length === 1
      ? this.relations.has(parts[0] as string)
      : (VIEWS as readonly string[]).includes(parts.at(-1) ?? "");
  }
}

type Wrapped = Readonly<Record<string, Fields | undefined>>;

/** What stands in FROM, under the name by which its rows can be meant. */
function relationNames(statement: unknown): Set<string> {
  const found = new Set<string>();
  everyNode(statement, (name, node) => {
    if (!["RangeVar", "RangeSubselect", "JoinExpr"].includes(name)) return;
    const { alias, relname } = node as { alias?: { aliasname?: string }; relname?: string };
    const own = alias?.aliasname ?? relname;
    if (own !== undefined) found.add(own);
  });
  return found;
}

/** What select lists call their columns. */
function newNames(statement: unknown): string[] {
  const found: string[] = [];
  everyNode(statement, (name, node) => {
    if (name === "ResTarget" && typeof node["name"] === "string") found.push(node["name"]);
  });
  return found;
}

function everyNode(given: unknown, see: (name: string, node: Fields) => void): void {
  if (given === null || typeof given !== "object") return;
  for (const [name, node] of Object.entries(given)) {
    if (node === null || typeof node !== "object") continue;
    if (!Array.isArray(node)) see(name, node as Fields);
    everyNode(node, see);
  }
}

function names(column: Fields): string[] {
  return strings(column["fields"]);
}

function strings(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Wrapped) => (item["String"] ? [String(item["String"]["sval"] ?? "")] : []));
}

function isStar(column: Fields): boolean {
  return Array.isArray(column["fields"]) && column["fields"].some((field: Wrapped) => "A_Star" in field);
}

function holdsStar(select: Fields): boolean {
  const { targetList = [], larg, rarg } = select as { targetList?: readonly Wrapped[]; larg?: Fields; rarg?: Fields };
  const own = targetList.some((target) => {
    const column = (target["ResTarget"] as { val?: Wrapped } | undefined)?.val?.["ColumnRef"];
    return column !== undefined && isStar(column);
  });
  return own || (larg !== undefined && holdsStar(larg)) || (rarg !== undefined && holdsStar(rarg));
}

/** count(x), each row on its own. */
function isCount({ funcname, args, agg_distinct }: Fields): boolean {
  return strings(funcname).at(-1) === "count" && Array.isArray(args) && args.length === 1 && agg_distinct !== true;
}

function renames(alias: unknown): boolean {
  return (alias as { colnames?: unknown } | undefined)?.colnames !== undefined;
}

function isValues(subquery: unknown): boolean {
  return (subquery as { SelectStmt?: Fields } | undefined)?.SelectStmt?.["valuesLists"] !== undefined;
}

function renamed(): AppError {
  return refused("A list of new names", "Name columns with AS in the select list.");
}

function refused(what: string, hint?: string): AppError {
  const rest = "cannot be used so while personal columns are masked.";
  return new AppError("refused", `${what} ${rest}`, {
    hint:
      hint ??
      "A masked column can be shown by the outermost SELECT, counted with count(x) and tested with IS NULL. Customers with a " +
        'given value: criteria such as {"attribute": "email", "op": "=", "value": "..."} (find, hybrid_discovery).',
  });
}
