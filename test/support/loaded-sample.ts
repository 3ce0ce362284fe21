import { existsSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import type { Embedder } from "../../src/embed/embedder.js";
import { loadSample } from "./sample.js";
import type { Store, StoreKind } from "./stores.js";

/**
 * A database of its own that holds the shipped data set: a copy of one that the first suite of a run to ask for it loads,
 * as each load takes seconds. Suites about loading load for themselves.
 */
export async function loadedSample(kind: StoreKind, embedder: Embedder): Promise<Store> {
  const folder = inject("samples");
  const name = `${kind.engine}-${embedder.id.replaceAll(/\W/g, "-")}`;
  const made = join(folder, `${name}.json`);
  if (isFirst(join(folder, `${name}.lock`))) {
    const outcome = await makeSample(kind, embedder).catch((error: unknown) => ({ error: String(error) }));
    writeFileSync(`${made}.new`, JSON.stringify(outcome));
    renameSync(`${made}.new`, made);
  }
  while (!existsSync(made)) await sleep(50);
  const { error, env } = JSON.parse(readFileSync(made, "utf8")) as { error?: string; env: Record<string, string> };
  if (error !== undefined) throw new Error(`The sample could not be loaded: ${error}`);
  return kind.at(env).copy();
}

/** Whether nobody has asked before. */
function isFirst(lock: string): boolean {
  try {
    openSync(lock, "wx");
    return true;
  } catch {
    return false;
  }
}

async function makeSample(kind: StoreKind, embedder: Embedder): Promise<{ engine: string; env: Store["env"] }> {
  const store = await kind.create();
  const db = await store.open();
  try {
    await loadSample(db, embedder);
  } finally {
    await db.close();
  }
  return { engine: kind.engine, env: store.env };
}
