/**
 * What a field may hold: "value" a string, number or boolean; "node" a node wrapped in its name; "nodes" a list of such;
 * anything else is the name of a shape that stands there unwrapped.
 */
export type FieldShape = "value" | "node" | "nodes" | (string & {});

const value = "value";
const node = "node";
const nodes = "nodes";

/**
 * The nodes of PostgreSQL's parse tree that a question about the data may consist of, each with all its fields. A node
 * or a field that is not here is refused, so that what a later grammar brings is refused until it is thought about.
 * Names are those of src/include/nodes/parsenodes.h and primnodes.h.
 */
export const NODE_SHAPES: Readonly<Record<string, Readonly<Record<string, FieldShape>>>> = {
  SelectStmt: {
    distinctClause: nodes,
    targetList: nodes,
    fromClause: nodes,
    whereClause: node,
    groupClause: nodes,
    groupDistinct: value,
    havingClause: node,
    windowClause: nodes,
    valuesLists: nodes,
    sortClause: nodes,
    limitOffset: node,
    limitCount: node,
    limitOption: value,
    withClause: "WithClause",
    op: value,
    all: value,
    larg: "SelectStmt",
    rarg: "SelectStmt",
  },
  WithClause: { ctes: nodes },
  CommonTableExpr: { ctename: value, aliascolnames: nodes, ctematerialized: value, ctequery: node },

  // FROM
  RangeVar: { schemaname: value, relname: value, inh: value, relpersistence: value, alias: "Alias" },
  RangeSubselect: { lateral: value, subquery: node, alias: "Alias" },
  RangeFunction: {
    lateral: value,
    ordinality: value,
    is_rowsfrom: value,
    functions: nodes,
    alias: "Alias",
    coldeflist: nodes,
  },
  ColumnDef: { colname: value, typeName: "TypeName", is_local: value },
  JoinExpr: {
    jointype: value,
    isNatural: value,
    larg: node,
    rarg: node,
    usingClause: nodes,
    join_using_alias: "Alias",
    quals: node,
    alias: "Alias",
  },
  Alias: { aliasname: value, colnames: nodes },

  // Clauses
  ResTarget: { name: value, val: node },
  SortBy: { node, sortby_dir: value, sortby_nulls: value, useOp: nodes },
  GroupingSet: { kind: value, content: nodes },
  GroupingFunc: { args: nodes },
  WindowDef: {
    name: value,
    refname: value,
    partitionClause: nodes,
    orderClause: nodes,
    frameOptions: value,
    startOffset: node,
    endOffset: node,
  },

  // Expressions
  ColumnRef: { fields: nodes },
  A_Star: {},
  A_Const: {
    ival: "Integer",
    fval: "Float",
    sval: "String",
    boolval: "Boolean",
    bsval: "BitString",
    isnull: value,
  },
  Integer: { ival: value },
  Float: { fval: value },
  String: { sval: value },
  Boolean: { boolval: value },
  BitString: { bsval: value },
  List: { items: nodes },
  A_Expr: { kind: value, name: nodes, lexpr: node, rexpr: node, rexpr_list_start: value, rexpr_list_end: value },
  BoolExpr: { boolop: value, args: nodes },
  NullTest: { arg: node, nulltesttype: value, argisrow: value },
  BooleanTest: { arg: node, booltesttype: value },
  CaseExpr: { arg: node, args: nodes, defresult: node },
  CaseWhen: { expr: node, result: node },
  CoalesceExpr: { args: nodes },
  MinMaxExpr: { op: value, args: nodes },
  SQLValueFunction: { op: value, typmod: value },
  RowExpr: { args: nodes, row_format: value },
  A_ArrayExpr: { elements: nodes, list_start: value, list_end: value },
  A_Indirection: { arg: node, indirection: nodes },
  A_Indices: { is_slice: value, lidx: node, uidx: node },
  SubLink: { subLinkType: value, testexpr: node, operName: nodes, subselect: node },
  CollateClause: { arg: node, collname: nodes },
  TypeCast: { arg: node, typeName: "TypeName" },
  TypeName: { names: nodes, typmods: nodes, typemod: value, arrayBounds: nodes },
  FuncCall: {
    funcname: nodes,
    args: nodes,
    agg_order: nodes,
    agg_filter: node,
    over: "WindowDef",
    agg_within_group: value,
    agg_star: value,
    agg_distinct: value,
    func_variadic: value,
    funcformat: value,
  },
  NamedArgExpr: { arg: node, name: value, argnumber: value },

  // JSON_OBJECT, JSON_ARRAY and their aggregates, IS JSON: building, not paths.
  JsonObjectConstructor: { exprs: nodes, output: "JsonOutput", absent_on_null: value, unique: value },
  JsonArrayConstructor: { exprs: nodes, output: "JsonOutput", absent_on_null: value },
  JsonKeyValue: { key: node, value: "JsonValueExpr" },
  JsonValueExpr: { raw_expr: node, format: "JsonFormat" },
  JsonFormat: { format_type: value, encoding: value },
  JsonOutput: { typeName: "TypeName", returning: "JsonReturning" },
  JsonReturning: { format: "JsonFormat" },
  JsonObjectAgg: { constructor: "JsonAggConstructor", arg: "JsonKeyValue", absent_on_null: value, unique: value },
  JsonArrayAgg: { constructor: "JsonAggConstructor", arg: "JsonValueExpr", absent_on_null: value },
  JsonAggConstructor: { output: "JsonOutput", agg_filter: node, agg_order: nodes, over: "WindowDef" },
  JsonIsPredicate: { expr: node, format: "JsonFormat", item_type: value, unique_keys: value },
};

