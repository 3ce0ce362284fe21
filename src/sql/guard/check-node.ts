import { FUNCTIONS } from "./allowed-functions.js";
import { COLLATION, OPERATORS, TYPES } from "./allowed-types.js";
import { refuse, refuseFunction, refuseOperator, refuseRelation, refuseType, VIEWS } from "./refuse.js";

/** The fields of a node, whose shapes have been or will be checked (node-shapes.ts). */
export type Fields = Readonly<Record<string, unknown>>;

/** Names that WITH gives at a place of the statement. */
export type Scope = ReadonlySet<string>;

/** Most rows that generate_series() makes of constants, and longest text of repeat(), lpad() and rpad(). */
const LONGEST_SERIES = 1_000_000;
const LONGEST_PADDING = 10_000;

/** PostgreSQL's arrays have six dimensions. */
const MOST_SUBSCRIPTS = 8;

const SYSTEM_COLUMNS = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);

/**
 * `c.f` calls the function f on the row of c where c has no column f. These take a row and are not among the allowed
 * functions; the others that do are either allowed or do not exist.
 */
const ROW_FUNCTIONS = new Set(
  `any_out anycompatible_out anycompatiblenonarray_out anyelement_out anynonarray_out hash_record json_agg_strict
   jsonb_agg_strict pg_collation_for pg_column_compression pg_column_size pg_column_toast_chunk_id
   pg_restore_attribute_stats pg_restore_relation_stats pg_typeof record_out record_send`.split(/\s+/),
);

const VALUE_FUNCTIONS = /^SVFOP_(CURRENT_(DATE|TIME|TIMESTAMP)|LOCALTIME(STAMP)?)(_N)?$/;

/** What a node means, beyond its shape: names that it refers to, and how much it may make. Throws AppError "query". */
export const NODE_CHECKS: Readonly<Record<string, (fields: Fields, scope: Scope) => void>> = {
  RangeVar({ schemaname, relname }, scope) {
    const name = text(relname);
    const schema = schemaname === undefined ? undefined : text(schemaname);
    if (schema === undefined && scope.has(name)) return;
    if ((schema === undefined || schema === "audience") && (VIEWS as readonly string[]).includes(name)) return;
    refuseRelation(schema, name, [...VIEWS, ...scope]);
  },

  // Whole rows (select c from customers c, count(c), row_to_json(c)) and renamed columns (customers c(a, b)) pass: every
  // column of the views may be read, so that neither shows more than the view does. Whoever hides columns by their name
  // some day has to refuse both.
  ColumnRef({ fields }) {
    checkColumn(names(fields), Array.isArray(fields) && fields.length > 1);
  },
  A_Indirection({ indirection }) {
    if (Array.isArray(indirection) && indirection.length > MOST_SUBSCRIPTS) {
      refuse("A value has too many subscripts.", `At most ${MOST_SUBSCRIPTS} are taken.`);
    }
    checkColumn(names(indirection), true);
  },

  FuncCall({ funcname, args }) {
    const parts = names(funcname);
    const name = parts.at(-1) ?? "";
    if (parts.length > 1 && (parts.length > 2 || parts[0] !== "pg_catalog")) refuseFunction(parts.join("."));
    if (!FUNCTIONS.has(name)) refuseFunction(name);
    checkAmount(name, Array.isArray(args) ? args.map(constant) : []);
  },

  TypeName({ names: given }) {
    const parts = names(given);
    const name = parts.at(-1) ?? "";
    if (parts.length > 1 && (parts.length > 2 || parts[0] !== "pg_catalog")) refuseType(parts.join("."));
    if (!TYPES.has(name)) refuseType(name);
  },

  A_Expr({ kind, name }) {
    if (text(kind).includes("BETWEEN")) return; // its name is the word
    checkOperator(name);
  },
  SubLink({ operName }) {
    if (operName !== undefined) checkOperator(operName);
  },
  SortBy({ useOp }) {
    if (useOp !== undefined) checkOperator(useOp);
  },

  CollateClause({ collname }) {
    const parts = names(collname);
    const name = parts.at(-1) ?? "";
    if (parts.length > (parts[0] === "pg_catalog" ? 2 : 1) || !COLLATION.test(name)) {
      refuse(
        `Collation ${parts.join(".")} cannot be used here.`,
        'Use "C" for the order of bytes, or one of ICU such as "de-x-icu".',
      );
    }
  },

  SQLValueFunction({ op }) {
    if (!VALUE_FUNCTIONS.test(text(op))) {
      const word = text(op)
        .replace(/^SVFOP_/, "")
        .toLowerCase();
      refuse(
        `${word} cannot be used here.`,
        "Of these words, current_date, current_time and current_timestamp can be.",
      );
    }
  },
};

