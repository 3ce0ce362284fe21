import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { renderCsv } from "./csv.js";

test("quotes, line feeds, blanks, precision", () => {
  const rows = [['say "hi"', "a,b", "x\ny", null, 0.1 + 0.2, true]];
  const csv = renderCsv(["a", "b", "c", "d", "e", "f"], rows);
  expect(csv).toBe('a,b,c,d,e,f\n"say ""hi""","a,b","x\ny",,0.30000000000000004,true\n');
  expect(parse(csv)[1]).toEqual(['say "hi"', "a,b", "x\ny", "", "0.30000000000000004", "true"]);
});

test("formulas are disarmed unless raw; numbers are not text", () => {
  const cells = ["=1+1", "+48", "-x", "@SUM(A1)", "\tx", "\rx"];
  const columns = cells.map((_, i) => `c${i}`);
  expect(parse(renderCsv(columns, [cells]))[1]).toEqual(cells.map((cell) => `'${cell}`));
  expect(parse(renderCsv(columns, [cells], { raw: true }))[1]).toEqual(cells);
  expect(renderCsv(["=n"], [[-5]])).toBe("'=n\n-5\n");
});

test("a reason is words, and disarmed as text is", () => {
  const why = { interests: [{ intent: "i", interest: "=cmd", similarity: 0.5, weight: 1.5 }], evidence: [] };
  expect(renderCsv(["why"], [[why]])).toBe("why\n'=cmd 0.50 (weight 1.50)\n");
});

test("a single blank is not an empty line; the header stands alone; a byte order mark on request", () => {
  expect(renderCsv(["a"], [[null]])).toBe('a\n""\n');
  expect(renderCsv(["a", "b"], [])).toBe("a,b\n");
  expect(renderCsv(["a"], [], { bom: true })).toBe("\uFEFFa\n");
});