/** What is refused, in the words of SQL; the rest is named after its node. */
export const REFUSED_NODES: Readonly<Record<string, string>> = {
  ParamRef: "A parameter ($1)",
  XmlExpr: "XML",
  XmlSerialize: "XMLSERIALIZE",
  RangeTableFunc: "XMLTABLE",
  JsonTable: "JSON_TABLE",
  JsonFuncExpr: "JSON_VALUE, JSON_QUERY or JSON_EXISTS",
  RangeTableSample: "TABLESAMPLE",
  SetToDefault: "DEFAULT",
  CurrentOfExpr: "CURRENT OF",
  LockingClause: "FOR UPDATE or FOR SHARE",
  IntoClause: "INTO",
  CTESearchClause: "SEARCH",
  CTECycleClause: "CYCLE",
};

/** Likewise fields, as "Node.field". */
export const REFUSED_FIELDS: Readonly<Record<string, string>> = {
  "SelectStmt.intoClause": "INTO",
  "SelectStmt.lockingClause": "FOR UPDATE or FOR SHARE",
  "WithClause.recursive": "WITH RECURSIVE",
  "CommonTableExpr.search_clause": "SEARCH",
  "CommonTableExpr.cycle_clause": "CYCLE",
  "RangeVar.catalogname": "A database before a view",
  "TypeName.setof": "SETOF",
  "TypeName.pct_type": "%TYPE",
};

/** What to write instead. */
export const INSTEAD: Readonly<Record<string, string>> = {
  ParamRef: "Write the value itself, text in single quotes.",
  JsonFuncExpr: "Use ->, ->>, #>> and jsonb_array_elements().",
  JsonTable: "Use jsonb_to_recordset() or jsonb_array_elements().",
  RangeTableSample: "Use order by random() limit n.",
  "WithClause.recursive":
    "generate_series() makes calendars and numbers; window functions look at rows before and after.",
  "SelectStmt.intoClause": "A SELECT gives its rows; nothing can be stored.",
  "SelectStmt.lockingClause": "Nothing needs a lock: the data are only read.",
};

/** Statements that are not a SELECT, by their node; the rest is named after its node. */
export const STATEMENTS: Readonly<Record<string, string>> = {
  VariableSetStmt: "SET or RESET",
  VariableShowStmt: "SHOW",
  TransactionStmt: "BEGIN, COMMIT or ROLLBACK",
  CreateStmt: "CREATE TABLE",
  DropdbStmt: "DROP DATABASE",
  CreatedbStmt: "CREATE DATABASE",
  IndexStmt: "CREATE INDEX",
  ViewStmt: "CREATE VIEW",
  RuleStmt: "CREATE RULE",
  CreateTrigStmt: "CREATE TRIGGER",
  CreateEventTrigStmt: "CREATE EVENT TRIGGER",
  CreateSeqStmt: "CREATE SEQUENCE",
  CompositeTypeStmt: "CREATE TYPE",
  CreateTableSpaceStmt: "CREATE TABLESPACE",
  RefreshMatViewStmt: "REFRESH MATERIALIZED VIEW",
  SecLabelStmt: "SECURITY LABEL",
  CheckPointStmt: "CHECKPOINT",
  CreateTableAsStmt: "CREATE TABLE AS",
  DefineStmt: "CREATE",
  RenameStmt: "ALTER",
  ConstraintsSetStmt: "SET CONSTRAINTS",
  DeclareCursorStmt: "DECLARE",
  ClosePortalStmt: "CLOSE",
};
