import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { AppError } from "../lib/errors.js";

/** TLS of one attempt to connect; false: without. */
export type Tls = ConnectionOptions | false;

export interface ServerAddress {
  /** The URL without what it says of TLS. */
  url: string;
  host: string;
  port: number;
  /** Where the URL was set, for messages. */
  setting: string;
  /** host:port/database, for messages. */
  location: string;
  /** To be tried in this order, as libpq does for "prefer" and "allow". */
  attempts: readonly Tls[];
}

const MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
const TLS_PARAMETERS = ["sslmode", "ssl", "sslrootcert", "sslcert", "sslkey", "uselibpqcompat"];

/**
 * Reads a PostgreSQL URL. sslmode means what it means to libpq (https://www.postgresql.org/docs/17/libpq-ssl.html), absent:
 * prefer; left to itself, node-postgres takes an absent one for disable, and require for verify-full. Other than libpq,
 * verify-full without sslrootcert trusts the authorities that Node knows. Throws AppError "config".
 */
export function readServerAddress(text: string, setting = "DATABASE_URL"): ServerAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AppError("config", `${setting} cannot be read.`, {
      hint: "It is written postgres://user:password@host:5432/database.",
    });
  }
  const parameters = url.searchParams;
  const host = parameters.get("host") ?? (decodeURIComponent(url.hostname) || "localhost");
  const port = Number(parameters.get("port") ?? (url.port || 5432));
  const attempts = host.startsWith("/") ? [false as const] : attemptsOf(parameters);
  for (const name of TLS_PARAMETERS) parameters.delete(name);
  const shown = `${host}${port === 5432 ? "" : `:${port}`}${url.pathname}`;
  return { url: url.href, host: host.replace(/^\[|\]$/g, ""), port, location: shown, setting, attempts };
}

function attemptsOf(parameters: URLSearchParams): Tls[] {
  const files = {
    ...read("sslcert", "cert", parameters),
    ...read("sslkey", "key", parameters),
    ...(parameters.get("sslrootcert") !== "system" && read("sslrootcert", "ca", parameters)),
  };
  const anyone: Tls = { ...files, rejectUnauthorized: false };
  // The certificate's authority is checked, its name is not.
  const authority: Tls = { ...files, checkServerIdentity: () => undefined };
  switch (modeOf(parameters)) {
    case "disable":
      return [false];
    case "allow":
      return [false, anyone];
    case "prefer":
      return [anyone, false];
    case "require":
      return ["ca" in files ? authority : anyone];
    case "verify-ca":
      if ("ca" in files) return [authority];
      throw new AppError("config", "sslmode=verify-ca needs sslrootcert, the file of the authority to trust.", {
        hint: "Add &sslrootcert=FILE, or use sslmode=verify-full.",
      });
    default:
      return [files];
  }
}

function modeOf(parameters: URLSearchParams): string {
  const fallback = parameters.get("ssl") === "true" ? "require" : "prefer";
  const mode = parameters.get("sslmode") ?? (parameters.get("sslrootcert") === "system" ? "verify-full" : fallback);
  if (MODES.includes(mode)) return mode;
  throw new AppError("config", `sslmode=${mode} is not known.`, { hint: `It is one of ${MODES.join(", ")}.` });
}

function read(parameter: string, member: "ca" | "cert" | "key", parameters: URLSearchParams): ConnectionOptions {
  const file = parameters.get(parameter);
  if (!file) return {};
  try {
    return { [member]: readFileSync(file, "utf8") };
  } catch (cause) {
    throw new AppError("config", `The file of ${parameter} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
