import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "audience-discovery";
let root: string | undefined;

/** The absolute path of a file of this package; the same from src/ (vitest) and from dist/src/ (installed). */
export function packagePath(...parts: string[]): string {
  root ??= findRoot(dirname(fileURLToPath(import.meta.url)));
  return join(root, ...parts);
}

function findRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (nameIn(folder) === NAME) return folder;
    if (dirname(folder) === folder) throw new Error(`No package.json of ${NAME} above ${start}.`);
  }
}

function nameIn(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string }).name;
  } catch {
    return undefined; // no package.json here, or one that is not ours to judge
  }
}

/** The version of this package. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(packagePath("package.json"), "utf8")) as { version: string }).version;
}
