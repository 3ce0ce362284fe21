/** A line of COPY's text format: fields separated by tabs, null as \N, special characters escaped. */
export function copyLine(fields: readonly (string | number | boolean | null)[]): string {
  let line = "";
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i];
    if (i > 0) line += "\t";
    if (field === null || field === undefined) line += "\\N";
    else if (typeof field === "string") line += needsEscape.test(field) ? field.replace(special, escapeChar) : field;
    else line += String(field);
  }
  return `${line}\n`;
}

const needsEscape = /[\\\t\n\r]/;
const special = /[\\\t\n\r]/g;

function escapeChar(char: string): string {
  if (char === "\t") return "\\t";
  if (char === "\n") return "\\n";
  if (char === "\r") return "\\r";
  return "\\\\";
}
