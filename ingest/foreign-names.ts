import { type FileKind, reservedNames } from "./known-fields.js";
import { normaliseHeader } from "./normalise-header.js";
import { toSnakeCase } from "./parse-names.js";

const MAX_BYTES = 63; // of a name in Postgres
const PREFIX: Record<FileKind, string> = { crm: "crm_", events: "event_" };

/**
 * Names, in a view, of the columns of a file that are no known field: their own in lower snake case. One that is
 * taken (a known field, a derived column, an earlier column of the file) gets the prefix crm_ or event_, then a
 * number; at most 63 bytes. A column without a name is column_N, N its position from 1.
 */
export function foreignNamer(kind: FileKind): (header: string, index: number) => string {
  const taken = new Set(reservedNames(kind));
  return (header, index) => {
    const own = normaliseHeader(header) === "" ? `column_${index + 1}` : cut(toSnakeCase(header), "");
    let name = own;
    if (taken.has(name)) name = cut(`${PREFIX[kind]}${own}`, "");
    for (let n = 2; taken.has(name); n++) name = cut(`${PREFIX[kind]}${own}`, `_${n}`);
    taken.add(name);
    return name;
  };
}

function cut(name: string, suffix: string): string {
  let kept = name;
  while (Buffer.byteLength(kept + suffix) > MAX_BYTES) kept = Array.from(kept).slice(0, -1).join("");
  return kept + suffix;
}
