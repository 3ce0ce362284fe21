/** The exact product of two decimal numbers, with as many decimals as both together, as PostgreSQL's numeric gives it. */
export function multiplyDecimals(a: string, b: string): string {
  const [left, leftScale] = wholeOf(a);
  const [right, rightScale] = wholeOf(b);
  const scale = leftScale + rightScale;
  const product = left * right;
  const digits = String(product < 0n ? -product : product).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${product < 0n ? "-" : ""}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ""}`;
}

/** 12.50 is 1250 with two decimals. */
function wholeOf(decimal: string): [bigint, number] {
  const dot = decimal.indexOf(".");
  if (dot < 0) return [BigInt(decimal), 0];
  const digits = decimal.slice(0, dot) + decimal.slice(dot + 1);
  return [digits.startsWith("-") ? -BigInt(digits.slice(1)) : BigInt(digits), decimal.length - dot - 1];
}
