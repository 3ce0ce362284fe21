/** The few styles of the text output; without colour every one is the identity. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  warn(text: string): string;
}

export function createStyle(color: boolean): Style {
  const sgr = (on: number, off: number) => (text: string) =>
    color && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: sgr(1, 22), dim: sgr(2, 22), warn: sgr(33, 39) };
}
