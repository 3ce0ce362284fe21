import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ServerAddress, Tls } from "./server-address.js";

const CANCEL_REQUEST = 80_877_102;
const SSL_REQUEST = 80_877_103;
const PATIENCE_MS = 5_000;

/**
 * Asks the server to end what a connection does, by the protocol's own CancelRequest
 * (https://www.postgresql.org/docs/17/protocol-flow.html, "Canceling Requests in Progress"): it needs no login, and a
 * pooler passes it on to the right server process, where pg_cancel_backend would meet a stranger's. Resolves when the
 * server has taken it; never fails, as the statement then ends by itself.
 */
export async function requestCancel(
  { host, port }: Pick<ServerAddress, "host" | "port">,
  tls: Tls,
  { processID, secretKey }: { processID: number; secretKey: number },
): Promise<void> {
  const plain = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  const sockets: Socket[] = [plain];
  const timer = setTimeout(() => sockets.forEach((socket) => void socket.destroy()), PATIENCE_MS);
  try {
    plain.on("error", () => undefined);
    await once(plain, "connect");
    const socket = tls === false ? plain : await encrypt(plain, host, tls);
    sockets.push(socket);
    socket.on("error", () => undefined);
    const closed = once(socket, "close");
    // Read on, or the end is never seen. The server closes first: half a close of ours makes PgBouncer 1.18 crash.
    socket.resume().write(message(CANCEL_REQUEST, processID, secretKey));
    await closed;
  } catch {
    // nothing that the caller could do
  } finally {
    clearTimeout(timer);
    for (const socket of sockets) socket.destroy();
  }
}

async function encrypt(plain: Socket, host: string, tls: Exclude<Tls, false>): Promise<Socket> {
  plain.write(message(SSL_REQUEST));
  const [answer] = (await once(plain, "data")) as [Buffer];
  if (answer.toString("latin1", 0, 1) !== "S") throw new Error("no TLS");
  const socket = connectTls({ ...tls, socket: plain, host, ...(isIP(host) === 0 && { servername: host }) });
  await once(socket, "secureConnect");
  return socket;
}

/** Length, then the numbers, each four bytes. */
function message(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  bytes.writeInt32BE(bytes.length);
  for (const [i, number] of numbers.entries()) bytes.writeInt32BE(number, 4 + 4 * i);
  return bytes;
}
