import { readFileSync } from "node:fs";
import { packagePath } from "../../src/config/package-root.js";

export interface StatementClass {
  name: string;
  statements: string[];
}

/** Statements of a file of this folder, one a line, under headings "--# name". */
export function readCorpus(file: string): StatementClass[] {
  const classes: StatementClass[] = [];
  for (const line of readFileSync(packagePath("test", "sql-safety", file), "utf8").split("\n")) {
    if (line.startsWith("--# ")) classes.push({ name: line.slice(4), statements: [] });
    else if (line !== "") classes.at(-1)?.statements.push(line);
  }
  return classes;
}
