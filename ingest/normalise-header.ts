/** A column's name without case, spaces and punctuation, the form in which names are compared: "Customer ID" and customer_id are customerid. */
export function normaliseHeader(header: string): string {
  return header
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}
