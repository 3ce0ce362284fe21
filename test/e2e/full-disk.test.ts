import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { watchSpace } from "../../src/cli/space-watch.js";
import type { Db } from "../../src/db/db.js";
import { openEmbedded } from "../../src/db/embedded.js";
import { AppError } from "../../src/lib/errors.js";
import { runBinary, runShell } from "../support/binary.js";
import { fileWriter, load } from "../support/load.js";
import { SAMPLE } from "../support/sample.js";
import { smallShop } from "../support/small-shop.js";
import { freshDirectory } from "../support/stores.js";

const home = freshDirectory();
const disk = join(home, "disk");
mkdirSync(disk);

/** A disk of its own, which only root may have. */
function mount(...options: string[]): boolean {
  try {
    execFileSync("mount", [...options, "-t", "tmpfs", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const mounted = mount("-o", "size=160m");
if (!mounted) process.stderr.write("Skipped: full and read-only disks; only root may mount one.\n");
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(home, { recursive: true, force: true });
});

const DATA = join(disk, "data");
const write = fileWriter(home);

async function withData<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const db = await openEmbedded({ directory: DATA, command: "test", create: true });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const customers = () =>
  withData(async (db) => (await db.query("select count(*) from audience.customers")).rows[0]?.[0]);

test.skipIf(!mounted)(
  "a disk that fills up: the load ends, the old state stays, before and after there is space",
  async () => {
    const ingest = (...files: string[]) => runBinary(["ingest", "--data-dir", DATA, ...files], { home });
    await withData((db) => load(db, { crm: [write(smallShop(20).crm)] }));

    // Enough to start, not enough to end.
    const { bavail, bsize } = statfsSync(disk);
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(bavail * bsize - 66e6));
    const broken = await ingest("--crm", SAMPLE.crm, "--events", SAMPLE.events);
    expect(broken).toMatchObject({ code: 2, stdout: "" });
    expect(broken.stderr).toMatch(/only \d+ MB left\. The load was ended.*\nhint: Free space there/);
    expect(await customers()).toBe(20);

    writeFileSync(join(disk, "more"), Buffer.alloc(statfsSync(disk).bavail * bsize - 40e6));
    const next = await ingest("--crm", SAMPLE.crm);
    expect(next).toMatchObject({ code: 2, stderr: expect.stringMatching(/only \d+ MB left\. Nothing was changed/) });
    expect(await customers()).toBe(20);

    rmSync(filler);
    await withData((db) => load(db, { crm: [write(smallShop(30).crm)] }));
    expect(await customers()).toBe(30);
  },
);

test.skipIf(!mounted)("a disk that may only be read is a matter of configuration, and nothing is lost", async () => {
  const remount = (how: string) => execFileSync("mount", ["-o", `remount,${how}`, disk]);
  remount("ro");
  try {
    const { code, stdout, stderr } = await runBinary(["ask", "how many customers?", "--data-dir", DATA], { home });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/cannot be written: .*read-only.*--data-dir/s);
  } finally {
    remount("rw");
  }
  expect(await customers()).toBe(30);
});

test("output that finds no space is an error, not a bug", async () => {
  const { stdout, stderr } = await runShell("audience --help > /dev/full; echo $?", home);
  expect(stdout).toBe("2\n");
  expect(stderr).toMatch(/^error: The output cannot be written: ENOSPC[^\n]*\nhint: /);
});

test("the watch aborts once, says how much is left, and passes on who cancelled", async () => {
  let left = 100e6;
  const outer = new AbortController();
  const watching = watchSpace("x", outer.signal, { free: () => left, everyMs: 5 });
  left = 10e6;
  await new Promise((resolve) => watching.signal.addEventListener("abort", resolve));
  watching.stop();
  expect(watching.signal.reason).toMatchObject({ code: "config", message: expect.stringContaining("10 MB left") });
  expect(() => watchSpace("x", outer.signal, { free: () => left })).toThrow(AppError);

  const second = watchSpace("x", outer.signal, { free: () => null, everyMs: 5 });
  outer.abort("who");
  expect(second.signal.reason).toBe("who");
  second.stop();
});
