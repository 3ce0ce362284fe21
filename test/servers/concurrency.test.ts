import { rmSync } from "node:fs";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ingest } from "../../ingest/ingest.js";
import { initialise } from "../../ingest/init.js";
import { createQuestioning, type Questioning } from "../../src/cli/answering.js";
import type { CommandContext } from "../../src/cli/context.js";
import { createSettled, type Settled } from "../../src/cli/settled.js";
import { loadConfig } from "../../src/config/load.js";
import { openServer } from "../../src/db/server.js";
import { createMiniLm } from "../../src/embed/minilm.js";
import { createRuntime, type Runtime } from "../../src/runtime.js";
import { type Cluster, createCluster, POSTGRES_BIN } from "../support/cluster.js";
import { fileWriter } from "../support/load.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory } from "../support/stores.js";

/** `npm run test:servers` takes a minute. */
const SECONDS = Number(process.env["AUDIENCE_TEST_SECONDS"] ?? 5);
/** In the short run readers rest, so that the loads beside them, in the same thread, are soon done. */
const REST_MS = SECONDS < 30 ? 500 : 0;
const READERS = 20;
const PROCESSES = 4;
const LOADS = 10;

const QUESTIONS = {
  count: "how many customers bought red socks in the last 60 days?",
  list: "customers from Germany who bought red socks in the last 60 days",
  hybrid: "women who bought red socks in the last 60 days and are into luxury",
  table: "revenue by month",
};
type Kind = keyof typeof QUESTIONS;
const KINDS = Object.keys(QUESTIONS) as Kind[];

