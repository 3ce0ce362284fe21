/** The first so many of the customers offered: by score, then weight, highest first, then rank, lowest first. */
export interface Leaders {
  offer(key: number, score: number, weight: number, rank: number): void;
  /** In no order. */
  keys(): Int32Array;
}

/** A heap with the last of the leaders on top: whoever comes after it, as nearly all do, costs one comparison. */
export function createLeaders(limit: number): Leaders {
  const keys = new Int32Array(limit);
  const scores = new Float64Array(limit);
  const weights = new Float64Array(limit);
  const ranks = new Int32Array(limit);
  let size = 0;

  /** Whether the customer comes after the one in place `i`. */
  function isAfter(score: number, weight: number, rank: number, i: number): boolean {
    if (score !== scores[i]) return score < (scores[i] as number);
    if (weight !== weights[i]) return weight < (weights[i] as number);
    return rank > (ranks[i] as number);
  }

  function put(i: number, key: number, score: number, weight: number, rank: number): void {
    keys[i] = key;
    scores[i] = score;
    weights[i] = weight;
    ranks[i] = rank;
  }

  function move(from: number, to: number): void {
    put(to, keys[from] as number, scores[from] as number, weights[from] as number, ranks[from] as number);
  }

  function add(key: number, score: number, weight: number, rank: number): void {
    let i = size++;
    for (let above = (i - 1) >> 1; i > 0 && isAfter(score, weight, rank, above); above = (i - 1) >> 1) {
      move(above, i);
      i = above;
    }
    put(i, key, score, weight, rank);
  }

  function replaceTop(key: number, score: number, weight: number, rank: number): void {
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const right = left + 1;
      if (left >= limit) break;
      const last = right < limit && afterOther(right, left) ? right : left;
      if (isAfter(score, weight, rank, last)) break;
      move(last, i);
      i = last;
    }
    put(i, key, score, weight, rank);
  }

  function afterOther(a: number, b: number): boolean {
    return isAfter(scores[a] as number, weights[a] as number, ranks[a] as number, b);
  }

  return {
    offer(key, score, weight, rank) {
      if (size < limit) add(key, score, weight, rank);
      else if (!isAfter(score, weight, rank, 0)) replaceTop(key, score, weight, rank);
    },
    keys: () => keys.slice(0, size),
  };
}
