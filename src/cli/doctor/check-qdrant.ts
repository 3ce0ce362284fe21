import { maskUrl } from "../../config/describe-config.js";
import type { Config } from "../../config/schema.js";
import type { Db } from "../../db/db.js";
import { createMiniLm } from "../../embed/minilm.js";
import type { Qdrant } from "../../vectors/qdrant/client.js";
import { type Check, fail, ok, warn } from "./check.js";

const PATIENCE = { timeoutMs: 3_000, attempts: 1, waitMs: 0, longestWaitMs: 0 };
/** The version that requests and answers are written for; see docs/servers.md. */
const EXPECTED = "1.18";

/** Whether Qdrant answers, takes the key, and is of the version that was tried. */
export async function checkQdrant(config: Config, signal: AbortSignal): Promise<Check> {
  const name = "qdrant";
  if (config.qdrantUrl === undefined) return ok(name, "not set: vectors are compared in SQL");
  const shown = maskUrl(config.qdrantUrl);
  const qdrant = await connect(config.qdrantUrl, config, signal);
  try {
    const version = await qdrant.version();
    await qdrant.aliasTarget(config.qdrantCollection); // the version is told to everybody, the aliases only with the key
    const detail = `${shown} answers (${version})`;
    if (version.startsWith(`${EXPECTED}.`)) return ok(name, detail);
    return warn(name, detail, `This version was made for Qdrant ${EXPECTED}; others may answer differently.`);
  } catch (error) {
    const { message, status } = error as Error & { status?: number };
    if (status !== undefined && status < 500) return fail(name, `${shown}: ${message}`, "Check QDRANT_API_KEY.");
    const hint = "Questions are answered in SQL meanwhile. Start it, or unset QDRANT_URL.";
    return { check: name, status: "fail", detail: `${shown}: ${message}`, hint, unreachable: true };
  }
}

/** Whether questions use the index in Qdrant, and if not, why. */
export async function checkQdrantIndex(db: Db, config: Config, signal: AbortSignal): Promise<Check[]> {
  const name = "qdrant index";
  if (config.qdrantUrl === undefined) return [];
  const { inspectIndex } = await import("../../vectors/qdrant/inspect.js");
  const { qdrantCollection: alias } = config;
  const { id, dimensions } = createMiniLm();
  try {
    const qdrant = await connect(config.qdrantUrl, config, signal);
    const found = await inspectIndex(qdrant, alias, { id, dimensions }, db, signal);
    const n = (count: number) => count.toLocaleString("en-US");
    const held = found.collection
      ? `${alias} is ${found.collection}, ${n(found.points)} points for ${n(found.customers)} customers`
      : `no collection ${alias}`;
    const open = found.changed > 0 ? `, ${n(found.changed)} of them changed since` : "";
    if (found.reason !== undefined)
      return [warn(name, `${held}${open}: ${found.reason}`, "`audience ingest --reindex`")];
    if (found.limits?.exactSearch === false) {
      return [
        warn(name, `${held}; strict mode forbids exact search`, "Lists are made in SQL; allow search_allow_exact."),
      ];
    }
    return [ok(name, `${held}, up to date`)];
  } catch (error) {
    return [warn(name, `Not checked: ${(error as Error).message}.`)];
  }
}

async function connect(url: string, { qdrantApiKey: apiKey }: Config, signal: AbortSignal): Promise<Qdrant> {
  const { qdrantAt } = await import("../../vectors/qdrant/client.js");
  return qdrantAt({ url, apiKey })(PATIENCE, signal);
}
