import { rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isUnfinished } from "../../ingest/first-load.js";
import { initialise } from "../../ingest/init.js";
import type { Db } from "../../src/db/db.js";
import { SqlError } from "../../src/db/sql-error.js";
import type { Embedder } from "../../src/embed/embedder.js";
import { loadCatalogue } from "../../src/sql/load-catalogue.js";
import { checksums } from "../support/checksum.js";
import { fileWriter, forget, hashEmbedder, load } from "../support/load.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const kind = STORES.find(({ engine }) => engine === "server");

describe.skipIf(!kind || kind.missing)("the first load of a server, in several transactions", () => {
  const folder = freshDirectory();
  const write = fileWriter(folder);
  // Columns of their own are staged; the others are copied straight into the tables.
  const own = {
    crm: [write("customer_id,first_name,shoe\nc1,Ann,38\nc2,Bob,44\n")],
    events: [write("customer_id,event_type,timestamp,category,shelf\nc1,view,2025-05-01,rings,7\n")],
  };
  const sample = { crm: [SAMPLE.crm], events: [SAMPLE.events] };
  let store: Store;
  let db: Db;
  /** A second process. */
  let other: Db;
  beforeAll(async () => {
    store = await (kind as NonNullable<typeof kind>).create();
  });
  afterAll(async () => {
    await store?.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    [db, other] = [await store.open(), await store.open()];
    await forget(db);
  });
  afterEach(() => Promise.all([db.close(), other.close()]));

  const indexes = async () => {
    const { rows } = await other.query("select indexdef from pg_indexes where schemaname = 'app' order by 1");
    return rows.map(([definition]) => definition);
  };
  /** Rows of every table that a load fills, columns of files, and what only loads need. */
  const left = async () => {
    const { rows } = await other.query(
      `select (select count(*) from app.customers) + (select count(*) from app.events) + (select count(*) from app.event_kinds)
              + (select count(*) from app.interests) + (select count(*) from app.customer_phrases)
              + (select count(*) from app.phrases) + (select count(*) from app.files) + (select count(*) from app.stored_values)
              + (select count(*) from app.foreign_columns),
              (select count(*) from pg_attribute where attrelid in ('app.customers'::regclass, 'app.events'::regclass)
                 and attname in ('shoe', 'shelf') and not attisdropped),
              to_regnamespace('audience_load') is null, (select version from app.state)`,
    );
    return rows[0];
  };
  const NOTHING = [0, 0, true, 0];
  const noData = () => expect(loadCatalogue(other)).rejects.toMatchObject({ code: "no_data" });
  const failing = (error: Error): Embedder => ({ ...hashEmbedder, embed: () => Promise.reject(error) });

  test("shows nothing before all of it is there", async () => {
    const seen: string[] = [];
    const asked: Promise<unknown>[] = [];
    const progress = ({ stage }: { stage: string }) => {
      if (seen.includes(stage) || stage === "finish") return;
      seen.push(stage);
      asked.push(noData());
    };
    await load(db, { ...sample, progress });
    await Promise.all(asked);
    expect(seen).toEqual(expect.arrayContaining(["read", "store", "profile", "embed"]));
    const { rows } = await other.query("select count(*) from audience.customers");
    expect((await loadCatalogue(other)).views.customers.rows).toBe(rows[0]?.[0]);
    expect(await isUnfinished(other)).toBe(false);
  });

  test("leaves nothing where a step fails beside others, and the next load is whole", async () => {
    await load(db, sample);
    const [whole, made] = [await checksums(other), await indexes()];
    for (const files of [sample, own]) {
      await forget(db);
      await expect(load(db, { ...files, embedder: failing(new Error("no vectors")) })).rejects.toThrow("no vectors");
      expect(await left()).toEqual(NOTHING);
      expect(await indexes()).toEqual(made);
      await noData();
      await load(db, sample);
      expect(await checksums(other)).toEqual(whole);
      expect(await indexes()).toEqual(made);
    }
  });

  describe("that was killed", () => {
    /** A load whose connections are gone before it can remove what it stored. */
    const killed = async (files: typeof own) => {
      let dead = false;
      const dying: Db = {
        ...{ engine: db.engine, location: db.location, close: () => db.close() },
        query: (...query) => db.query(...query),
        transaction: (work, options) =>
          dead ? Promise.reject(new Error("killed")) : db.transaction((tx) => work(tx), options),
      };
      const embedder: Embedder = {
        ...hashEmbedder,
        embed: async () => {
          dead = true;
          throw new Error("killed");
        },
      };
      await expect(load(dying, { ...files, embedder })).rejects.toThrow("killed");
      expect(await isUnfinished(other)).toBe(true);
      expect((await left())?.[0]).toBeGreaterThan(0);
    };

    test("counts for nothing, and is removed by the next", async () => {
      await killed(own);
      await noData();
      await load(db, own);
      const found = await checksums(other);
      await forget(db);
      await load(db, own);
      expect(found).toEqual(await checksums(other));
    });

    test("while another looks for what is loaded already, hides no file from it", async () => {
      await initialise(db, { readerUrl: undefined, distributed: false, luxuryAbove: 800 });
      let looked = false;
      const looking: Db = {
        ...{ engine: other.engine, location: other.location, close: () => other.close() },
        query: async (...query) => {
          const found = await other.query(...query);
          if (!looked && /to_regnamespace|version from app.state/.test(query[0])) {
            looked = true;
            await killed(own);
          }
          return found;
        },
        transaction: (work, options) => other.transaction((tx) => work(tx), options),
      };
      const { files } = await load(looking, own);
      expect(looked).toBe(true);
      expect(files.map(({ stored }) => stored)).toEqual([2, 1]);
    });

    test("is nothing to a dry run and to whoever reads the views of a prepared server, and removed by --init", async () => {
      await initialise(db, { readerUrl: undefined, distributed: false, luxuryAbove: 800 });
      await killed(own);
      for (const view of ["customers", "events", "interests"]) {
        expect((await other.query(`select * from audience.${view}`)).rows).toEqual([]);
      }
      const tried = await load(db, { ...own, dryRun: true });
      expect(tried.files.map(({ stored }) => stored)).toEqual([2, 1]);
      expect(await isUnfinished(other)).toBe(true); // a dry run changes nothing, not even that
      await initialise(db, { readerUrl: undefined, distributed: false, luxuryAbove: 800 });
      expect(await left()).toEqual(NOTHING);
      await noData();
    });
  });

  describe("that fails", () => {
    const prepared = () => initialise(db, { readerUrl: undefined, distributed: false, luxuryAbove: 800 });
    const fails = (files: { crm: string[]; events?: string[] }) =>
      expect(load(db, { ...files, embedder: failing(new Error("no vectors")) })).rejects.toThrow("no vectors");

    test("leaves the views of a prepared server, though a column was widened", async () => {
      await prepared();
      const later = write("customer_id,first_name,shoe\nc3,Cid,large\n");
      await fails({ crm: [...own.crm, later], events: own.events });
      for (const view of ["audience.customers", "audience.events", "app.keyed_events"]) {
        expect((await other.query(`select * from ${view}`)).rows).toEqual([]);
      }
    });

    test("is removed where views show columns of a file that had no rows", async () => {
      await load(db, { crm: [write("customer_id,first_name,shoe\n")] });
      await fails(sample);
      expect(await left()).toEqual(NOTHING);
      await load(db, sample);
    });

    test("does not use up the columns that a table may have", async () => {
      const names = Array.from({ length: 400 }, (_, i) => `own_${i}`);
      const wide = {
        crm: [write(`customer_id,${names.join(",")}\nc1,${names.map(() => "7").join(",")}\n`)],
        events: own.events,
      };
      for (let i = 0; i < 5; i++) await fails(wide);
      await load(db, wide);
    });

    test("because its lock was lost says so, and does not come between the load that has it now", async () => {
      await load(db, sample);
      const whole = await checksums(other);
      await forget(db);
      let second: Promise<unknown> | undefined;
      const progress = ({ stage }: { stage: string }) => {
        if (stage !== "store" || second) return;
        second = other
          .query(
            `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
               and database = (select oid from pg_database where datname = current_database())`,
          )
          .then(() => load(other, sample));
      };
      await expect(load(db, { ...sample, luxuryAbove: 1, progress })).rejects.toMatchObject({ code: "unreachable" });
      await second;
      expect(await checksums(other)).toEqual(whole);
    });
  });

  test("is one transaction where the server gives no more connections", async () => {
    await load(db, sample);
    const whole = await checksums(other);
    await forget(db);
    const narrow: Db = {
      ...{ engine: db.engine, location: db.location, close: () => db.close() },
      query: (sql, ...rest) =>
        sql === "select 1" ? Promise.reject(new SqlError("too many connections", "53300")) : db.query(sql, ...rest),
      transaction: (work, options) => db.transaction((tx) => work(tx), options),
    };
    const progress = () => isUnfinished(other).then((unfinished) => seen.push(unfinished));
    const seen: boolean[] = [];
    await load(narrow, { ...sample, progress });
    expect(seen).not.toContain(true);
    expect(await checksums(other)).toEqual(whole);
  });

  test("of two at once, one finds everything loaded", async () => {
    const both = await Promise.all([load(db, sample), load(other, sample)]);
    const skipped = both.map(({ files }) => files.filter((file) => file.skipped).length);
    expect(skipped.sort()).toEqual([0, 2]);
  });
});
