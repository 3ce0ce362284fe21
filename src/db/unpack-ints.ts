/**
 * The figures that int4send (or float4send, as bits) wrote one after the other, null for none: bytes are several times
 * smaller and faster than rows. Turned round in place of a copy, as networks send the highest byte first and all machines
 * that Node 20 is made for, but one, have the lowest first.
 */
export function unpackInts(packed: Uint8Array | null): Int32Array<ArrayBuffer> {
  const bytes = new Uint8Array(packed ?? []); // a copy: drivers give parts of larger buffers, on any boundary
  Buffer.from(bytes.buffer).swap32();
  return new Int32Array(bytes.buffer);
}
