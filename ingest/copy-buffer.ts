const SIZE = 1024 * 1024;
const BYTES = { tab: 9, newline: 10, backslash: 92, capitalN: 78 } as const;

/** Lines of COPY's text format as bytes, handed out in pieces of about a megabyte that are not touched again. */
export class CopyBuffer {
  private bytes = new Uint8Array(SIZE);
  private at = 0;
  /** Where the line that is being written begins. */
  private line = 0;
  private readonly full: Uint8Array[] = [];

  /** Begins a line of at most so many bytes. */
  begin(most: number): void {
    if (this.at + most > this.bytes.length) this.next(most);
    this.line = this.at;
  }

  /** Takes back what was written since `begin`. */
  undo(): void {
    this.at = this.line;
  }

  /** Between two fields. */
  tab(): void {
    this.bytes[this.at++] = BYTES.tab;
  }

  byte(byte: number): void {
    this.bytes[this.at++] = byte;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let { at } = this;
    for (let i = start; i < end; i++) bytes[at++] = from[i] as number;
    this.at = at;
  }

  /** A text of ASCII without anything to escape. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }

  /** No value. */
  blank(): void {
    this.bytes[this.at++] = BYTES.backslash;
    this.bytes[this.at++] = BYTES.capitalN;
  }

  number(value: number): void {
    this.text(String(value));
  }

  endLine(): void {
    this.bytes[this.at++] = BYTES.newline;
    this.line = this.at;
  }

  /** Whole lines, escaped already. */
  chunk(text: string): void {
    const bytes = Buffer.from(text);
    if (this.at + bytes.length > this.bytes.length) this.next(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    this.line = this.at;
  }

  /** What has been written since the last call, piece by piece; a part of a piece only where it has `least` bytes. */
  *take(least = 1): Generator<Uint8Array> {
    if (this.at >= least) this.next(0);
    for (let piece = this.full.shift(); piece; piece = this.full.shift()) yield piece;
  }

  private next(most: number): void {
    if (this.at > 0) this.full.push(this.bytes.subarray(0, this.at));
    this.bytes = new Uint8Array(Math.max(SIZE, most));
    this.at = 0;
    this.line = 0;
  }
}
