/**
 * A 32-bit hash of four integers (murmur3's finaliser after each): the seed of an independent stream of numbers
 * for each customer and day, so that any of them can be drawn again without the others.
 */
export function hash(seed: number, a: number, b = 0, c = 0): number {
  let h = mix(seed ^ 0x9e3779b9);
  h = mix(h ^ Math.imul(a, 0x85ebca6b));
  h = mix(h ^ Math.imul(b, 0xc2b2ae35));
  return mix(h ^ Math.imul(c, 0x27d4eb2f));
}

function mix(value: number): number {
  let h = value + 0x6d2b79f5;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A seeded stream of numbers (mulberry32) with the samplers that the sample data needs. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer from low to high, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T;
  }

  /** One of the items, each as often as its weight. */
  weighted<T>(choice: Weighted<T>): T {
    const at = this.next() * choice.total;
    let i = 0;
    while (i < choice.items.length - 1 && at >= (choice.cumulative[i] as number)) i++;
    return choice.items[i] as T;
  }

  /** Normal with mean 0 and deviation 1 (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}

/** Items with their running sums of weights. */
export interface Weighted<T> {
  items: readonly T[];
  cumulative: readonly number[];
  total: number;
}

export function weigh<T>(items: readonly T[], weightOf: (item: T) => number): Weighted<T> {
  let total = 0;
  const cumulative = items.map((item) => {
    total += weightOf(item);
    return total;
  });
  return { items, cumulative, total };
}
