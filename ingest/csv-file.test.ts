import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, it, test, vi } from "vitest";
import { AppError } from "../src/lib/errors.js";
import { type BadRow, type CsvRow, openCsvFile } from "./csv-file.js";

const folder = mkdtempSync(join(tmpdir(), "csv-file-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());
let count = 0;

function write(content: string | Buffer, name = `f${count++}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function readAll(content: string | Buffer, options: { encoding?: string; name?: string } = {}) {
  const file = await openCsvFile(write(content, options.name), options);
  const rows: CsvRow[] = [];
  const bad: BadRow[] = [];
  for await (const batch of file.read()) {
    rows.push(...batch.rows);
    bad.push(...batch.bad);
  }
  await file.close();
  const table = rows.map((row) => [row.line, ...row.fields]);
  return { file, rows, bad, table };
}

async function failure(content: string | Buffer, options: { encoding?: string; name?: string } = {}) {
  const error = await readAll(content, options).then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe("records", () => {
  it.each([
    ["\n", 4],
    ["\r\n", 4],
    ["\r", 4],
  ])("ends lines with %j", async (end) => {
    const { table, file } = await readAll(["a,b", "1,x", "", '2,"y, z"', ""].join(end));
    expect(file.columns).toEqual(["a", "b"]);
    expect(table).toEqual([
      [2, "1", "x"],
      [4, "2", "y, z"],
    ]);
  });

  it("keeps line numbers over quoted line ends, blank lines and mixed line ends", async () => {
    const { table } = await readAll('\n\r\na,b\r\n1,"x\r\ny\n"\r\n\n   \n2,"say ""hi"""\n3,z');
    expect(table).toEqual([
      [4, "1", "x\r\ny\n"],
      [9, "2", 'say "hi"'],
      [10, "3", "z"],
    ]);
  });

  it("keeps a stray quote as text", async () => {
    const { table, bad } = await readAll('a,b\n5" pipe,x\n"6" pipe,y\n7,"q" z\n');
    expect(table).toEqual([
      [2, '5" pipe', "x"],
      [3, '"6" pipe', "y"],
      [4, "7", '"q" z'],
    ]);
    expect(bad).toEqual([]);
  });

  it("rejects the line of a quote that is never closed and goes on after it", async () => {
    const { table, bad } = await readAll('a,b\n1,x\n2,"open\n3,y\n4,z\n');
    expect(bad).toEqual([{ line: 3, reason: "a quote that opens here is never closed", text: '2,"open' }]);
    expect(table.map((row) => row[0])).toEqual([2, 4, 5]);
  });

  it("does not glue two lines that each open a quote", async () => {
    const { table, bad } = await readAll('a,b\n1,"abc\n2,"def"\n3,y\n');
    expect(bad).toEqual([
      { line: 2, reason: "a quote that opens here is not closed before other text", text: '1,"abc' },
    ]);
    expect(table).toEqual([
      [3, "2", "def"],
      [4, "3", "y"],
    ]);
  });

  it("keeps a field that begins with a quote of its own and spans lines", async () => {
    const { table, bad } = await readAll('a,b\n1 5","""So"" he\nsaid"\n2,y\n');
    expect(table).toEqual([
      [2, '1 5"', '"So" he\nsaid'],
      [4, "2", "y"],
    ]);
    expect(bad).toEqual([]);
  });

  it("rejects wrong field counts and NUL bytes with line and text", async () => {
    const { table, bad } = await readAll('a,b\n1\n1,2,3\n\0,2\n4,5\n6,"x\ny",7\n8,9\n');
    expect(bad).toEqual([
      { line: 2, reason: "has 1 field, the header has 2", text: "1" },
      { line: 3, reason: "has 3 fields, the header has 2", text: "1,2,3" },
      { line: 4, reason: "NUL byte", text: "\0,2" },
      { line: 6, reason: "has 3 fields, the header has 2 (lines 6 to 7)", text: '6,"x\ny",7' },
    ]);
    expect(table.map((row) => row[0])).toEqual([5, 8]);
  });

  it("cuts the text of a bad row at 200 characters", async () => {
    const { bad } = await readAll(`a,b\n${"x".repeat(5000)}\n"${"y".repeat(5000)}"\n`);
    expect(bad.map((row) => row.text.length)).toEqual([200, 200]);
  });

  it("goes on after an open quote in a file beyond 10 MB", async () => {
    const line = `7,${"x".repeat(98)}\n`;
    const { rows, bad } = await readAll(`a,b\n1,"open\n${line.repeat(120_000)}8,"closed"\n`);
    expect(bad).toMatchObject([{ line: 2, reason: "a quote that opens here is not closed within 10 MB" }]);
    expect(rows).toHaveLength(120_001);
    expect(rows.at(-1)).toEqual({ line: 120_003, fields: ["8", "closed"] });
  });

  it("refuses a line beyond 10 MB", async () => {
    const error = await failure(`a,b\n1,2\n${"x".repeat(11_000_000)}`, { name: "long.csv" });
    expect(error.code).toBe("input");
    expect(error.message).toMatch(/long\.csv line 3 is longer than 10 MB/);
  });

  it("reads what was written, for random tables in random shapes", async () => {
    let seed = 7;
    // mulberry32
    const random = (n: number) => {
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * n);
    };
    let quoted = 0;
    const pieces = ["a", "bc", '"', ",", "\n", "\r\n", "é", "😀", " ", ";", "x".repeat(300), ""];
    for (let round = 0; round < 60; round++) {
      const end = ["\n", "\r\n"][random(2)]!;
      const quoting = [0, 1, 30][random(3)]!;
      let text = `a,b,c${end}`;
      let line = 2;
      const expected: CsvRow[] = [];
      for (let i = 1 + random(6000); i > 0; i--) {
        const fields = [0, 1, 2].map((f) =>
          f > 0 && random(100) < quoting
            ? Array.from({ length: random(5) }, () => pieces[random(pieces.length)]!).join("")
            : `v${random(1000)}`,
        );
        const raw = fields.map((f) => (/^"|[\n\r,]/.test(f) ? `"${f.replaceAll('"', '""')}"` : f)).join(",") + end;
        expected.push({ line, fields });
        if (raw.includes("\n") && raw.includes('"')) quoted++;
        line += raw.split("\n").length - 1;
        text += raw;
      }
      const { rows, bad } = await readAll(random(2) === 0 ? text : gzipSync(text));
      expect(bad).toEqual([]);
      expect(rows).toEqual(expected);
    }
    expect(quoted).toBeGreaterThan(10_000);
  });

  it("survives a file of nothing but broken quotes in bounded time", async () => {
    const { bad, rows } = await readAll(`a,b\n${'1,"x\n2,"y"\n'.repeat(20_000)}`);
    expect(rows).toHaveLength(20_000);
    expect(bad).toHaveLength(20_000);
  }, 20_000);
});

