import type { Db, Transaction } from "../src/db/db.js";
import { scramVerifier } from "../src/db/scram-verifier.js";
import { AppError } from "../src/lib/errors.js";
import { excessRights } from "../src/sql/question-rights.js";
import { distribute } from "./distribute.js";
import { prepare } from "./first-load.js";
import { ensureViews } from "./views.js";

export interface InitOptions {
  /** AUDIENCE_READER_URL: names the role of questions, and its password. */
  readerUrl: string | undefined;
  /** Spread the tables over the nodes of a Citus cluster. */
  distributed: boolean;
  luxuryAbove: number;
  signal?: AbortSignal | undefined;
}

export interface InitSummary {
  /** What was done, a sentence each; nothing of it is a secret. */
  done: string[];
  /** What the operator has to do, with the SQL for it. */
  warnings: string[];
}

/** In every session of the role; it could change them itself, so that they guard against accidents only. */
const SETTINGS = {
  default_transaction_read_only: "on",
  statement_timeout: "15min",
  idle_in_transaction_session_timeout: "60s",
};

/**
 * Prepares a server: the schema, the views, the role that questions log in as, and with `distributed` the spread over
 * nodes. In one transaction; a second time it changes nothing. Throws AppError "config" where that role cannot be used.
 */
export async function initialise(db: Db, options: InitOptions): Promise<InitSummary> {
  if (db.engine !== "server") {
    throw new AppError("usage", "--init prepares a PostgreSQL server; DATABASE_URL is not set.", {
      hint: "The embedded database needs no preparation: load files with --crm and --events.",
    });
  }
  const login = options.readerUrl === undefined ? undefined : loginOf(options.readerUrl);
  const summary: InitSummary = { done: [], warnings: [] };
  await db.transaction(
    async (tx) => {
      await prepare(tx);
      if (options.distributed) summary.done.push(...(await distribute(tx)));
      if (login) await createLogin(tx, login, summary);
      await ensureViews(tx, options.luxuryAbove);
      summary.done.push("Schemas app, audience and audience_guard are there, with the views.");
      if (login) await checkLogin(tx, login.name, summary);
    },
    { ...(options.signal && { signal: options.signal }) },
  );
  if (!login) {
    summary.warnings.push(
      "AUDIENCE_READER_URL is not set: questions use the owner of DATABASE_URL. Set it to a role of their own, and run this again.",
    );
  }
  return summary;
}

interface Login {
  name: string;
  password: string | undefined;
}

function loginOf(url: string): Login {
  const { username, password } = new URL(url);
  const name = decodeURIComponent(username);
  if (name === "" || name === "audience_reader" || name.startsWith("pg_")) {
    throw new AppError("config", "AUDIENCE_READER_URL does not name a role that can be made.", {
      hint: "For example postgres://audience_questions:PASSWORD@host:5432/database; audience_reader is the product's own.",
    });
  }
  return { name, password: password === "" ? undefined : decodeURIComponent(password) };
}

async function createLogin(tx: Transaction, { name, password }: Login, summary: InitSummary): Promise<void> {
  const role = quoted(name);
  const { rows } = await tx.query(
    "select current_user = $1, rolsuper from (select 1) one left join pg_roles on rolname = $1",
    [name],
  );
  const [owner, superuser] = rows[0] as [boolean, boolean | null];
  if (owner || superuser === true) {
    const why = owner ? "is the owner, of DATABASE_URL, as well" : "is a superuser";
    throw new AppError("config", `The role ${name} of AUDIENCE_READER_URL ${why}: it could do anything.`, {
      hint: "Name a role of its own there; this command makes it.",
    });
  }
  // The password itself would stand in the server's log.
  const secret = password === undefined ? "" : ` password '${scramVerifier(password)}'`;
  if (superuser === null) {
    await tx.execute(`create role ${role} login noinherit${secret}`);
    summary.done.push(`Role ${name} is made, ${password === undefined ? "without a password" : "with its password"}.`);
  } else {
    await tx.execute(`alter role ${role} login noinherit${secret}`);
    summary.done.push(`Role ${name} was there${password === undefined ? "" : "; its password is set again"}.`);
  }
  for (const [setting, value] of Object.entries(SETTINGS)) {
    await tx.execute(`alter role ${role} set ${setting} = '${value}'`);
  }
  await tx.query("insert into app.readers (name) values ($1) on conflict do nothing", [name]);
  await closeDatabase(tx, name, summary);
}

/** Takes from everyone what the role must not have: PostgreSQL knows no way to take it from one role alone. */
async function closeDatabase(tx: Transaction, name: string, summary: InitSummary): Promise<void> {
  const { rows } = await tx.query(
    `select quote_ident(current_database()),
       has_database_privilege($1, current_database(), 'temporary') or has_database_privilege($1, current_database(), 'create'),
       to_regnamespace('public') is not null and has_schema_privilege($1, 'public', 'usage'),
       (select rolsuper from pg_roles where rolname = current_user)`,
    [name],
  );
  const [database, writes, open, superuser] = rows[0] as [string, boolean, boolean, boolean];
  await tx.execute(`grant connect on database ${database} to ${quoted(name)}`);
  if (writes) {
    // The owner's loads need temporary tables.
    await tx.execute(`grant temporary, create on database ${database} to current_user;
      revoke temporary, create on database ${database} from public, ${quoted(name)}`);
    summary.done.push(
      `TEMPORARY and CREATE on database ${database} are revoked from public (other users of it need them granted by name).`,
    );
  }
  if (open) {
    await tx.execute("revoke all on schema public from public");
    summary.done.push("Schema public is closed to public (other users of it need it granted by name).");
  }
  if (!superuser) return;
  const closed = await tx.query(
    `select string_agg(p.oid::regprocedure::text, ', ' order by p.oid) from pg_proc p
     where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^(lo_|lowrite$|loread$)'
       and has_function_privilege($1, p.oid, 'execute')`,
    [name],
  );
  const functions = closed.rows[0]?.[0] as string | null;
  if (functions === null) return;
  await tx.execute(`revoke execute on function ${functions} from public`);
  summary.done.push("EXECUTE on the functions of large objects (lo_*) is revoked from public.");
}

/** What is still too much: of the role itself an error, of everyone a task for who may do it. */
async function checkLogin(tx: Transaction, name: string, summary: InitSummary): Promise<void> {
  const found = await excessRights(tx, name);
  const everyone = /^may (make temporary|make schemas|make things in schema public|write large objects)/;
  const own = found.filter((right) => !everyone.test(right));
  if (own.length > 0) {
    throw new AppError("config", `The role ${name} has rights of its own: it ${own.join(", ")}. Nothing was changed.`, {
      hint: "Revoke them, or name a role in AUDIENCE_READER_URL that nothing else uses.",
    });
  }
  summary.done.push(
    `Role ${name} may read the views and the tables that questions need, and run statements in the guard.`,
  );
  if (found.length === 0) return;
  summary.warnings.push(
    `The role ${name} still ${found.join(", ")}, as everyone here. Questions are refused until a superuser has run, in this database:\n` +
      `  revoke temporary, create on database ${await databaseName(tx)} from public;\n  revoke all on schema public from public;\n` +
      "  and the revoke of lo_* in docs/servers-postgres.md.",
  );
}

async function databaseName(tx: Transaction): Promise<string> {
  return (await tx.query("select quote_ident(current_database())")).rows[0]?.[0] as string;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
