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
 * The entries of `maps` that name a column of this header. For a command that loads several files with one set of
 * --map: each file gets its own, and an entry that no file takes is the user's mistake.
 */
export function mapsOf(columns: readonly string[], maps: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...maps].filter(([column]) => columnsNamed(columns, column).length > 0));
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

function columnIndex(columns: readonly string[], name: string): number {
  const [first, ...more] = columnsNamed(columns, name);
  if (first === undefined) {
    throw new AppError("usage", `--map: the file has no column ${name}.`, {
      hint: didYouMean(name, columns) ?? `It has ${columns.slice(0, 40).join(", ")}.`,
    });
  }
  if (more.length > 0) {
    throw new AppError("usage", `--map: ${name} could be ${orList([first, ...more].map((i) => columns[i] ?? ""))}.`, {
      hint: "Write the column exactly as the file's first line does.",
    });
  }
  return first;
}

function fieldNamed(kind: FileKind, name: string): string {
  const names = knownFields(kind).map((f) => f.name);
  const field = names.find((n) => normaliseHeader(n) === normaliseHeader(name));
  if (field !== undefined) return field;
  const file = kind === "crm" ? "a CRM file" : "a file of events";
  throw new AppError("usage", `--map: ${name} is no field of ${file}.`, {
    hint: didYouMean(name, names) ?? `The fields are ${names.join(", ")}; - leaves the column out.`,
  });
}
