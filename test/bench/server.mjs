// A PostgreSQL of the bench's own on 127.0.0.1, thrown away afterwards; none where its programs are not installed.
import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

function findBin() {
  const folder = "/usr/lib/postgresql";
  const debian = existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, "bin")) : [];
  return [...(process.env.PATH ?? "").split(":"), ...debian.sort()]
    .filter((bin) => existsSync(join(bin, "initdb")))
    .at(-1);
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export async function startServer() {
  const bin = findBin();
  if (!bin) return { url: undefined, stop: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), "audience-bench-server-"));
  const data = join(folder, "data");
  const port = await freePort();
  // It refuses to run as root.
  const root = process.getuid?.() === 0;
  const uid = root ? Number(spawnSync("id", ["-u", "postgres"], { encoding: "utf8" }).stdout) : undefined;
  if (root) chownSync(folder, uid, -1);
  const run = (program, ...args) =>
    execFileSync(join(bin, program), args, { cwd: folder, stdio: "ignore", ...(root && { uid }) });
  run("initdb", "-D", data, "-U", "audience", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N");
  const settings = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  run("pg_ctl", "-D", data, "-w", "-l", join(folder, "log"), "-o", settings, "start");
  const url = `postgres://audience@127.0.0.1:${port}/postgres`;
  return {
    bin,
    url,
    /** An empty database of this name. */
    database: (name) => {
      const sql = (command) => execFileSync(join(bin, "psql"), [url, "-q", "-c", command], { stdio: "ignore" });
      sql(`drop database if exists ${name} with (force)`);
      sql(`create database ${name}`);
      return url.replace(/postgres$/, name);
    },
    stop: () => {
      run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
