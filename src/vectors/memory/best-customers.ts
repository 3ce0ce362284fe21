import type { RefineRequest } from "../refiner.js";
import { floorMillionths, inMillionths, meanInMillionths } from "../similarity.js";
import { type InterestPage, type InterestTable, PAGE_BITS, PAGE_KEYS } from "./interest-table.js";
import { createLeaders } from "./leaders.js";

/**
 * The first `limit` customers of a gate, in any order, and how many have a score: what the statement of in-sql.ts comes
 * to, with the same figures. A customer takes some tens of nanoseconds, and no memory.
 */
export function bestCustomers(
  table: InterestTable,
  request: Pick<RefineRequest, "gate" | "intents" | "minScore">,
  limit: number,
): { keys: Int32Array; total: number } {
  const { pages, ranks } = table;
  const leaders = createLeaders(limit);
  const compare = createComparison(request, table.lastPhrase);
  let total = 0;
  for (const key of request.gate) {
    const page = pages[key >> PAGE_BITS];
    if (page === undefined || !compare.score(page, key & (PAGE_KEYS - 1))) continue;
    total++;
    leaders.offer(key, compare.result.score, compare.result.weight, ranks[key] as number);
  }
  return { keys: leaders.keys(), total };
}

/** Scores one customer after the other: a function of its own, as V8 makes it fast sooner than a long loop. */
function createComparison({ intents, minScore }: Pick<RefineRequest, "intents" | "minScore">, lastPhrase: number) {
  const count = intents.length;
  const { wanted, cosines } = byPhrase(intents, lastPhrase);
  const floor = floorMillionths(minScore);
  const best = new Float64Array(count);
  const heaviest = new Float64Array(count);
  const result = { score: 0, weight: 0 };

  /** Whether the n-th customer of the page has a score, which is then in `result`. */
  function score({ starts, phrases, shares, weights }: InterestPage, n: number): boolean {
    const end = starts[n + 1] as number;
    let matched = false;
    for (let row = starts[n] as number; row < end; row++) {
      const phrase = phrases[row] as number;
      if (wanted[phrase] === 0) continue;
      if (!matched) best.fill(-1);
      matched = true;
      const share = shares[row] as number;
      const weight = weights[row] as number;
      // As in SQL, a phrase that only another intent matches counts as similarity 0: at a floor of 0 its weight counts.
      for (let i = 0; i < count; i++) {
        const similarity = inMillionths(cosines[phrase * count + i] as number, share);
        const before = best[i] as number;
        if (similarity > before || (similarity === before && weight > (heaviest[i] as number))) {
          best[i] = similarity;
          heaviest[i] = weight;
        }
      }
    }
    if (!matched) return false;
    let sum = 0;
    let weight = 0;
    for (let i = 0; i < count; i++) {
      if ((best[i] as number) < floor) continue;
      sum += best[i] as number;
      weight += heaviest[i] as number;
    }
    result.score = meanInMillionths(sum, count);
    result.weight = weight;
    return result.score > 0;
  }
  return { score, result };
}

/** By phrase id: whether any intent matches it, and its cosine to each of them, 0 where that one does not. */
function byPhrase(
  intents: RefineRequest["intents"],
  lastPhrase: number,
): { wanted: Uint8Array; cosines: Float64Array } {
  const wanted = new Uint8Array(lastPhrase + 1);
  const cosines = new Float64Array((lastPhrase + 1) * intents.length);
  for (const [i, matches] of intents.entries()) {
    for (const { phraseId, similarity } of matches) {
      if (phraseId > lastPhrase) continue; // nobody has it
      wanted[phraseId] = 1;
      cosines[phraseId * intents.length + i] = similarity;
    }
  }
  return { wanted, cosines };
}
