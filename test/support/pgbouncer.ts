import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, serverFolder, serverUser } from "./cluster.js";

/** The program; undefined where it is not installed. */
export const PGBOUNCER = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((path) => existsSync(path));

/**
 * A PgBouncer in transaction mode in front of a server, with so few connections of its own that clients share them and
 * meet what another has left behind.
 */
export async function startPgBouncer(server: {
  port: number;
}): Promise<{ url(database: string): string; stop(): Promise<void> }> {
  const folder = serverFolder();
  const port = await freePort();
  const settings = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    auth_type: "any",
    pool_mode: "transaction",
    default_pool_size: 3,
    max_client_conn: 200,
    logfile: join(folder, "log"),
  };
  const file = join(folder, "pgbouncer.ini");
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  // With auth_type any every client is this user.
  const databases = `[databases]\n* = host=127.0.0.1 port=${server.port} user=audience`;
  writeFileSync(file, `${databases}\n[pgbouncer]\n${lines.join("\n")}\n`, { mode: 0o644 });
  const child = spawn(PGBOUNCER as string, [file], { stdio: "ignore", ...serverUser() });
  for (let tries = 0; tries < 100 && !(await listens(port)); tries++) await sleep(50);
  return {
    url: (database) => `postgres://audience@127.0.0.1:${port}/${database}`,
    stop: async () => {
      const ended = once(child, "close");
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
