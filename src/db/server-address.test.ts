import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AppError } from "../lib/errors.js";
import { readServerAddress } from "./server-address.js";

const ROOT = join(tmpdir(), `audience-root-${process.pid}.crt`);
writeFileSync(ROOT, "the authority");
afterAll(() => rmSync(ROOT));

/** What each attempt does: none, encrypt, check the authority, or check the name as well. */
function attempts(query: string): string[] {
  return readServerAddress(`postgres://u:p@db.example:5433/shop${query}`).attempts.map((tls) => {
    if (tls === false) return "none";
    if (tls.rejectUnauthorized === false) return "encrypt";
    return `${tls.checkServerIdentity ? "authority" : "name"}${tls.ca ? " of the file" : ""}`;
  });
}

describe("a server's address", () => {
  test.each([
    ["", ["encrypt", "none"]],
    ["?sslmode=disable", ["none"]],
    ["?sslmode=allow", ["none", "encrypt"]],
    ["?sslmode=prefer", ["encrypt", "none"]],
    ["?sslmode=require", ["encrypt"]],
    [`?sslmode=require&sslrootcert=${ROOT}`, ["authority of the file"]],
    [`?sslmode=verify-ca&sslrootcert=${ROOT}`, ["authority of the file"]],
    [`?sslmode=verify-full&sslrootcert=${ROOT}`, ["name of the file"]],
    ["?sslmode=verify-full", ["name"]],
    ["?sslrootcert=system", ["name"]],
    ["?ssl=true", ["encrypt"]],
  ])("%s means what it means to libpq", (query, expected) => {
    expect(attempts(query)).toEqual(expected);
  });

  test("a socket takes no TLS", () => {
    const { attempts, host, location } = readServerAddress("postgres:///shop?host=/run/postgresql");
    expect({ attempts, host, location }).toEqual({
      attempts: [false],
      host: "/run/postgresql",
      location: "/run/postgresql/shop",
    });
  });

  test("what is said of TLS is not passed on a second time; the password never stands in the location", () => {
    const address = readServerAddress("postgres://u:secret@db.example:5433/shop?sslmode=require&application_name=x");
    expect(address).toMatchObject({ host: "db.example", port: 5433, location: "db.example:5433/shop" });
    expect(address.url).toBe("postgres://u:secret@db.example:5433/shop?application_name=x");
  });

  test.each([
    ["?sslmode=verify-ca", /needs sslrootcert/],
    ["?sslmode=sometimes", /sslmode=sometimes is not known/],
    ["?sslmode=verify-full&sslrootcert=/no/such/file", /sslrootcert cannot be read/],
  ])("%s is refused", (query, message) => {
    expect(() => attempts(query)).toThrow(AppError);
    expect(() => attempts(query)).toThrow(message);
  });
});
