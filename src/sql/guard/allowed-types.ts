/** Types to cast to: plain values. None that looks a name up in the catalogue (regclass and its kin), none of rows. */
export const TYPES: ReadonlySet<string> = new Set(
  `bool int2 int4 int8 float4 float8 numeric text varchar bpchar date time timetz timestamp timestamptz interval json
   jsonb uuid bytea bit varbit daterange datemultirange tsrange tstzrange numrange int4range int8range boolean decimal`.split(
    /\s+/,
  ),
);

/** Names of the allowed types as they are mostly written, for suggestions. */
export const TYPE_WORDS = [
  "text",
  "varchar",
  "integer",
  "bigint",
  "numeric",
  "real",
  "double precision",
  "boolean",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "json",
  "jsonb",
  "uuid",
];

/** Types of other databases. */
export const TYPES_INSTEAD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    datetime: "timestamp",
    double: "double precision",
    int64: "bigint",
    int32: "integer",
    long: "bigint",
    nvarchar: "text",
    signed: "bigint",
    string: "text",
    unsigned: "bigint",
  }),
);

/** Comparison, arithmetic, text, pattern, JSON, array and range operators. */
export const OPERATORS: ReadonlySet<string> = new Set(
  `= <> != < > <= >= + - * / % ^ |/ ||/ @ & | # ~ << >> || ~~ ~~* !~~ !~~* ~* !~ !~* ^@ -> ->> #> #>> @> <@ ? ?| ?& #-
   && -|- &< &>`.split(/\s+/),
);

/** Sort orders: by byte, by the database's own rule, and those of ICU (de-x-icu). */
export const COLLATION =
  /^(C|POSIX|default|ucs_basic|unicode|[a-z]{2,3}(-[A-Za-z0-9]+)*-x-icu|[a-z]{2}_[A-Z]{2}(\.utf-?8)?)$/i;
