import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { isUnfinished } from "../../../ingest/first-load.js";
import { packagePath } from "../../config/package-root.js";
import type { Config } from "../../config/schema.js";
import type { Db } from "../../db/db.js";
import { embeddedExists, openEmbedded } from "../../db/embedded.js";
import { createMiniLm } from "../../embed/minilm.js";
import { AppError } from "../../lib/errors.js";
import { demoDirectory } from "../../runtime.js";
import { runInJail } from "../../sql/jail.js";
import { type Check, fail, failed, ok, warn, withPatience } from "./check.js";
import { checkQdrantIndex } from "./check-qdrant.js";

const LOAD = "`audience ingest --crm FILE --events FILE` loads your files, `audience demo` the sample.";
const LITTLE_SPACE = 500e6;
/** A damaged embedded database may never answer. */
const PATIENCE_MS = 30_000;

/** The row store: where it is, whether it opens, and what it holds. Nothing is made that is not there. */
export async function checkStore(config: Config, signal: AbortSignal): Promise<Check[]> {
  const { databaseUrl, readerUrl } = config;
  return withPatience(signal, PATIENCE_MS, async (patience) => {
    if (databaseUrl === undefined && readerUrl === undefined) return checkEmbedded(config, patience);
    const { checkOwner, checkQuestions } = await import("./check-server.js");
    const look = (db: Db, until: AbortSignal) => inspect(db, config, until);
    const owner = databaseUrl === undefined ? [] : await checkOwner(databaseUrl, look, patience);
    // Where only the reader is known, it has to say how the data are.
    return [...owner, ...(await checkQuestions(readerUrl, databaseUrl === undefined ? inspectData : null, patience))];
  });
}

async function checkEmbedded(config: Config, signal: AbortSignal): Promise<Check[]> {
  const { dataDir: directory } = config;
  const folder = await checkFolder(directory);
  if (!embeddedExists(directory)) {
    const sample = embeddedExists(demoDirectory(directory));
    const answers = sample ? " Questions go to the sample data of the demo." : "";
    return [folder, warn("database", `No data has been loaded yet.${answers}`, LOAD)];
  }
  try {
    const db = await openEmbedded({ directory, command: "doctor", create: false, waitMs: 0, signal });
    return [folder, ok("lock", "free"), ...(await inspect(db, config, signal))];
  } catch (error) {
    if (!(error instanceof AppError)) {
      const hint = `It seems damaged: move ${directory} away and load your files again.`;
      return [folder, fail("database", `It does not open: ${(error as Error).message}.`, hint)];
    }
    if (error.code !== "locked") return [folder, failed("database", error)];
    return [folder, warn("lock", error.message, error.hint), warn("database", "Not checked while it is in use.")];
  }
}

