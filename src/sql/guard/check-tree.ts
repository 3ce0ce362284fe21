import { checkNewName, type Fields, NODE_CHECKS, type Scope } from "./check-node.js";
import { NODE_SHAPES } from "./node-shapes.js";
import { refuse, refuseField, refuseNode, refuseStatement } from "./refuse.js";

/** Most nodes of a statement, and most of them inside one another. A long list of values has some 40,000. */
const MOST_NODES = 100_000;
const DEEPEST = 400;

/**
 * Checks every key of a parse tree, lists in lists included, against what is allowed; whatever is not known is refused.
 * @param statement the wrapped node of one statement
 * Throws AppError "query" that says what is not allowed and what to write instead.
 */
export function checkTree(statement: unknown): void {
  const [[name, fields] = ["", undefined]] = Object.entries(statement as Record<string, unknown>);
  if (name !== "SelectStmt") refuseStatement(name);
  new Walk().visit(name, fields, new Set(), 0);
}

class Walk {
  private nodes = 0;

  visit(name: string, given: unknown, scope: Scope, depth: number): void {
    this.nodes++;
    if (this.nodes > MOST_NODES)
      refuse("The statement has too many parts.", "Join or group rather than listing values.");
    if (depth > DEEPEST) refuse("The statement is nested too deeply.", "WITH names the steps of a long calculation.");
    const shape = Object.hasOwn(NODE_SHAPES, name) ? NODE_SHAPES[name] : undefined;
    if (shape === undefined) refuseNode(name);
    if (!isFields(given)) refuseNode(name);
    NODE_CHECKS[name]?.(given, scope);
    const inner = name === "SelectStmt" ? this.named(given, scope, depth) : scope;
    for (const [field, content] of Object.entries(given)) {
      if (field === "location") {
        if (typeof content !== "number") refuseField(name, field);
        continue;
      }
      if (name === "SelectStmt" && field === "withClause") continue; // done: its names belong to all the rest
      const kind = Object.hasOwn(shape, field) ? shape[field] : undefined;
      if (kind === undefined) refuseField(name, field);
      if (kind === "value") {
        if (typeof content === "object") refuseField(name, field);
      } else if (kind === "node") this.wrapped(content, inner, depth + 1);
      else if (kind === "nodes") {
        if (!Array.isArray(content)) refuseField(name, field);
        for (const item of content) this.wrapped(item, inner, depth + 1);
      } else this.visit(kind, content, inner, depth + 1);
    }
  }

  /** A node in its name: {"FuncCall": {...}}. The grammar leaves {} where an entry of a list is missing. */
  private wrapped(given: unknown, scope: Scope, depth: number): void {
    if (!isFields(given)) refuseNode("unknown");
    const entries = Object.entries(given);
    if (entries.length > 1) refuseNode(entries.map(([name]) => name).join(" and "));
    for (const [name, fields] of entries) this.visit(name, fields, scope, depth);
  }

  /** The scope inside a SELECT: each subquery of WITH sees those before it, the rest sees them all. */
  private named(select: Fields, scope: Scope, depth: number): Scope {
    const clause = select["withClause"];
    if (clause === undefined) return scope;
    if (!isFields(clause)) refuseField("SelectStmt", "withClause");
    for (const field of Object.keys(clause)) {
      if (field !== "ctes" && field !== "location") refuseField("WithClause", field);
    }
    const inner = new Set(scope);
    const subqueries = clause["ctes"];
    if (!Array.isArray(subqueries)) refuseField("WithClause", "ctes");
    for (const subquery of subqueries) {
      this.wrapped(subquery, inner, depth + 1);
      const name = (subquery as { CommonTableExpr?: { ctename?: unknown } }).CommonTableExpr?.ctename;
      if (typeof name !== "string") refuseField("CommonTableExpr", "ctename");
      checkNewName(name);
      inner.add(name);
    }
    return inner;
  }
}

function isFields(given: unknown): given is Fields {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
