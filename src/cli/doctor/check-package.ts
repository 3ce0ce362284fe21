import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { packagePath } from "../../config/package-root.js";
import { createMiniLm } from "../../embed/minilm.js";
import { type Check, fail, failed, ok } from "./check.js";

const MODEL = ["data", "models", "all-MiniLM-L6-v2"];
const MODEL_FILES = ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"];
const MODEL_SHA256 = "be421f2d4de6b649fe061824d1fa509d921757d2b4fa86e2a0bedda80eed5ee5";
const REINSTALL = "Install the package again.";

/** Two phrases and the cosine of their vectors, measured once; other processors differ in the third decimal. */
const KNOWN = { phrases: ["jewelry: necklace", "a golden pendant on a chain"], cosine: 0.6088, tolerance: 0.02 };

/** The program itself: Node, the files it came with, the embedder. */
export async function checkPackage(signal: AbortSignal): Promise<Check[]> {
  return [checkNode(), await checkFiles(), await checkEmbedder(signal)];
}

function checkNode(): Check {
  const major = Number(process.versions.node.split(".")[0]);
  const detail = `${process.version}, ${process.platform} ${process.arch}`;
  return major >= 20 ? ok("node", detail) : fail("node", detail, "Node 20 or later is needed.");
}

async function checkFiles(): Promise<Check> {
  const name = "package files";
  const needed = [...MODEL_FILES.map((file) => [...MODEL, file]), ["data", "migrations"], ["data", "catalog"]];
  const missing = needed.filter((parts) => !existsSync(packagePath(...parts))).map((parts) => parts.join("/"));
  if (missing.length > 0) return fail(name, `Missing: ${missing.join(", ")}.`, REINSTALL);
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(packagePath(...MODEL, "onnx", "model_quantized.onnx")), hash);
  } catch (error) {
    return fail(name, `The model cannot be read: ${(error as Error).message}.`, REINSTALL);
  }
  if (hash.digest("hex") !== MODEL_SHA256) return fail(name, "The embedding model is not the one expected.", REINSTALL);
  return ok(name, `complete, in ${packagePath()}`);
}

async function checkEmbedder(signal: AbortSignal): Promise<Check> {
  const embedder = createMiniLm();
  const start = performance.now();
  try {
    const [a, b] = (await embedder.embed(KNOWN.phrases, signal)).vectors as [Float32Array, Float32Array];
    const cosine = a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
    const detail = `${embedder.id}, ${Math.round(performance.now() - start)} ms, cosine ${cosine.toFixed(4)}`;
    if (Math.abs(cosine - KNOWN.cosine) <= KNOWN.tolerance) return ok("embedder", detail);
    return fail("embedder", `${detail} where ${KNOWN.cosine} is expected`, REINSTALL);
  } catch (error) {
    return failed("embedder", error);
  }
}
