import type { Queryable } from "../db/db.js";
import type { SqlError } from "../db/sql-error.js";
import { AppError } from "../lib/errors.js";
import { nearest, orList } from "../lib/nearest.js";

/** SQLSTATE of the function that statements run in (ingest/views.ts) when a result is too large. */
const TOO_LARGE = "AU001";

/**
 * What the database said of a statement, for its author. Its own words are passed on only where they speak of names and
 * types (class 42, raised before a row is read) and quote nothing but what the statement itself or the views' columns
 * say; errors of values (class 22 and others) are put in our words, since theirs carry the value.
 * @param db to look up the columns of the views, for suggestions
 */
export async function queryError(error: SqlError, sql: string, db: Queryable): Promise<AppError> {
  const { sqlState, message } = error;
  const own = OWN_WORDS[sqlState];
  if (own) return new AppError(own.code ?? "query", `${own.message}.`, { hint: own.hint });
  if (sqlState.startsWith("22")) {
    const { hint } = VALUE_ERRORS[sqlState] ?? {};
    return new AppError("query", `${valueMessage(sqlState, message, sql)}.`, { hint });
  }
  if (sqlState.startsWith("42") || sqlState === "0A000") {
    const columns = await viewColumns(db);
    const quoted = [...message.matchAll(/"([^"]*)"/g)].map((match) => match[1] as string);
    const plain = quoted.every((name) => isPlain(name, sql, columns)) && message.length < 300;
    const said = plain ? message.replace(/^error: /, "").replace(/\.$/, "") : (MEANINGS[sqlState] ?? "it is not valid");
    return new AppError("query", `The statement failed: ${said}.`, {
      hint: nameHint(sqlState, message, quoted, columns),
    });
  }
  return new AppError("query", `The statement failed (SQLSTATE ${sqlState || "unknown"}).`, {
    hint: "Put it in another way, or in parts.",
  });
}

interface OwnWords {
  code?: "timeout" | "locked";
  message: string;
  hint: string;
}

const LESS = "Ask for less: group, select fewer columns, add conditions or a LIMIT.";

const OWN_WORDS: Readonly<Record<string, OwnWords | undefined>> = {
  "57014": { code: "timeout", message: "The statement took too long and was ended", hint: LESS },
  "55P03": { code: "locked", message: "The data are being changed just now", hint: "Try again in a moment." },
  "53200": { message: "The statement needs more memory than there is", hint: LESS },
  "53100": { message: "The statement needs more space on the disk than there is", hint: LESS },
  "53400": { message: "The statement needs more temporary space than it may have", hint: LESS },
  "54000": { message: "The statement goes beyond a limit of the database", hint: LESS },
  "54001": { message: "The statement is nested too deeply", hint: "WITH names the steps of a long calculation." },
  "54011": { message: "The statement has too many columns", hint: "Select fewer columns." },
  [TOO_LARGE]: { message: "The result is larger than 256 MB", hint: LESS },
  "21000": {
    message: "A subquery that stands for one value gave several rows",
    hint: "Use in (...) or any (...), an aggregate, or limit 1.",
  },
  "25006": { message: "Only SELECT is possible here", hint: "Nothing can be changed." },
  "42501": {
    message: "The statement refers to something that may not be read or called",
    hint: "Only the views customers, events and interests can be read.",
  },
  "": { message: "The database could not finish the statement", hint: "Make it simpler or smaller." },
  "26000": { message: "The database could not finish the statement", hint: "Make it simpler or smaller." },
};

const DATES = "Dates are written '2025-04-30', times '2025-04-30 12:00'; to_date(text, 'DD.MM.YYYY') reads others.";

