import { createHash } from "node:crypto";
import { AppError } from "../src/lib/errors.js";
import { mapsOf } from "./column-maps.js";
import type { CsvFile } from "./csv-file.js";
import { isOfKind } from "./event-kinds.js";
import { ColumnTypeGuess } from "./infer-type.js";
import { type FileKind, knownFields } from "./known-fields.js";
import { listHeaders } from "./list-headers.js";
import { matchHeader } from "./match-header.js";
import type { IngestOptions } from "./options.js";
import {
  COUNTRY_BLANKS,
  DEFAULT_BLANKS,
  dateOrder,
  isBlank,
  parseDate,
  parseDecimal,
  parseInteger,
  parseTimestamp,
  toEventType,
} from "./parse-values.js";

export type FieldType = "text" | "integer" | "numeric" | "date" | "timestamp" | "event_type";

/** Of a known text, in characters: names, ids and categories are indexed, and an index takes 2,700 bytes in all. */
const LONGEST = 500;

const REQUIRED: Record<FileKind, readonly string[]> = {
  crm: ["customer_id"],
  events: ["event_time", "event_type"],
};

const WHAT: Record<FieldType, string> = {
  text: "a text",
  integer: "a whole number",
  numeric: "a number",
  date: "a date",
  timestamp: "a date and time",
  event_type: "an event type",
};

export interface ReaderColumn {
  index: number;
  header: string;
  /** Column of the table. */
  name: string;
  known: boolean;
  /** A row without a value is bad. */
  required: boolean;
  /** Says of what kind an event is: stored with the kind (event-kinds.ts). */
  ofKind: boolean;
  type: FieldType;
  blanks: ReadonlySet<string>;
  order: "dmy" | "mdy" | undefined;
  /** For foreign columns: the type that every value so far fits. */
  guess: ColumnTypeGuess | null;
  /** Rows in which it is not blank. */
  filled: number;
  /** The field that it is called like, where its values are none of that kind. */
  unreadable: string | undefined;
}

/** Turns the rows of one file into values for its stage table, or says why a row is bad. */
export class RowReader {
  readonly columns: ReaderColumn[];
  readonly kind: FileKind;
  private readonly eventTypes = new Map<string, string>();
  /** The type of all events of a file that has no such column. */
  readonly constantType: string | null;

  static async create(kind: FileKind, file: CsvFile, options: IngestOptions): Promise<RowReader> {
    const mappings = matchHeader(kind, file.columns, file.sample, mapsOf(kind, file.columns, options.maps));
    const blanks = options.blanks
      ? new Set(options.blanks.map((b) => b.trim().toUpperCase()).concat(""))
      : DEFAULT_BLANKS;
    const fields = new Map(knownFields(kind).map((f) => [f.name, f.type]));
    const columns = mappings.map((m): ReaderColumn => {
      const known = m.field !== null;
      return {
        index: m.index,
        header: m.column,
        name: m.name,
        known,
        required: known && REQUIRED[kind].includes(m.name),
        ofKind: known && kind === "events" && isOfKind(m.name),
        type: m.field === "event_type" ? "event_type" : (m.field !== null && fields.get(m.field)) || "text",
        blanks: m.name === "country" && !options.blanks ? COUNTRY_BLANKS : blanks,
        order: options.dateOrder,
        guess: known ? null : new ColumnTypeGuess({ blanks, order: options.dateOrder }),
        filled: 0,
        unreadable: m.unreadable,
      };
    });
    for (const column of columns) {
      if (column.type === "date" || column.type === "timestamp") column.order = await orderOf(column, file, options);
    }
    const hasType = columns.some((c) => c.name === "event_type" && c.known);
    if (kind === "events" && !hasType && !options.eventType) {
      throw new AppError(
        "usage",
        `${file.name} has no column with the event type. Columns: ${listHeaders(file.columns)}.`,
        {
          hint: "Name the column with --map COLUMN=event_type, or say that all rows are one type with --event-type purchase.",
        },
      );
    }
    return new RowReader(kind, columns, hasType ? null : toEventType(options.eventType ?? ""));
  }