describe("header and delimiter", () => {
  it.each([",", ";", "\t", "|"])("finds %j", async (d) => {
    const { file, table } = await readAll(`a${d}b${d}c\n1${d}"x,;|\t"${d}2,5\n3${d}y${d}4,5\n`);
    expect(file.delimiter).toBe(d === "," ? "," : d);
    expect(file.columns).toHaveLength(3);
    if (d !== ",") expect(table[0]).toEqual([2, "1", "x,;|\t", "2,5"]);
  });

  it("reads a single column and a header alone", async () => {
    const single = await readAll("email\na@x.com\nb@x.com\n");
    expect(single.file.delimiter).toBe(",");
    expect(single.rows).toHaveLength(2);
    const header = await readAll("a;b;c");
    expect(header.file.columns).toEqual(["a", "b", "c"]);
    expect(header.rows).toEqual([]);
    expect(header.file.sample).toEqual([]);
  });

  it("trims header cells, names empty ones and refuses duplicates", async () => {
    expect((await readAll(' a ,,"b c"\n1,2,3\n')).file.columns).toEqual(["a", "column_2", "b c"]);
    const error = await failure("id,x,id,y,x\n1,2,3,4,5\n");
    expect(error.code).toBe("input");
    expect(error.message).toContain('"id", "x" more than once');
  });

  it("gives a sample of the first good rows", async () => {
    const { file } = await readAll(`a,b\nbad\n${"1,2\n".repeat(500)}`);
    expect(file.sample).toHaveLength(200);
    expect(file.sample[0]).toEqual(["1", "2"]);
  });

  it("refuses a header that cannot be read", async () => {
    expect((await failure('a,"b\n1,2\n')).message).toMatch(/header of .* cannot be read \(line 1: a quote/);
    expect((await failure("\n\n\n")).message).toMatch(/only blank lines/);
  });
});

describe("encodings", () => {
  it("removes a UTF-8 byte order mark, also before a quoted header", async () => {
    const { file, table } = await readAll('\ufeff"a",b\né,2\n');
    expect(file.columns).toEqual(["a", "b"]);
    expect(table).toEqual([[2, "é", "2"]]);
  });

  it("reads UTF-16 by its byte order mark", async () => {
    const le = Buffer.from("\ufeffa,b\r\né😀,2\r\n", "utf16le");
    const first = await readAll(le);
    expect(first.table).toEqual([[2, "é😀", "2"]]);
    expect(first.file.encoding).toBe("utf-16le");
    const second = await readAll(Buffer.from(le).swap16());
    expect(second.table).toEqual([[2, "é😀", "2"]]);
    expect(second.file.encoding).toBe("utf-16be");
  });

  it("names Windows-1252 and reads it when told", async () => {
    const bytes = Buffer.from("a,b\n1,caf\xe9\n2,\x80\n", "latin1");
    const error = await failure(bytes, { name: "win.csv" });
    expect(error.code).toBe("input");
    expect(error.message).toMatch(/win\.csv is not UTF-8 \(line 2: byte 0xE9\); it looks like Windows-1252\.$/);
    expect(error.hint).toBe("Give --encoding windows-1252.");
    expect((await readAll(bytes, { encoding: "windows-1252" })).table).toEqual([
      [2, "1", "café"],
      [3, "2", "€"],
    ]);
    expect((await readAll(bytes, { encoding: "latin1" })).rows).toHaveLength(2);
  });

  it("rejects the rows with broken bytes when the file is UTF-8 otherwise", async () => {
    const bytes = Buffer.concat([
      Buffer.from("a,b\n1,żółw\n2,"),
      Buffer.from([0xe9, 0x20, 0xff]),
      Buffer.from('\n3,"ok, ż"\n4,"x\n'),
      Buffer.from([0xc3]),
      Buffer.from('"\n5,\ufffd\n'),
    ]);
    const { table, bad } = await readAll(bytes);
    expect(table).toEqual([
      [2, "1", "żółw"],
      [4, "3", "ok, ż"],
      [7, "5", "\ufffd"],
    ]);
    expect(bad).toMatchObject([
      { line: 3, reason: "broken UTF-8", text: "2,\ufffd \ufffd" },
      { line: 5, reason: "broken UTF-8" },
    ]);
  });

  it("does not mistake characters cut by a chunk for broken ones", async () => {
    const { rows, bad } = await readAll(`a,b\n${"1,€😀ż\n".repeat(100_000)}`);
    expect(rows).toHaveLength(100_000);
    expect(bad).toEqual([]);
    expect(rows.every((row) => row.fields[1] === "€😀ż")).toBe(true);
  });

  it("refuses unknown encodings, UTF-16 without a mark, and workbooks", async () => {
    expect((await failure("a,b\n", { encoding: "klingon" })).code).toBe("usage");
    const bare = Buffer.from("a,b\n1,2\n", "utf16le");
    expect((await failure(bare)).hint).toBe("Give --encoding utf-16le.");
    expect((await readAll(bare, { encoding: "utf-16le" })).table).toEqual([[2, "1", "2"]]);
    expect((await failure(Buffer.from("PK\x03\x04..."))).message).toMatch(/Excel/);
  });
});

describe("files", () => {
  const text = `a,b\n${"1,x\n".repeat(5000)}`;

  it("knows gzip by its bytes, reads several members, hashes what is on disk", async () => {
    const bytes = Buffer.concat([gzipSync(text), gzipSync("2,y\n"), gzipSync("3,z\n")]);
    const { file, rows } = await readAll(bytes, { name: "named-plain.csv" });
    expect(rows.slice(-2).map((row) => row.fields[1])).toEqual(["y", "z"]);
    expect(rows.at(-1)?.line).toBe(5003);
    expect(file.bytes).toBe(bytes.length);
    expect(file.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect((await readAll(text, { name: "not-really.csv.gz" })).rows).toHaveLength(5000);
  });

  it("names a gzip file that is cut off or damaged", async () => {
    const whole = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => `${i * 7919},x`).join("\n")));
    const cut = await failure(whole.subarray(0, whole.length >> 1), { name: "cut.csv.gz" });
    expect(cut).toMatchObject({ code: "input", message: expect.stringMatching(/cut\.csv\.gz .*cut off/) });
    const hurt = Buffer.from(whole);
    hurt.fill(0xaa, 2000, 2100);
    const damaged = await failure(hurt, { name: "hurt.csv.gz" });
    expect(damaged).toMatchObject({ code: "input", message: expect.stringMatching(/hurt\.csv\.gz .*damaged/) });
  });

  it("refuses what is no readable file", async () => {
    const open = (path: string) => openCsvFile(path).catch((e: unknown) => e);
    mkdirSync(join(folder, "dir"));
    expect(await open(join(folder, "none.csv"))).toMatchObject({
      code: "input",
      message: expect.stringMatching(/does not exist/),
    });
    expect(await open(join(folder, "dir"))).toMatchObject({
      code: "input",
      message: expect.stringMatching(/is a directory/),
    });
    expect((await failure("")).message).toMatch(/is empty/);
    expect((await failure("\ufeff")).message).toMatch(/is empty/);
    expect((await failure(gzipSync(""))).message).toMatch(/is empty/);
  });

  it("spools stdin and removes the spool file", async () => {
    // A folder of its own: other tests spool in the common one meanwhile.
    const temporary = join(folder, "spools");
    mkdirSync(temporary);
    vi.stubEnv("TMPDIR", temporary);
    const spools = () => readdirSync(temporary).length;
    const file = await openCsvFile("-", { stdin: Readable.from([gzipSync(text)]) });
    expect(file.name).toBe("(stdin)");
    expect(spools()).toBe(1);
    for (let pass = 0; pass < 2; pass++) {
      let rows = 0;
      for await (const batch of file.read()) rows += batch.rows.length;
      expect(rows).toBe(5000);
    }
    await file.close();
    expect(spools()).toBe(0);
    await expect(openCsvFile("-", { stdin: Readable.from([""]) })).rejects.toThrow("(stdin) is empty");
    expect(spools()).toBe(0);
  });

  it("yields small batches with progress, and stops on abort", async () => {
    const file = await openCsvFile(write(text));
    const controller = new AbortController();
    let batches = 0;
    let last = 0;
    const read = (async () => {
      for await (const batch of file.read({ signal: controller.signal })) {
        expect(batch.rows.length).toBeLessThanOrEqual(1000);
        last = batch.bytesRead;
        if (++batches === 2) controller.abort();
      }
    })();
    await expect(read).rejects.toMatchObject({ code: "cancelled" });
    expect(last).toBe(file.bytes);
    await expect(openCsvFile(write(text), { signal: controller.signal })).rejects.toMatchObject({ code: "cancelled" });
  });
});

test("read() keeps memory bounded", async () => {
  const file = await openCsvFile(write(gzipSync(`a,b\n${"123,some text\n".repeat(2_000_000)}`)));
  let peak = 0;
  let rows = 0;
  for await (const batch of file.read()) {
    rows += batch.rows.length;
    peak = Math.max(peak, process.memoryUsage().arrayBuffers);
  }
  expect(rows).toBe(2_000_000);
  expect(peak).toBeLessThan(100_000_000);
});