async function checkFolder(directory: string): Promise<Check> {
  const name = "data directory";
  const there = existsSync(directory);
  let folder = directory;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    return fail(name, `${folder} cannot be written.`, "Choose another with --data-dir.");
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${directory}${there ? "" : " (made by the first ingest)"}, ${(free / 1e9).toFixed(1)} GB free`;
  return free < LITTLE_SPACE
    ? warn(name, detail, "Make room: a load needs several times its files.")
    : ok(name, detail);
}

async function inspect(db: Db, config: Config, signal: AbortSignal): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const version = (await db.query("select version()", [], { signal })).rows[0]?.[0] as string;
    checks.push(ok("database", `${version.split(" ").slice(0, 2).join(" ")}, ${db.engine}, at ${db.location}`));
    const schema = await checkSchema(db, signal);
    checks.push(schema);
    if (schema.status === "ok") {
      checks.push(...(await inspectData(db, signal)));
      checks.push(...(await checkQdrantIndex(db, config, signal)));
    }
  } catch (error) {
    checks.push(failed("database", error));
  } finally {
    await db.close();
  }
  return checks;
}

async function inspectData(db: Db, signal: AbortSignal): Promise<Check[]> {
  if (await isUnfinished(db)) {
    const hint = "It may still run. If not, the next `audience ingest` removes what it left and starts anew.";
    return [warn("data", "A first load has not come to its end; nothing of it counts.", hint)];
  }
  // A first load that failed leaves the tables, without views where there were none.
  const shown = await db.query("select to_regclass('audience.events') is not null", [], { signal });
  if (shown.rows[0]?.[0] !== true) return [warn("data", "No data has been loaded yet.", LOAD)];
  const checks: Check[] = [];
  for (const check of [checkData, checkViews, checkReader, checkIndex]) checks.push(await check(db, signal));
  return checks;
}

async function checkSchema(db: Db, signal: AbortSignal): Promise<Check> {
  const name = "schema";
  const there = await db.query("select to_regclass('app.migrations') is not null", [], { signal });
  if (there.rows[0]?.[0] !== true) return warn(name, "No data has been loaded yet.", LOAD);
  const done = new Set((await db.query("select name from app.migrations", [], { signal })).rows.map((row) => row[0]));
  const known = readdirSync(packagePath("data", "migrations")).filter((file) => file.endsWith(".sql"));
  const open = known.filter((file) => !done.has(file));
  if (open.length > 0) return warn(name, `Not applied yet: ${open.join(", ")}.`, "The next ingest applies them.");
  const newer = [...done].filter((file) => !known.includes(file as string));
  if (newer.length > 0) {
    return fail(name, `Made by a later version (${newer.join(", ")}).`, "Use that version, or another database.");
  }
  return ok(name, `up to date, ${known.length} ${known.length === 1 ? "migration" : "migrations"}`);
}

async function checkData(db: Db, signal: AbortSignal): Promise<Check> {
  // Who may only ask sees the views, in which interests of no weight are left out.
  const may = await db.query("select has_table_privilege('app.interests', 'select')", [], { signal });
  const interestsIn = may.rows[0]?.[0] === true ? "(select count(*) from app.interests)" : "interests";
  const { rows } = await db.query(
    `select (select count(*) from app.customers where in_crm), (select count(*) from audience.events), as_of,
            ${interestsIn}, events, interests,
            (select filled from app.column_stats where view = 'customers' and name = 'customer_id')
     from app.state`,
    [],
    { signal },
  );
  const [customers, events, asOf, interests, ...loaded] = rows[0] as [number, number, string | null, ...number[]];
  const n = (count: number) => count.toLocaleString("en-US");
  // A power cut or a copy broken off may leave tables that can be read, with rows missing.
  const lost = [events, interests as number, customers].flatMap((count, i) => {
    const wanted = loaded[i] ?? count;
    return count === wanted ? [] : [`${n(count)} of ${n(wanted)} ${["events", "interests", "customers"][i]}`];
  });
  if (lost.length > 0) {
    return fail(
      "data",
      `Damaged: there are only ${lost.join(", ")}.`,
      "Move the database away and load your files again.",
    );
  }
  const detail = `${n(customers)} customers, ${n(events)} events, as of ${asOf ?? "(no events)"}`;
  return customers + events === 0 ? warn("data", detail, LOAD) : ok("data", detail);
}

async function checkViews(db: Db, signal: AbortSignal): Promise<Check> {
  const names = ["customers", "events", "interests"];
  const { rows } = await db.query(
    "select name from unnest($1::text[]) name where to_regclass('audience.' || name) is null",
    [names],
    { signal },
  );
  if (rows.length === 0) return ok("views", names.join(", "));
  return fail("views", `Missing: ${rows.map((row) => row[0]).join(", ")}.`, "Any `audience ingest` makes them again.");
}

/** The role of `sql` reads the views and is refused everything else, also where the check of statements is passed by. */
async function checkReader(db: Db, signal: AbortSignal): Promise<Check> {
  const options = { limit: 1, signal };
  try {
    await runInJail(db, "select * from customers limit 1", options);
  } catch (error) {
    return fail("reader", (error as Error).message, "Any `audience ingest` gives the role its rights again.");
  }
  for (const statement of [
    "select * from app.customers",
    "select * from pg_catalog.pg_authid",
    "select pg_read_file('PG_VERSION')",
  ]) {
    try {
      await runInJail(db, statement, options);
    } catch (error) {
      if (error instanceof AppError && error.code === "query") continue;
      throw error;
    }
    return fail(
      "reader",
      `The role of \`audience sql\` may run: ${statement}`,
      "Any `audience ingest` restricts it again.",
    );
  }
  return ok("reader", "reads the views and nothing else");
}

async function checkIndex(db: Db, signal: AbortSignal): Promise<Check> {
  const { rows } = await db.query("select embedder, (select count(*) from app.phrases) from app.state", [], { signal });
  const [stored, phrases] = rows[0] as [string | null, number];
  if (stored === null) return warn("interests", "None have been embedded yet.", LOAD);
  const detail = `${phrases.toLocaleString("en-US")} phrases, embedded by ${stored}`;
  const { id } = createMiniLm();
  return stored === id
    ? ok("interests", detail)
    : fail("interests", `${detail}; this is ${id}`, "Run `audience ingest --reindex`.");
}