  private constructor(kind: FileKind, columns: ReaderColumn[], constantType: string | null) {
    this.kind = kind;
    this.columns = columns;
    this.constantType = constantType;
  }

  /** Whether the file has a column of ids of events. */
  get hasIds(): boolean {
    return this.columns.some((c) => c.known && c.name === "event_id");
  }

  /**
   * The values of a row as COPY takes them, one a column, of events then the hash where nothing else identifies them; or
   * the reason why the row is bad.
   */
  read(fields: readonly string[]): (string | null)[] | { reason: string } {
    const values: (string | null)[] = [];
    for (const column of this.columns) {
      const text = (fields[column.index] ?? "").trim();
      if (isBlank(text, column.blanks)) {
        values.push(null);
        continue;
      }
      if (column.type === "text" && column.known && text.length > LONGEST) {
        return { reason: `${column.header} has ${text.length} characters, at most ${LONGEST} are taken` };
      }
      const value = this.parse(text, column);
      if (value === null) return { reason: `${column.header} ${quote(text)} is not ${WHAT[column.type]}` };
      column.guess?.add(value);
      column.filled++;
      values.push(value);
    }
    for (const [i, { required, header }] of this.columns.entries()) {
      if (required && values[i] === null) return { reason: `${header} is blank` };
    }
    if (this.kind === "events") values.push(this.hash(fields, values));
    return values;
  }

  /** The stored name of an event type; "" for one that has none. */
  eventType(text: string): string {
    let type = this.eventTypes.get(text);
    if (type === undefined) {
      type = toEventType(text);
      this.eventTypes.set(text, type);
    }
    return type;
  }

  private parse(text: string, column: ReaderColumn): string | null {
    switch (column.type) {
      case "text":
        return text;
      case "integer": {
        const whole = parseInteger(text);
        return whole !== null && Math.abs(Number(whole)) < 2 ** 31 ? whole : null;
      }
      case "numeric":
        return parseDecimal(text);
      case "date":
        return parseDate(text, column.order);
      case "timestamp":
        return parseTimestamp(text, column.order);
      case "event_type":
        return this.eventType(text) || null;
    }
  }

  /** Identity of an event without an event_id: a hash of the whole row. Null where it has one. */
  private hash(fields: readonly string[], values: readonly (string | null)[]): string | null {
    const id = this.columns.findIndex((c) => c.known && c.name === "event_id");
    if (id >= 0 && values[id] !== null) return null;
    const hash = createHash("md5");
    for (const field of fields) hash.update(field).update("\x1f");
    if (this.constantType) hash.update(this.constantType);
    return hash.digest("hex");
  }
}

/** Day or month first: from the first rows, else from all of them, else asked for; never guessed. */
async function orderOf(
  column: ReaderColumn,
  file: CsvFile,
  options: IngestOptions,
): Promise<"dmy" | "mdy" | undefined> {
  if (options.dateOrder) return options.dateOrder;
  let order = dateOrder(file.sample.map((row) => row[column.index] ?? ""));
  if (order === "unknown") {
    const all: string[] = [];
    for await (const batch of file.read()) {
      all.length = 0;
      for (const row of batch.rows) all.push(row.fields[column.index] ?? "");
      order = dateOrder(all);
      if (order === "dmy" || order === "mdy") break;
    }
  }
  if (order === "dmy" || order === "mdy") return order;
  if (order === "either") return undefined;
  throw new AppError(
    "usage",
    order === "conflict"
      ? `${file.name}: column ${column.header} mixes day-first and month-first dates.`
      : `${file.name}: column ${column.header} may be day-first or month-first; no date in it tells.`,
    { hint: "Say which with --date-order dmy or --date-order mdy." },
  );
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
