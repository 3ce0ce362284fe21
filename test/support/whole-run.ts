import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { freshDirectory, STORES } from "./stores.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder in which the suites of one run find the samples that were loaded. */
    samples: string;
  }
}

let samples: string;

/** Before the first suite of a run. */
export function setup(project: TestProject): void {
  samples = freshDirectory();
  project.provide("samples", samples);
}

/** After the last one: removes what they shared. */
export async function teardown(): Promise<void> {
  for (const name of readdirSync(samples).filter((file) => file.endsWith(".json"))) {
    const { engine, env } = JSON.parse(readFileSync(join(samples, name), "utf8"));
    await STORES.find((kind) => env && kind.engine === engine)
      ?.at(env)
      .remove();
  }
  rmSync(samples, { recursive: true });
}
