import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBinary } from "../support/binary.js";
import { checksums } from "../support/checksum.js";
import { interrupted } from "../support/kill.js";
import { SAMPLE } from "../support/sample.js";
import { freshDirectory, STORES, type Store } from "../support/stores.js";

const INGEST = ["ingest", "--crm", SAMPLE.crm, "--events", SAMPLE.events];

for (const kind of STORES) {
  describe.skipIf(kind.missing)(`kill -9 in the middle of ingest: ${kind.title}`, () => {
    let home: string;
    let wanted: Record<string, string>;
    let duration: number;
    beforeAll(async () => {
      home = freshDirectory();
      const undisturbed = await kind.create();
      const start = performance.now();
      expect(await runBinary(INGEST, { home, env: undisturbed.env })).toMatchObject({ code: 0 });
      duration = performance.now() - start;
      wanted = await sums(undisturbed);
      await undisturbed.remove();
    });
    afterAll(() => rmSync(home, { recursive: true, force: true }));

    const sums = async (store: Store) => {
      const db = await store.open();
      try {
        return await checksums(db);
      } finally {
        await db.close();
      }
    };

    // Each part of an undisturbed run once, at a random moment of it; the embedded store takes ten seconds for one.
    const parts = kind.engine === "server" || process.env["AUDIENCE_TEST_LONG"] ? 4 : 2;
    test.each(Array.from({ length: parts }, (_, i) => i))(
      `in part %i of ${parts}; the same command again mends it`,
      async (i) => {
        const store = await kind.create();
        const afterMs = Math.round((duration * (i + randomInt(1000) / 1000)) / parts);
        await interrupted(INGEST, { home, env: store.env, signal: "SIGKILL", afterMs });
        const again = await runBinary(INGEST, { home, env: store.env });
        expect(again, `killed after ${afterMs} ms`).toMatchObject({ code: 0 });
        expect(await sums(store), `killed after ${afterMs} ms`).toEqual(wanted);
        await store.remove();
      },
    );
  });
}
