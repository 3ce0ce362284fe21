/** A parameter as it is reported: a list of thousands of keys tells nobody anything. */
export function shortened(param: unknown): unknown {
  const list = Array.isArray(param) || ArrayBuffer.isView(param);
  const length = list ? (param as ArrayLike<unknown>).length : 0;
  if (length > 20) return `(${length} ${param instanceof Uint8Array ? "bytes" : "values"})`;
  return list ? Array.from(param as ArrayLike<unknown>) : param;
}
