import { distance } from "fastest-levenshtein";

/**
 * The names nearest to `word` by edit distance, best first, at most `limit`; names that share nothing worth
 * mentioning (more than `tolerance` of the word wrong) are left out. Case does not count.
 */
export function nearest(word: string, names: Iterable<string>, limit = 3, tolerance = 0.5): string[] {
  const wanted = word.toLowerCase();
  const scored: { name: string; score: number }[] = [];
  for (const name of new Set(names)) {
    const known = name.toLowerCase();
    const contained = wanted.length > 2 && (known.includes(wanted) || (known.length > 2 && wanted.includes(known)));
    const score = contained ? tolerance : distance(wanted, known) / Math.max(wanted.length, known.length);
    if (score <= tolerance) scored.push({ name, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || a.name.localeCompare(b.name))
    .slice(0, limit)
    .map((s) => s.name);
}

/** "did you mean a, b or c?" for a hint; undefined when nothing is near. */
export function didYouMean(word: string, names: Iterable<string>): string | undefined {
  const found = nearest(word, names);
  if (found.length === 0) return undefined;
  return `Did you mean ${orList(found)}?`;
}

/** "a", "a or b", "a, b or c". */
export function orList(items: readonly string[], word = "or"): string {
  if (items.length <= 1) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} ${word} ${items[items.length - 1]}`;
}
