import { isAscii, isUtf8 } from "node:buffer";

/** What the bytes of a file say about their encoding. */
export interface Utf8Findings {
  /** Valid sequences of two or more bytes occur. */
  multiByte: boolean;
  /** The first byte that is not UTF-8, with its 1-based line; null when all are. */
  firstBad: { line: number; byte: number } | null;
}

/** Validates UTF-8 chunk by chunk; sequences may be cut between two chunks. */
export class Utf8Scan {
  readonly found: Utf8Findings = { multiByte: false, firstBad: null };
  private carry: Buffer = Buffer.alloc(0);
  private newlines = 0;

  add(chunk: Buffer): void {
    const bytes = this.carry.length > 0 ? Buffer.concat([this.carry, chunk]) : chunk;
    const whole = bytes.length - unfinished(bytes);
    this.carry = Buffer.from(bytes.subarray(whole));
    this.check(bytes.subarray(0, whole));
  }

  end(): Utf8Findings {
    this.check(this.carry);
    this.carry = Buffer.alloc(0);
    return this.found;
  }

  private check(bytes: Buffer): void {
    if (isAscii(bytes)) this.countLines(bytes);
    else if (isUtf8(bytes)) {
      this.found.multiByte = true;
      this.countLines(bytes);
    } else this.walk(bytes);
  }

  private walk(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceLength(bytes[at]!);
      if (length === 1) at++;
      else if (length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) {
        this.found.multiByte = true;
        at += length;
      } else {
        if (this.found.firstBad === null) {
          this.countLines(bytes.subarray(0, at));
          this.found.firstBad = { line: this.newlines + 1, byte: bytes[at]! };
        }
        at++;
      }
    }
  }

  /** Only the line of the first bad byte is asked for, so counting stops there. */
  private countLines(bytes: Buffer): void {
    if (this.found.firstBad !== null) return;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.newlines++;
  }
}

/** Length that a first byte announces; 0 for a byte that cannot stand first. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

/** Bytes at the end that begin a sequence which the next chunk may finish. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}
