const MOST = 40;
const LONGEST = 80;

/** The names of columns for a message: it stays readable, however many and long they are. */
export function listHeaders(headers: readonly string[]): string {
  const listed = headers.slice(0, MOST).map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
  const more = headers.length > MOST ? ` and ${headers.length - MOST} more` : "";
  return `${listed.join(", ")}${more}`;
}
