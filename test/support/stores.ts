import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Db } from "../../src/db/db.js";
import { openEmbedded } from "../../src/db/embedded.js";
import { openServer } from "../../src/db/server.js";

/** A database of its own for one suite, of either kind. */
export interface Store {
  /** Opens it; several times only after `close`, as an embedded one has one user at a time. */
  open(): Promise<Db>;
  /** Settings that make the binary use it. */
  env: Record<string, string>;
  /** A second one that holds what this one holds now; this one must be closed. */
  copy(): Promise<Store>;
  remove(): Promise<void>;
}

export interface StoreKind {
  engine: "embedded" | "server";
  /** Name of the suite; says why when it is skipped. */
  title: string;
  /** For `describe.skipIf`. */
  missing: boolean;
  create(): Promise<Store>;
  /** One that was created before, by its settings. */
  at(env: Record<string, string>): Store;
}

const serverUrl = process.env["AUDIENCE_TEST_DATABASE_URL"];
const REASON = "set AUDIENCE_TEST_DATABASE_URL to a PostgreSQL superuser's URL, or use .ci/run";
if (!serverUrl) process.stderr.write(`Skipped: the server half of the suites; ${REASON}.\n`);

/** Both row stores, for suites that loop over them. The server is skipped where none is named. */
export const STORES: readonly StoreKind[] = [
  {
    engine: "embedded",
    title: "embedded",
    missing: false,
    create: async () => embeddedStore(freshDirectory()),
    at: (env) => embeddedStore(env["AUDIENCE_DATA_DIR"] as string),
  },
  {
    engine: "server",
    title: serverUrl ? "server" : `server (skipped: ${REASON})`,
    missing: !serverUrl,
    create: () => createOnServer(null),
    at: (env) => serverStore(env["DATABASE_URL"] as string),
  },
];

/** For suites to which it is all the same: the embedded one takes three times as long. */
export const QUICKEST = STORES.findLast(({ missing }) => !missing) as StoreKind;

/** An empty folder for one suite; the caller removes it. */
export function freshDirectory(): string {
  return mkdtempSync(join(tmpdir(), "audience-test-"));
}

function embeddedStore(directory: string): Store {
  return {
    open: () => openEmbedded({ directory, command: "test", create: true }),
    env: { AUDIENCE_DATA_DIR: directory },
    copy: async () => {
      const other = freshDirectory();
      cpSync(directory, other, { recursive: true });
      return embeddedStore(other);
    },
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function createOnServer(template: string | null): Promise<Store> {
  const name = `audience_test_${randomBytes(6).toString("hex")}`;
  await onServer(`create database ${name}${template === null ? "" : ` template ${template}`}`);
  const url = new URL(serverUrl as string);
  url.pathname = `/${name}`;
  return serverStore(url.href);
}

function serverStore(url: string): Store {
  const name = new URL(url).pathname.slice(1);
  return {
    open: () => openServer(url, { command: "test" }),
    env: { DATABASE_URL: url },
    copy: () => createOnServer(name),
    remove: () => onServer(`drop database if exists ${name} with (force)`),
  };
}

async function onServer(sql: string): Promise<void> {
  const db = await openServer(serverUrl as string, { command: "test" });
  try {
    await db.query(sql);
  } finally {
    await db.close();
  }
}