const VALUE_ERRORS: Readonly<Record<string, { message: string; hint?: string } | undefined>> = {
  "22P02": {
    message: "a text cannot be read as the type it is cast to",
    hint: String.raw`Cast only what fits: case when x ~ '^\d+$' then x::int end.`,
  },
  "22003": { message: "a number is too large for its type", hint: "Cast to numeric." },
  "22012": { message: "division by zero", hint: "Divide by nullif(x, 0)." },
  "22007": { message: "a text cannot be read as a date or time", hint: DATES },
  "22008": { message: "a date or time is out of range", hint: DATES },
  "22023": { message: "a function was given a value that it does not take" },
  "2201B": { message: "a regular expression is not valid" },
  "2201E": { message: "a logarithm of zero or less", hint: "Use ln(nullif(x, 0))." },
  "2201F": { message: "a root or power that has no value" },
  "2201W": { message: "LIMIT must not be negative" },
  "2201X": { message: "OFFSET must not be negative" },
  "22001": { message: "a text is too long for its type" },
  "22009": { message: "a time zone is not known" },
  "22P05": { message: "a character cannot be converted" },
  "22021": { message: "bytes are not valid text" },
  "22025": { message: "a pattern ends in its escape character" },
  "2202E": { message: "arrays do not fit together" },
};

function valueMessage(sqlState: string, message: string, sql: string): string {
  // 'abc'::int: the value stands in the statement, word for word, and helps to find the place.
  const value = /: "(.*)"$/s.exec(message)?.[1];
  if (value !== undefined && sql.includes(`'${value.replaceAll("'", "''")}'`))
    return `The statement failed: ${message}`;
  const type = /^invalid input syntax for type ([a-z ]+)(?::|$)/.exec(message)?.[1];
  if (type !== undefined) return `The statement failed: a text cannot be read as ${type}`;
  return `The statement failed: ${VALUE_ERRORS[sqlState]?.message ?? `a value does not fit (SQLSTATE ${sqlState})`}`;
}

const MEANINGS: Readonly<Record<string, string | undefined>> = {
  "42703": "a column does not exist",
  "42P01": "a table does not exist",
  "42883": "a function or operator does not exist for these types",
  "42601": "its syntax is not valid",
  "42804": "its types do not fit together",
};

/** Whether a name that the database quotes is no news: the statement holds it, or it is a column of a view. */
function isPlain(name: string, sql: string, columns: readonly ViewColumn[]): boolean {
  const last = name.split(".").at(-1) ?? "";
  const has = (part: string) => sql.toLowerCase().includes(part.toLowerCase());
  return has(name) || has(last) || columns.some((column) => column.name === last);
}

function nameHint(
  sqlState: string,
  message: string,
  quoted: readonly string[],
  columns: readonly ViewColumn[],
): string | undefined {
  switch (sqlState) {
    case "42703": {
      const word = quoted[0] ?? /column (\S+) does not exist/.exec(message)?.[1] ?? "";
      const [alias, name] = word.includes(".") ? (word.split(".") as [string, string]) : [undefined, word];
      const found = nearest(name, new Set(columns.map((column) => column.name)));
      if (found.length > 0) return `Did you mean ${orList(found)}?`;
      const view = columns.filter((column) => column.view === alias).map((column) => column.name);
      return view.length > 0
        ? `Columns of ${alias}: ${view.join(", ")}.`
        : "`audience schema` shows the columns of the views; text stands in single quotes.";
    }
    case "42P01":
      return "A view is named in FROM, and its columns by its alias where it has one.";
    case "42883":
      return message.startsWith("function round(")
        ? "round() to places takes numeric: round(x::numeric, 2)."
        : "Cast the arguments to types that fit: x::numeric, x::text, x::date.";
    case "42803":
      return "Every column that is not inside an aggregate stands in GROUP BY; conditions on aggregates stand in HAVING.";
    case "42702":
      return "Put the view's name or alias before it: c.customer_id.";
    case "42P20":
      return "Compute it in a subquery, and filter or group outside.";
    case "42804":
    case "42846":
      return "Cast to a common type, for example with ::text or ::numeric.";
    default:
      return undefined;
  }
}

interface ViewColumn {
  view: string;
  name: string;
}

/** Only for the sake of a hint: an error here must not hide the one that is told. */
async function viewColumns(db: Queryable): Promise<ViewColumn[]> {
  try {
    const { rows } = await db.query(
      `select c.relname, a.attname from pg_class c
       join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'audience'
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       order by c.relname, a.attnum`,
    );
    return rows.map((row) => ({ view: String(row[0]), name: String(row[1]) }));
  } catch {
    return [];
  }
}
