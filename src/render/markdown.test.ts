import { expect, test } from "vitest";
import { renderMarkdownTable } from "./markdown.js";

test("pipes, backslashes, markup and line feeds stay inside their cell", () => {
  const rows = [
    ["a|b\\", "<b>\nx", 1.5],
    [null, "\u001b[0m", 2],
  ];
  expect(renderMarkdownTable(["k", "v|w", "n"], rows)).toBe(
    [
      "| k | v\\|w | n |",
      "| --- | --- | ---: |",
      "| a\\|b\\\\ | &lt;b> x | 1.50 |",
      "|  | \\\\x1b[0m | 2.00 |",
      "",
    ].join("\n"),
  );
});

test("no columns, no table", () => {
  expect(renderMarkdownTable([], [])).toBe("");
});
