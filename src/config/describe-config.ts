import { about, type LoadedConfig, type Origin } from "./load.js";
import { SETTINGS } from "./schema.js";

/** The columns of `describeConfig`. */
export const CONFIG_COLUMNS = ["setting", "value", "origin", "description"];

/** One row a setting for `audience config`; secrets are only said to be set. */
export function describeConfig(loaded: LoadedConfig): string[][] {
  return SETTINGS.map((setting) => {
    const { secret, description } = about(setting);
    const value = loaded.config[setting];
    return [
      setting,
      secret && value !== undefined ? "set" : inWords(value),
      originInWords(loaded.origins[setting]),
      description,
    ];
  });
}

/** A URL without its password, whether it stands before the host or in the query. */
export function maskUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#]*?:)[^/?#]*@/i, "$1***@")
    .replace(/([?&](?:password|sslpassword|api[-_]?key|token)=)[^&#]*/gi, "$1***");
}

function inWords(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return maskUrl(value);
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([name, weight]) => `${name}=${weight}`)
      .join(",");
  return String(value);
}

function originInWords(origin: Origin): string {
  return origin.name === undefined ? origin.from : `${origin.from} ${origin.name}`;
}
