import { readFileSync } from "node:fs";
import { packagePath } from "../src/config/package-root.js";

let synonyms: Map<string, string> | undefined;

/** The stored name of an event type: lower snake case, and one name for each of the kinds that product.md knows. */
export function toEventType(text: string): string {
  const name = snake(text);
  synonyms ??= readSynonyms();
  return synonyms.get(name) ?? name;
}

/** A column name of a header cell: YearlyIncome is yearly_income, "SKU#" sku, "2nd line" c_2nd_line. */
export function toSnakeCase(header: string): string {
  const name = snake(header);
  if (name === "") return "column";
  return /^\p{N}/u.test(name) ? `c_${name}` : name;
}

function snake(text: string): string {
  return (
    text
      .normalize("NFC")
      .replace(/(\p{Ll})(\p{Lu})/gu, "$1_$2")
      // HTMLPage is html_page and Line1Text line1_text, but IDs stays ids and 3D 3d.
      .replace(/([\p{Lu}\p{N}])(\p{Lu}(?!s(?:\P{L}|$))\p{Ll})/gu, "$1_$2")
      .toLowerCase()
      .replace(/['’]/g, "")
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, "_")
      .replace(/^_+|_+$/g, "")
  );
}

function readSynonyms(): Map<string, string> {
  const catalog: Record<string, string | string[]> = JSON.parse(
    readFileSync(packagePath("data", "catalog", "event-types.json"), "utf8"),
  );
  const map = new Map<string, string>();
  for (const [type, spellings] of Object.entries(catalog))
    if (Array.isArray(spellings)) for (const spelling of spellings) map.set(spelling, type);
  return map;
}
