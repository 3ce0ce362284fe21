// Makes the empty database that a new data directory starts from: unpacking it takes a second, initdb in WebAssembly
// ten. Run after each change of PGlite's version, and remove the old file: node data/postgres/make.mjs
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";

const { version } = JSON.parse(
  readFileSync(new URL("../../node_modules/@electric-sql/pglite/package.json", import.meta.url), "utf8"),
);
const folder = mkdtempSync(join(tmpdir(), "audience-pglite-"));
try {
  const first = await PGlite.create({ dataDir: join(folder, "postgres") });
  await first.exec("checkpoint");
  await first.close(); // a clean shutdown: the copy below then holds nothing to recover
  const db = await PGlite.create({ dataDir: join(folder, "postgres") });
  const tar = Buffer.from(await (await db.dumpDataDir("none")).arrayBuffer());
  await db.close();
  const packed = brotliCompressSync(tar, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: tar.length,
    },
  });
  writeFileSync(new URL(`pglite-${version}.tar.br`, import.meta.url), packed);
} finally {
  rmSync(folder, { recursive: true });
}
