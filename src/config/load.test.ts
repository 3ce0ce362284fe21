import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "../lib/errors.js";
import { describeConfig, maskUrl } from "./describe-config.js";
import { loadConfig } from "./load.js";
import { packagePath } from "./package-root.js";

let cwd: string;
let env: Record<string, string>;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "audience-config-"));
  env = { HOME: join(cwd, "home"), XDG_CONFIG_HOME: join(cwd, "config") };
});
afterEach(() => rmSync(cwd, { recursive: true }));

function userFile(text: string): void {
  mkdirSync(join(cwd, "config/audience"), { recursive: true });
  writeFileSync(join(cwd, "config/audience/config.json"), text);
}

function failure(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("defaults", () => {
  const { config, origins } = loadConfig({ flags: {}, env, cwd });
  expect(config).toEqual({
    dataDir: join(cwd, "home/.local/share/audience"),
    modelSilenceSeconds: 60,
    qdrantCollection: "customers",
    qdrantTimeoutSeconds: 10,
    planner: "auto",
    luxuryAbove: 800,
    minScore: 0.25,
    weights: { purchase: 3, add_to_cart: 2, view: 1 },
    maxCost: 0.05,
    maxCostSession: 5,
    timeoutSeconds: 120,
    limit: 50,
    mask: false,
    personalColumns: expect.arrayContaining(["first_name", "last_name", "name", "*email*", "*phone*", "*birth*"]),
  });
  expect(origins.limit).toEqual({ from: "default" });
  expect(loadConfig({ flags: {}, env: { ...env, XDG_DATA_HOME: "/data" }, cwd }).config.dataDir).toBe("/data/audience");
  const relative = loadConfig({ flags: {}, env: { ...env, XDG_DATA_HOME: "data" }, cwd });
  expect(relative.config.dataDir).toBe(join(cwd, "home/.local/share/audience"));
});

test("flags win over environment, .env, user file", () => {
  userFile('{"limit": 4, "weights": {"purchase": 5}}');
  expect(loadConfig({ flags: {}, env, cwd }).config).toMatchObject({ limit: 4, weights: { purchase: 5 } });
  writeFileSync(join(cwd, ".env"), "\uFEFFAUDIENCE_LIMIT=3\nOTHER=1\nAUDIENCE_MODEL=\n");
  const fromDotEnv = loadConfig({ flags: {}, env, cwd });
  expect([fromDotEnv.config.limit, fromDotEnv.origins.limit]).toEqual([3, { from: ".env", name: "AUDIENCE_LIMIT" }]);
  expect(fromDotEnv.origins.model).toEqual({ from: "default" });
  env["AUDIENCE_LIMIT"] = "all";
  expect(loadConfig({ flags: {}, env, cwd }).config.limit).toBe("all");
  const fromFlag = loadConfig({ flags: { limit: "1" }, env, cwd });
  expect([fromFlag.config.limit, fromFlag.origins.limit]).toEqual([1, { from: "flag", name: "--limit" }]);
  expect(process.env["AUDIENCE_LIMIT"]).toBeUndefined();
});

test("empty variables count as absent; weights and paths are read from text", () => {
  Object.assign(env, { AUDIENCE_LIMIT: " ", AUDIENCE_WEIGHTS: "purchase=3, view=0.5", AUDIENCE_DATA_DIR: "~/x" });
  const { config } = loadConfig({ flags: {}, env, cwd });
  expect(config).toMatchObject({ limit: 50, weights: { purchase: 3, view: 0.5 }, dataDir: join(cwd, "home/x") });
  expect(loadConfig({ flags: { dataDir: "y" }, env, cwd }).config.dataDir).toBe(join(cwd, "y"));
});

test.each([
  [
    "AUDIENCE_LIMIT",
    "many",
    'AUDIENCE_LIMIT: must be a whole number of at least 1, or "all", not "many" (from environment)',
  ],
  ["AUDIENCE_LIMIT", "0", /at least 1/],
  ["AUDIENCE_LIMIT", "1.5", /at least 1/],
  ["AUDIENCE_PLANNER", "magic", /must be auto, rules or model, not "magic"/],
  ["AUDIENCE_MIN_SCORE", "2", /from 0 to 1/],
  ["AUDIENCE_MAX_COST", "free", /number of dollars/],
  ["AUDIENCE_TIMEOUT", "-1", /above 0/],
  ["AUDIENCE_TIMEOUT", "99999999", /at most/],
  ["AUDIENCE_WEIGHTS", "purchase", /must be event types with a number.*, not "purchase"/],
  ["AUDIENCE_WEIGHTS", "purchase=x", /must be event types/],
  ["QDRANT_URL", "localhost:6333", /http:\/\//],
  ["AUDIENCE_QDRANT_COLLECTION", "a/b", /letters, digits/],
  ["QDRANT_SHARDS", "1.5", /whole number/],
  ["DATABASE_URL", "mysql://u:hunter2@h/d", /^DATABASE_URL: must be a URL(?!.*hunter2)/],
])("%s=%s is refused", (name, value, message) => {
  const error = failure(() => loadConfig({ flags: {}, env: { ...env, [name]: value }, cwd }));
  expect(error.code).toBe("config");
  if (typeof message === "string") expect(error.message).toBe(message);
  else expect(error.message).toMatch(message);
});

test("the user file: unknown names, wrong types, broken JSON", () => {
  userFile('{"limits": 4}');
  expect(failure(() => loadConfig({ flags: {}, env, cwd }))).toMatchObject({
    message: expect.stringContaining('Unknown setting "limits"'),
    hint: expect.stringContaining("limit"),
  });
  userFile('{"limit": true}');
  expect(failure(() => loadConfig({ flags: {}, env, cwd })).message).toMatch(
    /^limit: must be .* \(from user file .*config.json\)$/,
  );
  userFile("{");
  expect(failure(() => loadConfig({ flags: {}, env, cwd })).message).toMatch(/is not JSON/);
  userFile("[]");
  expect(failure(() => loadConfig({ flags: {}, env, cwd })).message).toMatch(/one JSON object/);
});

test("describeConfig shows no secret", () => {
  Object.assign(env, { OPENAI_API_KEY: "sk-1", DATABASE_URL: "postgres://u:p@ss@h:5432/d?sslmode=require&password=q" });
  const rows = describeConfig(loadConfig({ flags: {}, env, cwd }));
  expect(rows.find(([name]) => name === "openaiApiKey")?.slice(1, 3)).toEqual(["set", "environment OPENAI_API_KEY"]);
  expect(rows.find(([name]) => name === "databaseUrl")?.[1]).toBe(
    "postgres://u:***@h:5432/d?sslmode=require&password=***",
  );
  expect(rows.find(([name]) => name === "weights")?.[1]).toBe("purchase=3,add_to_cart=2,view=1");
  expect(rows.find(([name]) => name === "qdrantApiKey")?.[1]).toBe("");
  expect(maskUrl("http://localhost:6333")).toBe("http://localhost:6333");
});

test("packagePath finds the package", () => {
  expect(packagePath("package.json")).toMatch(/\/package\.json$/);
});
