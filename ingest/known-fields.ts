import { readFileSync } from "node:fs";
import { z } from "zod";
import { packagePath } from "../src/config/package-root.js";
import { normaliseHeader } from "./normalise-header.js";

/** What a file holds: customers (crm) or what they did (events). */
export type FileKind = "crm" | "events";

const tiers = z.array(z.array(z.string()).min(1)).default([]);

const fieldSchema = z.object({
  name: z.string(),
  type: z.enum(["text", "integer", "numeric", "date", "timestamp"]),
  /** Says what the field holds; becomes the COMMENT of the view's column. */
  comment: z.string(),
  /** A file without it cannot be loaded. */
  required: z.boolean().default(false),
  /** Other names: an earlier tier is preferred, the names of one tier are equally good. */
  synonyms: tiers,
  /** Names that mean too much to be trusted: after all synonyms, and only where the values fit. */
  weak: tiers,
});

const catalogSchema = z.object({
  crm: z.array(fieldSchema),
  events: z.array(fieldSchema),
  derived: z.array(z.string()),
});

export type KnownField = z.output<typeof fieldSchema>;

let catalog: z.output<typeof catalogSchema> | undefined;

function load(): z.output<typeof catalogSchema> {
  catalog ??= catalogSchema.parse(JSON.parse(readFileSync(packagePath("data", "catalog", "fields.json"), "utf8")));
  return catalog;
}

/** The known fields of a kind of file, in the order of their columns in the view (data/catalog/fields.json). */
export function knownFields(kind: FileKind): readonly KnownField[] {
  return load()[kind];
}

/** Names that a file's own column cannot have in a view: the known fields of the kind and what is derived. */
export function reservedNames(kind: FileKind): ReadonlySet<string> {
  return new Set([...knownFields(kind).map((f) => f.name), ...load().derived]);
}

/**
 * How good `header` is as a name of `field`: 0 for the field's own name, 1, 2, ... for its synonyms in order of
 * preference, undefined when it is no name of the field. `weak` marks a name to be believed only with its values.
 */
export function rankOf(field: KnownField, header: string): { rank: number; weak: boolean } | undefined {
  const name = normaliseHeader(header);
  if (name === "") return undefined;
  if (name === normaliseHeader(field.name)) return { rank: 0, weak: false };
  const rank = [...field.synonyms, ...field.weak].findIndex((tier) => tier.some((s) => normaliseHeader(s) === name));
  return rank < 0 ? undefined : { rank: rank + 1, weak: rank >= field.synonyms.length };
}
