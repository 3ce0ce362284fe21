import { execFile, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A PostgreSQL of one suite's own on 127.0.0.1, which may be stopped and started again. */
export interface Cluster {
  port: number;
  /** Of the superuser `audience`, who needs no password; everyone else does. */
  url(database?: string): string;
  start(): Promise<void>;
  /** "immediate" is a crash, "fast" a restart by its operator. */
  stop(mode?: "fast" | "immediate"): Promise<void>;
  /** The same as a crash, at once: nothing of this process runs on meanwhile. */
  crash(): void;
  remove(): Promise<void>;
}

/** The folder of PostgreSQL's server programs; undefined where they are not installed. */
export const POSTGRES_BIN = findPostgres();

function findPostgres(): string | undefined {
  const root = "/usr/lib/postgresql";
  const debian = existsSync(root) ? readdirSync(root).map((version) => join(root, version, "bin")) : [];
  const folders = [...(process.env["PATH"] ?? "").split(":"), ...debian.sort()];
  return folders.filter((folder) => existsSync(join(folder, "initdb"))).at(-1);
}

/** PostgreSQL and PgBouncer refuse to run as root: then they are run as the user postgres. */
export function serverUser(): { uid?: number } {
  if (process.getuid?.() !== 0) return {};
  return { uid: Number(spawnSync("id", ["-u", "postgres"], { encoding: "utf8" }).stdout) };
}

/** A folder that the servers' user may write. */
export function serverFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "audience-server-"));
  chmodSync(folder, 0o755);
  const { uid } = serverUser();
  if (uid !== undefined) chownSync(folder, uid, -1);
  return folder;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Makes a cluster and starts it. With `tls` it has a certificate for localhost, signed by itself: `tls.root`. */
export async function createCluster(
  options: { settings?: string[]; tls?: boolean } = {},
): Promise<Cluster & { root: string }> {
  const bin = POSTGRES_BIN as string;
  const folder = serverFolder();
  const data = join(folder, "data");
  const port = await freePort();
  const asUser = async (program: string, ...args: string[]) => {
    await run(program, args, { cwd: folder, ...serverUser() });
  };
  await asUser(
    join(bin, "initdb"),
    "-D",
    data,
    "-U",
    "audience",
    "--auth=trust",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "-N",
  );
  const hba = "host all audience 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
  writeFileSync(join(data, "pg_hba.conf"), hba);
  const root = join(data, "server.crt");
  if (options.tls) {
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const files = ["-keyout", join(data, "server.key"), "-out", root];
    await asUser("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, ...files);
  }
  const settings = [
    ...[`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"],
    ...(options.tls ? ["ssl=on"] : []),
    ...(options.settings ?? []),
  ];
  const start = () =>
    asUser(
      ...([join(bin, "pg_ctl"), "-D", data, "-w", "-l", join(folder, "log"), "-o"] as const),
      settings.map((setting) => `-c ${setting}`).join(" "),
      "start",
    );
  const stop = (mode: "fast" | "immediate" = "fast") =>
    asUser(join(bin, "pg_ctl"), "-D", data, "-w", "-m", mode, "stop");
  await start();
  return {
    port,
    root,
    url: (database = "postgres") => `postgres://audience@127.0.0.1:${port}/${database}`,
    start,
    stop,
    crash: () => {
      spawnSync(join(bin, "pg_ctl"), ["-D", data, "-w", "-m", "immediate", "stop"], { cwd: folder, ...serverUser() });
    },
    remove: async () => {
      await stop("immediate").catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
