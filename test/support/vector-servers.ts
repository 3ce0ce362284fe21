import { randomBytes } from "node:crypto";
import { qdrantAt } from "../../src/vectors/qdrant/client.js";
import { startQdrant } from "./qdrant-server.js";

/** A Qdrant for one suite. */
export interface VectorServer {
  url: string;
  apiKey: string | undefined;
  /** An alias of its own, so that suites do not meet on a real server. */
  alias: string;
  /** Removes what was made under the alias. */
  close(): Promise<void>;
}

export interface VectorServerKind {
  title: string;
  missing: boolean;
  start(): Promise<VectorServer>;
}

const realUrl = process.env["QDRANT_TEST_URL"];

/** The stand-in, and a real Qdrant where QDRANT_TEST_URL names one (QDRANT_TEST_API_KEY: its key). */
export const VECTOR_SERVERS: readonly VectorServerKind[] = [
  {
    title: "Qdrant stand-in",
    missing: false,
    start: async () => {
      const { url, close } = await startQdrant();
      return { url, close, apiKey: undefined, alias: "customers" };
    },
  },
  {
    title: realUrl ? "real Qdrant" : "real Qdrant (skipped: set QDRANT_TEST_URL, or use npm run test:servers)",
    missing: !realUrl,
    start: startReal,
  },
];

async function startReal(): Promise<VectorServer> {
  const apiKey = process.env["QDRANT_TEST_API_KEY"];
  const url = realUrl as string;
  const alias = `audience_test_${randomBytes(4).toString("hex")}`;
  const patience = { timeoutMs: 60_000, attempts: 3, waitMs: 200, longestWaitMs: 2_000 };
  return {
    ...{ url, apiKey, alias },
    close: async () => {
      const qdrant = qdrantAt({ url, apiKey })(patience);
      for (const name of await qdrant.collections()) if (name.startsWith(alias)) await qdrant.drop(name);
    },
  };
}
