import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";

const PAGE = packagePath("man", "audience.1");
const groff = spawnSync("groff", ["--version"]).status === 0;

test("the manual page is that of the program: `npm run man` writes it", () => {
  const made = spawnSync(process.execPath, [packagePath("man", "make.mjs"), "--print"], { encoding: "utf8" });
  expect(made.stderr).toBe("");
  expect(readFileSync(PAGE, "utf8")).toBe(made.stdout);
});

test.skipIf(!groff)("roff reads it without a warning, and nothing in it is lost", () => {
  const shown = spawnSync("groff", ["-man", "-ww", "-Tascii", "-P-cbou", PAGE], { encoding: "utf8" });
  expect(shown).toMatchObject({ status: 0, stderr: "" });
  for (const part of ["--map <column=field>", "$XDG_DATA_HOME", 'audience sql "SELECT country, count(*)', "./.env"])
    expect(shown.stdout).toContain(part);
});
