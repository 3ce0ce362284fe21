import { AppError } from "../lib/errors.js";
import { didYouMean, orList } from "../lib/nearest.js";

/** Throws the usage error of a place in the criteria; `path` such as "all[1].attribute", "" for the whole. */
export function fail(path: string, message: string, hint?: string): never {
  throw new AppError("usage", path === "" ? `criteria: ${message}` : `${path}: ${message}`, { hint });
}

/** Throws for a name that is not among `known`, with the nearest of them, or with all when none is near and few are. */
export function failUnknown(path: string, what: string, name: unknown, known: readonly string[]): never {
  const near = typeof name === "string" ? didYouMean(name, known) : undefined;
  const list = `Known: ${known.slice(0, 40).join(", ")}${known.length > 40 ? ", ..." : ""}.`;
  fail(path, `unknown ${what} ${show(name)}.`, near ?? (known.length > 0 ? list : undefined));
}

/** A value of the input for a message, cut when it is long. */
export function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The member `name` of the object at `path`. */
export function at(path: string, name: string | number): string {
  if (typeof name === "number") return `${path}[${name}]`;
  return path === "" ? name : `${path}.${name}`;
}

export type Raw = Record<string, unknown>;

export function isObject(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Throws when the object has a key beyond `known`. */
export function checkKeys(node: Raw, known: readonly string[], path: string, hint?: string): void {
  for (const key of Object.keys(node)) {
    if (known.includes(key)) continue;
    const near = didYouMean(key, known) ?? `Keys here: ${orList(known)}.`;
    fail(path, `unknown key ${show(key)}.`, hint === undefined ? near : `${near} ${hint}`);
  }
}
