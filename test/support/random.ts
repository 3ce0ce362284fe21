/** mulberry32: the same seed gives the same numbers; `below(n)` is a whole number from 0 to n - 1. */
export function seeded(seed: number): { below(n: number): number; pick<T>(list: readonly T[]): T } {
  let state = seed;
  const below = (n: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * n);
  };
  return { below, pick: (list) => list[below(list.length)] as (typeof list)[number] };
}
