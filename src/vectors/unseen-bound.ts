import type { PhraseIndex } from "./phrase-index.js";
import type { RefineRequest } from "./refiner.js";

/**
 * The highest score that a customer can have whom MaxSim ranks no higher than `maxSim`, a sum over the intents. MaxSim
 * counts a similarity that is below the floor, the score does not: what it can have cost is the lowest similarity of any
 * phrase, where that is negative. At least one intent counts in a score, so that the smallest of these losses falls away
 * (with one intent nothing is lost). After hybrid-search.md, "In Qdrant".
 */
export function unseenBound(maxSim: number, { vectors, index }: Pick<RefineRequest, "vectors" | "index">): number {
  const losses = vectors.map((vector) => Math.max(0, -lowestCosine(index, vector)));
  const lost = losses.reduce((sum, loss) => sum + loss, 0) - Math.min(...losses);
  return (maxSim + lost) / vectors.length;
}

function lowestCosine(index: PhraseIndex, vector: Float32Array): number {
  const n = vector.length;
  let lowest = 0;
  for (let i = 0; i < index.ids.length; i++) {
    let cosine = 0;
    for (let k = 0; k < n; k++) cosine += (index.vectors[i * n + k] as number) * (vector[k] as number);
    if (cosine < lowest) lowest = cosine;
  }
  return lowest;
}
