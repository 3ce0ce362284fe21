import { AppError } from "../src/lib/errors.js";
import { didYouMean, orList } from "../src/lib/nearest.js";
import { type FileKind, knownFields } from "./known-fields.js";
import { normaliseHeader } from "./normalise-header.js";

/** What --map said of one file: the field of a column, and the columns to leave out, by position. */
export interface AppliedMaps {
  fields: Map<number, string>;
  ignored: Set<number>;
}

/**
 * The entries of `maps` that are meant for a file of this kind and header. One command loads several files with one set
 * of --map: an entry concerns each file that has the column, unless its field is one of the other kind alone.
 */
export function mapsOf(
  kind: FileKind,
  columns: readonly string[],
  maps: ReadonlyMap<string, string>,
): Map<string, string> {
  const other: FileKind = kind === "crm" ? "events" : "crm";
  return new Map(
    [...maps].filter(
      ([column, field]) =>
        columnsNamed(columns, column).length > 0 &&
        (fieldOf(kind, field) !== undefined || fieldOf(other, field) === undefined),
    ),
  );
}

/** Throws AppError "usage" for an entry of --map that no file uses; it names the nearest header. */
export function rejectUnusedMaps(
  files: readonly { kind: FileKind; columns: readonly string[] }[],
  maps: ReadonlyMap<string, string>,
): void {
  for (const [column, field] of maps) {
    const one = new Map([[column, field]]);
    if (files.length === 0 || files.some((f) => mapsOf(f.kind, f.columns, one).size > 0)) continue;
    const having = files.find((f) => columnsNamed(f.columns, column).length > 0);
    if (having) fieldNamed(having.kind, field); // throws: the field is one of the other kind of file
    columnIndex([...new Set(files.flatMap((f) => f.columns))], column, files.length === 1 ? "the file" : "any file");
  }
}

/**
 * Resolves --map against a header; columns and fields are named without regard to case and punctuation.
 * @throws AppError "usage" for an unknown or ambiguous column, an unknown field, a field given twice
 */
export function applyMaps(kind: FileKind, columns: readonly string[], maps: ReadonlyMap<string, string>): AppliedMaps {
  const fields = new Map<number, string>();
  const ignored = new Set<number>();
  for (const [column, wanted] of maps) {
    const index = columnIndex(columns, column);
    if (fields.has(index) || ignored.has(index)) {
      throw new AppError("usage", `--map names the column ${columns[index]} twice.`);
    }
    if (wanted.trim() === "-") {
      ignored.add(index);
      continue;
    }
    const field = fieldNamed(kind, wanted);
    for (const [other, name] of fields) {
      if (name !== field) continue;
      throw new AppError("usage", `--map gives ${field} twice: ${columns[other]} and ${columns[index]}.`, {
        hint: "Keep one of them.",
      });
    }
    fields.set(index, field);
  }
  return { fields, ignored };
}

function columnsNamed(columns: readonly string[], name: string): number[] {
  const all = columns.map((_, index) => index);
  const exact = all.filter((i) => columns[i] === name);
  if (exact.length > 0) return exact;
  const wanted = normaliseHeader(name);
  return all.filter((i) => wanted !== "" && normaliseHeader(columns[i] ?? "") === wanted);
}

function columnIndex(columns: readonly string[], name: string, where = "the file"): number {
  const [first, ...more] = columnsNamed(columns, name);
  if (first === undefined) {
    throw new AppError("usage", `--map: there is no column ${name} in ${where}.`, {
      hint: didYouMean(name, columns) ?? `The columns are ${columns.slice(0, 40).join(", ")}.`,
    });
  }
  if (more.length > 0) {
    throw new AppError("usage", `--map: ${name} could be ${orList([first, ...more].map((i) => columns[i] ?? ""))}.`, {
      hint: "Write the column exactly as the file's first line does.",
    });
  }
  return first;
}

/** The field that is called so, or "-" for none. */
function fieldOf(kind: FileKind, name: string): string | undefined {
  if (name.trim() === "-") return "-";
  return knownFields(kind).find((f) => normaliseHeader(f.name) === normaliseHeader(name))?.name;
}

function fieldNamed(kind: FileKind, name: string): string {
  const field = fieldOf(kind, name);
  if (field !== undefined) return field;
  const names = knownFields(kind).map((f) => f.name);
  const file = kind === "crm" ? "a CRM file" : "a file of events";
  throw new AppError("usage", `--map: ${name} is no field of ${file}.`, {
    hint: didYouMean(name, names) ?? `The fields are ${names.join(", ")}; - leaves the column out.`,
  });
}