describe.skipIf(!POSTGRES_BIN)("readers and loads at the same time", () => {
  const folder = freshDirectory();
  const write = fileWriter(folder);
  const embedder = createMiniLm();
  const open: Runtime[] = [];
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await createCluster();
  });
  afterAll(async () => {
    for (const runtime of open) await runtime.close();
    await cluster?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The nth load: purchases that change every answer, of customers old and new. */
  const files = Array.from({ length: LOADS }, (_, n) => {
    const day = `2025-07-${String(n + 1).padStart(2, "0")}`;
    const crm = [`9${n}001,New,Customer${n},n${n}@example.com,DE,Berlin,${30 + n},F,red,${900 + n},2024-01-01`];
    const buyers = [`9${n}001`, ...Array.from({ length: 30 }, (_, i) => String(((n * 37 + i * 11) % 480) + 1))];
    const events = buyers.map(
      (id, i) =>
        `n${n}-${i},${id},purchase,${day}T10:00:${String(i).padStart(2, "0")}Z,o${n}-${i},p1,Red socks,clothing,socks,red,${5 + n},1`,
    );
    return {
      crm: [
        write(
          `customer_id,first_name,last_name,email,country,city,age,gender,favorite_color,total_spent,signup_date\n${crm.join("\n")}\n`,
        ),
      ],
      events: [
        write(
          `event_id,customer_id,event_type,timestamp,order_id,product_id,product_name,category,subcategory,color,price,quantity\n${events.join("\n")}\n`,
        ),
      ],
    };
  });

  async function load(database: string, { crm, events }: { crm: string[]; events: string[] }): Promise<void> {
    const db = await openServer(cluster.url(database), { command: "ingest" });
    const none = { maps: new Map(), dryRun: false, reindex: false, maxRejects: { share: 0.1 } };
    const settings = { luxuryAbove: 800, weights: { purchase: 3, add_to_cart: 2, view: 1 } };
    await ingest(
      { ...none, ...settings, crm, events },
      { db, embedder, progress: () => {}, reject: () => {}, clock: () => performance.now() },
    ).finally(() => db.close());
  }

  /** One process of readers: a pool and an embedder of its own, as `audience batch` has them. */
  async function readers(env: Record<string, string>): Promise<Settled<Questioning>> {
    const loaded = loadConfig({ flags: { limit: 30 }, env: { HOME: folder, ...env }, cwd: folder });
    const { signal } = new AbortController();
    const common = { session: "test", now: () => new Date(), signal };
    const runtime = await createRuntime(loaded, { ...common, command: "batch", create: false, stateDir: folder });
    open.push(runtime);
    const context = {
      ...{ ...common, loaded, config: loaded.config, env: { HOME: folder }, cwd: folder, verbose: false, color: false },
      ...{ output: "json", limit: 30, render: { width: 80, color: false, verbose: false, rawCsv: false, bom: false } },
      ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
    } as unknown as CommandContext;
    return createSettled(runtime, (catalogue) => createQuestioning(runtime, catalogue, context, "batch"));
  }

  async function ask(settled: Settled<Questioning>, kind: Kind): Promise<string> {
    const { signal } = new AbortController();
    const answer = await settled(({ asker, tools }) => asker(QUESTIONS[kind], tools), { signal });
    const { answer: text, value, columns, rows, total, as_of, reading, warnings } = answer;
    return JSON.stringify({ text, value, columns, rows, total, as_of, reading, warnings });
  }

  test(
    `${READERS} readers for ${SECONDS} s while ${LOADS} loads run: every answer is of the old or the new state`,
    async () => {
      const admin = await openServer(cluster.url(), { command: "test" });
      for (const name of ["gold", "live"]) await admin.query(`create database ${name}`);
      await admin.close();
      const base = { crm: [SAMPLE.crm], events: [SAMPLE.events] };

      // What is right in each state: the same loads one by one, with nobody beside.
      await load("gold", base);
      const alone = await readers({ DATABASE_URL: cluster.url("gold") });
      const gold: Record<Kind, string>[] = [];
      for (const next of [...files, undefined]) {
        const state = {} as Record<Kind, string>;
        for (const kind of KINDS) state[kind] = await ask(alone, kind);
        gold.push(state);
        if (next) await load("gold", next);
      }
      for (const kind of KINDS) expect(new Set(gold.map((state) => state[kind])).size).toBe(LOADS + 1);

      await load("live", base);
      const reader = new URL(cluster.url("live"));
      reader.username = "questions";
      reader.password = "questions";
      const owner = await openServer(cluster.url("live"), { command: "init" });
      await initialise(owner, { readerUrl: reader.href, distributed: false, luxuryAbove: 800 });
      await owner.close();
      const processes: Settled<Questioning>[] = [];
      for (let i = 0; i < PROCESSES; i++) processes.push(await readers({ AUDIENCE_READER_URL: reader.href }));

      let begun = 0;
      let committed = 0;
      let loading = true;
      const wrong: string[] = [];
      const asked = { count: 0, list: 0, hybrid: 0, table: 0 };
      const seen = new Set<number>();
      const one = async (i: number) => {
        for (let n = i; loading; n++) {
          const kind = KINDS[n % KINDS.length] as Kind;
          const from = committed;
          const said = await ask(processes[i % PROCESSES] as Settled<Questioning>, kind).catch((error) =>
            String(error),
          );
          const state = gold.findIndex((g, at) => at >= from && at <= begun && g[kind] === said);
          if (state < 0) wrong.push(`${kind} between ${from} and ${begun}: ${said.slice(0, 300)}`);
          seen.add(state);
          asked[kind]++;
          await sleep(REST_MS);
        }
      };
      const all = Array.from({ length: READERS }, (_, i) => one(i));
      const start = performance.now();
      for (const [n, next] of files.entries()) {
        await sleep(Math.max(0, start + (n * SECONDS * 1000) / LOADS - performance.now()));
        begun++;
        await load("live", next);
        committed++;
      }
      await sleep(Math.max(0, start + SECONDS * 1000 - performance.now()));
      loading = false;
      await Promise.all(all);
      const seconds = (performance.now() - start) / 1000;

      const total = Object.values(asked).reduce((sum, n) => sum + n, 0);
      process.stderr.write(
        `${total} answers in ${seconds.toFixed(1)} s (${(total / seconds).toFixed(0)} a second; ${JSON.stringify(asked)}) ` +
          `by ${READERS} readers beside ${LOADS} loads: ${wrong.length} wrong, mixed or lost\n`,
      );
      expect(wrong).toEqual([]);
      expect(seen.size).toBeGreaterThan(LOADS / 2);
    },
    (SECONDS + 240) * 1000,
  );
});
