import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBinary } from "../support/binary.js";
import { interrupted } from "../support/kill.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const HEADER = "customer_id,event_type,event_time,price";

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`audience ingest: ${kind.title}`, () => {
    let home: string;
    let store: Store;
    beforeAll(async () => {
      home = freshDirectory();
      store = await kind.create();
    });
    afterAll(async () => {
      await store?.remove();
      rmSync(home, { recursive: true, force: true });
    });
    const audience = (args: string[], stdin?: string) =>
      runBinary(args, { home, env: store.env, ...(stdin !== undefined && { stdin }) });
    const file = (name: string, content: string) => {
      writeFileSync(join(home, name), content);
      return name;
    };

    test("a dry run where there is no data leaves none", async () => {
      const run = await audience(["ingest", "--dry-run", "--events", "-"], `${HEADER}\nc1,view,2025-05-01,1\n`);
      expect(run.code).toBe(0);
      expect(run.stdout).toContain("Dry run: nothing was changed.");
      expect((await audience(["schema"])).stderr).toContain("No data has been loaded yet");
      expect(existsSync(join(store.env["AUDIENCE_DATA_DIR"] ?? home, "postgres"))).toBe(false);
    });

    test("an interrupted load exits 130 and leaves the old state", async () => {
      const run = await interrupted(["ingest", "--crm", SAMPLE.crm, "--events", SAMPLE.events], {
        home,
        env: store.env,
        signal: "SIGINT",
        afterMs: 1_500,
      });
      expect(run).toMatchObject({ code: 130, stdout: "" });
      expect(run.stderr).toContain("Cancelled");
      expect((await audience(["schema"])).stderr).toContain("No data has been loaded yet");
    });

    test("bad rows: the good ones are loaded, all bad ones go to --rejects", async () => {
      const rows = Array.from({ length: 300 }, (_, i) => `c${i % 7},view,2025-05-01,${i % 12 === 5 ? "x" : i}`);
      file("some.csv", `${HEADER}\n${rows.join("\n")}\n`);
      const args = ["ingest", "--events", "some.csv", "--rejects", "rejects.csv", "--output", "json"];
      const run = await audience(args);
      expect(run.code).toBe(0);
      expect(JSON.parse(run.stdout)).toMatchObject({ files: [{ rowsRead: 300, stored: 275, rejected: 25 }] });
      const rejects = readFileSync(join(home, "rejects.csv"), "utf8").trimEnd().split(/\r?\n/);
      expect(rejects).toHaveLength(26);
      expect(rejects.slice(0, 2)).toEqual([
        "file,line,reason,row",
        'some.csv,7,"price ""x"" is not a number","c5,view,2025-05-01,x"',
      ]);
    });

    test("too many bad rows: exit 1, message and hint on stderr, nothing changed", async () => {
      file("bad.csv", `${HEADER}\nc1,view,2025-05-01,1\nc1,view,some day,1\nc1,view,2025-05-02,1\n`);
      const run = await audience(["ingest", "--events", "bad.csv"]);
      expect(run).toMatchObject({ code: 1, stdout: "" });
      expect(run.stderr).toMatch(/^error: bad.csv: 1 of 3 rows are bad, .*Nothing was changed.\nhint: .*--max-rejects/);
      const count = await audience(["sql", "select count(*) as n from events", "--output", "csv"]);
      expect(count.stdout).toMatch(/^n\r?\n275\r?\n$/);
    });

    test("mistakes are told before anything is loaded", async () => {
      file("crm.csv", "customer_id,email\nc1,a@b.c\n");
      expect(await audience(["ingest", "--crm", "crm.csv", "--map", "emial=email"])).toMatchObject({
        code: 2,
        stderr: "error: --map: there is no column emial in the file.\nhint: Did you mean email?\n",
      });
      expect(await audience(["ingest", "--crm", "none.csv"])).toMatchObject({
        code: 1,
        stderr: "error: none.csv does not exist.\nhint: Check the path.\n",
      });
      mkdirSync(join(home, "folder"));
      expect(await audience(["ingest", "--crm", "crm.csv", "--rejects", "folder"])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("The rejects file cannot be written"),
      });
      const count = await audience(["sql", "select count(*) as n from customers", "--output", "csv"]);
      expect(count.stdout).toMatch(/^n\r?\n0\r?\n$/);
    });
  });
}

test("a data directory that cannot be made is a matter of configuration", async () => {
  const home = freshDirectory();
  writeFileSync(join(home, "crm.csv"), "customer_id\nc1\n");
  const run = await runBinary(["ingest", "--crm", "crm.csv", "--data-dir", "crm.csv/data"], { home });
  expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: The data directory .* cannot be made/) });
  expect(run.stderr).toContain("--data-dir");
  rmSync(home, { recursive: true });
});
