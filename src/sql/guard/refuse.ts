import { AppError } from "../../lib/errors.js";
import { didYouMean } from "../../lib/nearest.js";
import { FUNCTIONS, FUNCTIONS_INSTEAD } from "./allowed-functions.js";
import { TYPE_WORDS, TYPES, TYPES_INSTEAD } from "./allowed-types.js";
import { INSTEAD, REFUSED_FIELDS, REFUSED_NODES, STATEMENTS } from "./node-shapes.js";

/** The views; nothing else can be read. */
export const VIEWS = ["customers", "events", "interests"] as const;

const VIEWS_HINT = "The views are customers, events and interests; `audience schema` shows their columns.";

export function refuse(message: string, hint: string | undefined): never {
  throw new AppError("query", message, { hint });
}

export function refuseStatement(node: string): never {
  refuse(
    `Only SELECT can be run, not ${statementWords(node)}.`,
    "The data can be read here, and nothing can be changed.",
  );
}

/** A node that no question about the data needs, or that a newer grammar brought. */
export function refuseNode(node: string): never {
  if (node.endsWith("Stmt")) refuseStatement(node);
  refuse(`${REFUSED_NODES[node] ?? words(node)} cannot be used here.`, INSTEAD[node]);
}

export function refuseField(node: string, field: string): never {
  const key = `${node}.${field}`;
  refuse(`${REFUSED_FIELDS[key] ?? `${words(node)} (${field})`} cannot be used here.`, INSTEAD[key]);
}

export function refuseFunction(name: string): never {
  refuse(
    `${printable(name)}() is not among the functions that can be used here.`,
    FUNCTIONS_INSTEAD.get(name.toLowerCase()) ??
      didYouMean(name, FUNCTIONS) ??
      "PostgreSQL's functions for numbers, text, times, JSON, arrays, aggregates and windows can be used.",
  );
}

export function refuseType(name: string): never {
  const known = TYPES_INSTEAD.get(name.toLowerCase());
  refuse(
    `Type ${printable(name)} is not among the types that can be used here.`,
    known === undefined
      ? (didYouMean(name, [...TYPE_WORDS, ...TYPES]) ??
          `Use ${TYPE_WORDS.slice(0, 9).join(", ")} or another plain type.`)
      : `Did you mean ${known}?`,
  );
}

export function refuseOperator(name: string): never {
  refuse(
    `Operator ${printable(name)} is not among the operators that can be used here.`,
    "Those of comparison, arithmetic, text, patterns, JSON, arrays and ranges can be used.",
  );
}

/** @param known the views, and the names that WITH gives at this place */
export function refuseRelation(schema: string | undefined, name: string, known: readonly string[]): never {
  const full = printable(schema === undefined ? name : `${schema}.${name}`);
  refuse(`${full} is not among the views.`, [didYouMean(name, known), VIEWS_HINT].filter(Boolean).join(" "));
}

/** A name of the statement inside a message: in one line, and short. */
function printable(name: string): string {
  const line = name.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}

function statementWords(node: string): string {
  return STATEMENTS[node] ?? words(node.replace(/Stmt$/, "")).toUpperCase();
}

/** "RangeTableSample" -> "Range table sample". */
function words(node: string): string {
  const text = node.replaceAll("_", " ").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  return text.charAt(0) + text.slice(1).toLowerCase();
}
