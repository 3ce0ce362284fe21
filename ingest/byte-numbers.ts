/** FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Numbers by byte strings, as a Map of texts but without making the texts: a load looks up millions that stand in the
 * middle of a file. 0 stands for none.
 */
export class ByteNumbers {
  size = 0;
  /** Place of an entry by hash, from 1; 0 where there is none. Its length is a power of two. */
  private slots = new Int32Array(1 << 12);
  private hashes = new Int32Array(1 << 11);
  private ends = new Int32Array(1 << 11);
  private numbers = new Int32Array(1 << 11);
  /** The strings, one behind the other. */
  private bytes = Buffer.alloc(1 << 15);

  /** The number of bytes[from, to), 0 where it has none. */
  get(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    const { slots, hashes, ends } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (slots[slot] as number) - 1;
      if (entry < 0) return 0;
      if (hashes[entry] !== hash) continue;
      const start = entry === 0 ? 0 : (ends[entry - 1] as number);
      if ((ends[entry] as number) - start === to - from && this.same(start, bytes, from, to)) {
        return this.numbers[entry] as number;
      }
    }
  }

  /** Gives a number to bytes that have none. */
  add(bytes: Uint8Array, from: number, to: number, number: number): void {
    const start = this.size === 0 ? 0 : (this.ends[this.size - 1] as number);
    this.makeRoom(start + to - from);
    const hash = hashOf(bytes, from, to);
    this.bytes.set(bytes.subarray(from, to), start);
    this.hashes[this.size] = hash;
    this.ends[this.size] = start + to - from;
    this.numbers[this.size] = number;
    this.size++;
    this.link(hash, this.size);
  }

  clear(): void {
    this.size = 0;
    this.slots.fill(0);
  }

  private same(start: number, bytes: Uint8Array, from: number, to: number): boolean {
    const own = this.bytes;
    for (let i = from, at = start; i < to; i++, at++) if (own[at] !== bytes[i]) return false;
    return true;
  }

  private link(hash: number, entry: number): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = entry;
  }

  private makeRoom(length: number): void {
    if (length > this.bytes.length) {
      const wider = Buffer.alloc(Math.max(length, 2 * this.bytes.length));
      wider.set(this.bytes);
      this.bytes = wider;
    }
    if (this.size < this.numbers.length) return;
    const twice = (old: Int32Array) => {
      const wider = new Int32Array(2 * old.length);
      wider.set(old);
      return wider;
    };
    this.hashes = twice(this.hashes);
    this.ends = twice(this.ends);
    this.numbers = twice(this.numbers);
    this.slots = new Int32Array(2 * this.slots.length);
    for (let entry = 0; entry < this.size; entry++) this.link(this.hashes[entry] as number, entry + 1);
  }
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = OFFSET;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), PRIME);
  // The low bits choose the slot: the high ones are mixed in.
  return hash ^ (hash >>> 15);
}