/** The names of a WITH must be new: one that is called like a view would be read in its place. */
export function checkNewName(name: string): void {
  if ((VIEWS as readonly string[]).includes(name) || name.startsWith("pg_")) {
    refuse(`WITH cannot name a subquery ${name}.`, "Give it a name that no view and no table of the system has.");
  }
}

function checkColumn(parts: readonly string[], ofRow: boolean): void {
  const name = parts.at(-1) ?? "";
  if (SYSTEM_COLUMNS.has(name))
    refuse(`System column ${name} cannot be used here.`, "row_number() over () numbers rows.");
  if (ofRow && ROW_FUNCTIONS.has(name)) refuseFunction(name);
  // Views are read under their own name or an alias; schema.view.column is the longest that makes sense.
  if (parts.length > 3 || (parts.length > 1 && /^(pg_|information_schema$)/.test(parts[0] ?? ""))) {
    refuse(
      `${parts.slice(0, 4).join(".")} cannot be read here.`,
      "Columns are those of the views: c.age, or audience.customers.age.",
    );
  }
}

function checkOperator(name: unknown): void {
  const parts = names(name);
  const operator = parts.at(-1) ?? "";
  if (parts.length > 1 && (parts.length > 2 || parts[0] !== "pg_catalog")) refuseOperator(parts.join("."));
  if (!OPERATORS.has(operator)) refuseOperator(operator);
}

/** The crudest ways to fill memory and disks; the limits of time and size stop the rest. */
function checkAmount(name: string, args: readonly (number | undefined)[]): void {
  const [first, second, step = 1] = args;
  if (name === "generate_series" && first !== undefined && second !== undefined) {
    const rows = Math.abs((second - first) / step);
    if (rows > LONGEST_SERIES)
      refuse(`generate_series() of ${rows.toExponential(0)} rows is too long.`, `At most ${LONGEST_SERIES} are made.`);
  }
  if (["repeat", "lpad", "rpad"].includes(name) && second !== undefined && second > LONGEST_PADDING) {
    refuse(`${name}() to ${second} characters is too long.`, `At most ${LONGEST_PADDING} are made.`);
  }
}

/** The value of a numeric constant, casts and signs aside; undefined for anything else. */
function constant(wrapped: unknown): number | undefined {
  const { A_Const, TypeCast, A_Expr } = wrapped as Record<string, Fields | undefined>;
  if (TypeCast) return constant(TypeCast["arg"]);
  if (A_Expr && A_Expr["lexpr"] === undefined) {
    const inner = constant(A_Expr["rexpr"] ?? {});
    return inner === undefined ? undefined : Math.abs(inner);
  }
  if (!A_Const) return undefined;
  const { ival, fval, sval } = A_Const as Record<string, Fields | undefined>;
  if (ival) return Number(ival["ival"] ?? 0);
  const written = fval?.["fval"] ?? sval?.["sval"];
  const number = written === undefined || written === "" ? Number.NaN : Number(written);
  return Number.isNaN(number) ? undefined : number;
}

/** The strings of a list of String nodes; other nodes of the list (stars, subscripts) are checked by the walk. */
function names(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item) => {
    const string = (item as { String?: { sval?: unknown } }).String;
    return string === undefined ? [] : [text(string.sval ?? "")];
  });
}

function text(given: unknown): string {
  return typeof given === "string" ? given : "";
}
