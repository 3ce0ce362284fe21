import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packagePath } from "../../src/config/package-root.js";

/**
 * What versions 15, 16 and 17 brought to SQL (their release notes, appendix E), as it would stand in ours. The oldest
 * that is supported is 14; the suites run on 15 (Debian) and 18 (PGlite), so that what is gone later would show there.
 */
const SINCE_15 = String.raw`merge\s+into|nulls\s+not\s+distinct|security_invoker|set\s+access\s+method|
  (regexp_(count|instr|like|substr)|has_parameter_privilege)\s*\(|
  (any_value|array_sample|array_shuffle|date_add|date_subtract|random_normal|erfc?|pg_input_is_valid|
  pg_input_error_info|json_arrayagg|json_objectagg|json_scalar|json_serialize|json_array)\s*\(|\bis\s+json\b|\bsystem_user\b|
  (json_table|json_exists|json_query|json_value|to_bin|to_oct|xmltext|merge_action|uuid_extract_\w+|pg_basetype|
  unicode_assigned)\s*\(|transaction_timeout|on_error\s+ignore|\bmaintain\b`.replace(/\s*\n\s*/g, "");

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|sql)$/.test(name) && !name.endsWith(".test.ts"))
    .map((name) => join(folder, name));
}

test("no SQL of ours needs more than PostgreSQL 14", () => {
  // What people and models may write is theirs (src/sql/guard): an older server says itself what it lacks.
  const files = [
    ...filesOf(packagePath("src")),
    ...filesOf(packagePath("ingest")),
    ...filesOf(packagePath("data/migrations")),
  ];
  const found = files
    .filter((file) => !file.includes(join("sql", "guard")))
    .flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(new RegExp(SINCE_15, "gi"))].map((match) => `${file}: ${match[0]}`),
    );
  expect(found).toEqual([]);
  expect(files.length).toBeGreaterThan(100);
});
