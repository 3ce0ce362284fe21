// Preloaded into a child: writes down every connection and name look-up, with what is sent, to the file RECORD_REQUESTS.
import dgram from "node:dgram";
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import net from "node:net";

const file = process.env.RECORD_REQUESTS;
const note = (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`);

const { connect, write } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const { host = "localhost", port, path } = typeof options === "object" ? options : { port: options };
  note({ connect: path ?? `${host}:${port}` });
  this.recorded = true;
  return connect.apply(this, args);
};
net.Socket.prototype.write = function (chunk, ...rest) {
  if (this.recorded) note({ sent: Buffer.from(chunk).toString("utf8") });
  return write.call(this, chunk, ...rest);
};
for (const name of ["lookup", "resolve", "resolve4", "resolve6", "resolveAny"]) {
  const real = dns[name];
  dns[name] = (host, ...rest) => {
    if (!net.isIP(host)) note({ lookup: host });
    return real.call(dns, host, ...rest);
  };
}
const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  note({ connect: "a datagram" });
  return send.apply(this, args);
};
note({ started: process.argv.slice(2, 3) });
