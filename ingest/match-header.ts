import { AppError } from "../src/lib/errors.js";
import { orList } from "../src/lib/nearest.js";
import { applyMaps } from "./column-maps.js";
import { fitsField, isReadable } from "./fits-field.js";
import { foreignNamer } from "./foreign-names.js";
import { missingField, rejectSwapped } from "./header-errors.js";
import { type FileKind, type KnownField, knownFields, rankOf } from "./known-fields.js";

export type { FileKind } from "./known-fields.js";

export interface ColumnMapping {
  /** The header as the file has it. */
  column: string;
  /** Position in the file, from 0. */
  index: number;
  /** The known field; null for a column of the file's own (a foreign column). */
  field: string | null;
  /** Name in the view: the field, or the foreign column's in lower snake case. */
  name: string;
  /** The field that it is called like, where its values are none of that kind. */
  unreadable?: string;
}

/**
 * Which column of a file is which field. Names match without case, spaces and punctuation; a field's own name
 * beats its synonyms, and these have an order (data/catalog/fields.json), so that an order date beats a created
 * date, and due, ship or update dates never count. Columns that match nothing stay, under their own names; so does one
 * of a number or date whose values are something else: an age of "35-44" becomes the text column age_band.
 *
 * @param columns the header line
 * @param sample a few rows, as text; they can only rule a synonym out (day numbers are no dates), never in
 * @param maps --map: column -> field, or "-" to leave the column out of the result; stronger than any name
 * @returns one mapping a column, in the file's order, without the columns mapped to "-"
 * @throws AppError "usage" when two columns are equally good for a field, a required field is missing, the file is
 *   of the other kind, or `maps` names an unknown column or field
 */
export function matchHeader(
  kind: FileKind,
  columns: readonly string[],
  sample: readonly (readonly string[])[],
  maps: ReadonlyMap<string, string>,
): ColumnMapping[] {
  const headers = columns.map((c) => c.replace(/^\uFEFF/, "").trim());
  const { fields: fieldOf, ignored } = applyMaps(kind, headers, maps);
  const free = headers.map((_, index) => index).filter((index) => !fieldOf.has(index) && !ignored.has(index));
  const mapped = new Set(fieldOf.values());
  const unreadable = new Map<number, string>();
  for (const field of knownFields(kind)) {
    if (mapped.has(field.name)) continue;
    for (;;) {
      const left = free.filter((index) => !unreadable.has(index));
      const index = bestColumn(field, headers, left, sample);
      if (index === undefined) break;
      const readable = isReadable(field, valuesOf(index, sample));
      (readable ? fieldOf : unreadable).set(index, field.name);
      if (readable) break;
    }
  }

  const found = new Set(fieldOf.values());
  if (!mapped.has("customer_id")) rejectSwapped(kind, headers, found);
  for (const field of knownFields(kind)) {
    if (field.required && !found.has(field.name)) throw missingField(kind, field, headers, sample);
  }

  const nameForeign = foreignNamer(kind);
  return headers.flatMap((column, index) => {
    if (ignored.has(index)) return [];
    const field = fieldOf.get(index) ?? null;
    const like = unreadable.get(index);
    if (like === undefined) return [{ column, index, field, name: field ?? nameForeign(column, index) }];
    const kindOfText = valuesOf(index, sample).some((value) => /\d/.test(value ?? "")) ? "band" : "text";
    return [{ column, index, field, name: nameForeign(`${like}_${kindOfText}`, index), unreadable: like }];
  });
}

function bestColumn(
  field: KnownField,
  headers: readonly string[],
  free: readonly number[],
  sample: readonly (readonly string[])[],
): number | undefined {
  let best: number[] = [];
  let bestRank = Number.POSITIVE_INFINITY;
  for (const index of free) {
    const match = rankOf(field, headers[index] ?? "");
    if (match === undefined || match.rank > bestRank) continue;
    const values = valuesOf(index, sample);
    if (match.rank > 0 && !fitsField(field, match.weak, values)) continue;
    if (match.rank < bestRank) best = [];
    bestRank = match.rank;
    best.push(index);
  }
  if (best.length > 1) throw ambiguous(field, headers, best);
  return best[0];
}

function valuesOf(index: number, sample: readonly (readonly string[])[]): (string | undefined)[] {
  return sample.map((row) => row[index]);
}

function ambiguous(field: KnownField, headers: readonly string[], indexes: readonly number[]): AppError {
  const names = indexes.map((i) => headers[i] ?? "");
  // --map cannot tell two columns of one name apart.
  const same = new Set(names).size < names.length;
  const shown = same ? indexes.map((i) => `${headers[i]} (column ${i + 1})`) : names;
  return new AppError("usage", `${field.name} could be ${orList(shown)}.`, {
    hint: same ? "Give them different names in the file's first line." : "Say which with --map COLUMN=FIELD.",
  });
}
