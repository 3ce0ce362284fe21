import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Environment variables, passed in so that only the command line reads process.env. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Where rows and vectors are kept unless another folder is named. */
export function dataDirectory(env: Env): string {
  return xdg(env, "XDG_DATA_HOME", ".local/share");
}

/** The folder of config.json. */
export function configDirectory(env: Env): string {
  return xdg(env, "XDG_CONFIG_HOME", ".config");
}

/** The folder of the ledger, the transcripts and the history. */
export function stateDirectory(env: Env): string {
  return xdg(env, "XDG_STATE_HOME", ".local/state");
}

/** An absolute path: ~ is the home folder, anything relative starts from `base`. */
export function absolutePath(path: string, base: string, env: Env): string {
  if (path === "~" || path.startsWith("~/")) return join(home(env), path.slice(1));
  return resolve(base, path);
}

/** The XDG base directory specification says to ignore a value that is not absolute. */
function xdg(env: Env, name: string, fallback: string): string {
  const value = env[name];
  return join(value && isAbsolute(value) ? value : join(home(env), fallback), "audience");
}

function home(env: Env): string {
  return env["HOME"] || homedir();
}
