/** The pieces as bytes that nobody else uses. */
export function whole(pieces: readonly Uint8Array[]): Uint8Array {
  const [first, ...more] = pieces;
  const alone =
    first && more.length === 0 && first.byteLength * 4 > first.buffer.byteLength * 3 && !Buffer.isBuffer(first);
  return alone ? first : Uint8Array.from(Buffer.concat(pieces));
}
