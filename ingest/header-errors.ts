import { AppError } from "../src/lib/errors.js";
import { didYouMean } from "../src/lib/nearest.js";
import { fitsField } from "./fits-field.js";
import { type FileKind, type KnownField, knownFields, rankOf } from "./known-fields.js";
import { listHeaders } from "./list-headers.js";

const PERSONAL = new Set(["first_name", "last_name", "email", "age", "birth_date", "gender", "favorite_color"]);

/** The error for a required field that no column holds: lists the columns and offers the nearest. */
export function missingField(
  kind: FileKind,
  field: KnownField,
  headers: readonly string[],
  sample: readonly (readonly string[])[],
): AppError {
  const message = `No column holds ${field.name} (${gloss(field.comment)}). The file has: ${listHeaders(headers)}.`;
  if (kind === "events" && countKnown("crm", headers, PERSONAL) >= 2) {
    return new AppError("usage", message, { hint: "This looks like a CRM file: load it with --crm." });
  }
  const unfit = vetoed(field, headers, sample);
  const words = [field.name, ...field.synonyms.flat()];
  const offer = words.map((word) => didYouMean(word, headers)).find((hint) => hint !== undefined);
  const hint = [unfit ?? offer, `Name it with --map COLUMN=${field.name}.`];
  return new AppError("usage", message, { hint: hint.filter((part) => part !== undefined).join(" ") });
}

/**
 * Refuses a file of events given as CRM: it has customer ids too, and its rows would pass for customers.
 * @throws AppError "usage"
 */
export function rejectSwapped(kind: FileKind, headers: readonly string[], found: ReadonlySet<string>): void {
  if (kind !== "crm" || [...found].some((field) => PERSONAL.has(field))) return;
  const time = countKnown("events", headers, new Set(["event_time"]));
  const facts = countKnown("events", headers, new Set(["event_id", "event_type", "order_id", "product_id"]));
  if (time === 0 || facts === 0) return;
  throw new AppError("usage", "This looks like a file of events: it has a time and no personal data.", {
    hint: "Load it with --events, or name its customer id with --map COLUMN=customer_id.",
  });
}

function vetoed(
  field: KnownField,
  headers: readonly string[],
  sample: readonly (readonly string[])[],
): string | undefined {
  for (const [index, header] of headers.entries()) {
    const match = rankOf(field, header);
    const values = sample.map((row) => row[index]);
    if (match === undefined || fitsField(field, match.weak, values)) continue;
    const shown = values.filter(Boolean).slice(0, 3).join(", ");
    return `${header} was not taken, as its values do not fit (${shown}).`;
  }
  return undefined;
}

function countKnown(kind: FileKind, headers: readonly string[], names: ReadonlySet<string>): number {
  const fields = knownFields(kind).filter((f) => names.has(f.name));
  return fields.filter((field) => headers.some((h) => rankOf(field, h)?.weak === false)).length;
}

function gloss(comment: string): string {
  return comment.charAt(0).toLowerCase() + comment.slice(1).replace(/\.$/, "");
}
