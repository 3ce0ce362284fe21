import { deflateSync, gzipSync } from "node:zlib";
import { seeded } from "./random.js";

export interface HostileBytes {
  name: string;
  content: Buffer;
}

/** Of noise that is the same in every run. */
function noise(bytes: number): Buffer {
  const random = seeded(bytes);
  return Buffer.from(Array.from({ length: bytes }, () => random.below(256)));
}

/** 300 MB that are 300 kB on disk. */
function bomb(line: string): Buffer {
  const block = gzipSync(line.repeat(Math.ceil((30 << 20) / line.length)), { level: 9 });
  return Buffer.concat(Array.from({ length: 10 }, () => block));
}

/** A good file, spoilt by encodings, line ends and cuts, or by compression. */
export function hostileBytes(text: string, { compressed }: { compressed: boolean }): HostileBytes[] {
  const lines = text.trimEnd().split("\n");
  const [header = "", first = ""] = lines;
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, "utf16le");
  const zipped = gzipSync(utf8);
  const hurt = Buffer.from(zipped);
  hurt.fill(0xaa, hurt.length >> 1, (hurt.length >> 1) + 8);
  const csv: [string, Buffer | string][] = [
    ["empty", ""],
    ["one line end", "\n"],
    ["blank lines", "\n\r\n \n\t\n"],
    ["one space", " "],
    ["one quote", '"'],
    ["one comma", ","],
    ["one NUL", "\0"],
    ["NULs", Buffer.alloc(10_000)],
    ["only a header", `${header}\n`],
    ["a header without line end", header],
    ["only a byte order mark", "\ufeff"],
    ["two byte order marks", `\ufeff\ufeff${text}`],
    ["a byte order mark in the middle", text.replace("\n", "\n\ufeff")],
    ["UTF-16 LE with its mark", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ["UTF-16 BE with its mark", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16()],
    ["UTF-16 LE without", utf16],
    ["UTF-16 BE without", Buffer.from(utf16).swap16()],
    ["UTF-16 cut in a character", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16.subarray(0, 333)])],
    ["a lone surrogate in UTF-16", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16, Buffer.from([0x00, 0xd8])])],
    ["UTF-32 LE with its mark", Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), utf32(text)])],
    ["UTF-32 LE without", utf32(text)],
    ["UTF-7", "+AGMAdQBzAHQAbwBtAGUAcgBfAGkAZA-,a\n1,2\n"],
    ["EBCDIC", Buffer.from(Buffer.from(text).map((byte) => (byte * 7 + 64) & 255))],
    [
      "Latin-1 and UTF-8 by turns",
      Buffer.concat(lines.map((line, i) => Buffer.from(`${line}é\n`, i % 2 ? "latin1" : "utf8"))),
    ],
    ["surrogates as UTF-8", Buffer.concat([utf8, Buffer.from([0xed, 0xa0, 0x80, 0x0a])])],
    ["overlong UTF-8", Buffer.concat([utf8, Buffer.from([0xc0, 0xaf, 0x0a])])],
    ["cut in a character", Buffer.concat([utf8, Buffer.from([0xf0, 0x9f])])],
    ["CR only", text.replaceAll("\n", "\r")],
    ["CR LF", text.replaceAll("\n", "\r\n")],
    ["CR CR LF", text.replaceAll("\n", "\r\r\n")],
    ["LF CR", text.replaceAll("\n", "\n\r")],
    ["line ends by turns", lines.map((line, i) => line + ["\n", "\r\n", "\r"][i % 3]).join("")],
    ["Unicode line separators", text.replaceAll("\n", "\u2028")],
    ["form feeds", text.replaceAll("\n", "\f\n")],
    ["NULs in cells", text.replaceAll("PL", "P\0L").replaceAll("red", "r\0d")],
    ["NULs in the header", text.replace("_", "\0")],
    ["NULs after the text", Buffer.concat([utf8, Buffer.alloc(4_096)])],
    ["Ctrl-Z at the end", `${text}\u001a`],
    ["an open quote in the header", `"${text}`],
    ["an open quote in the first row", text.replace("\n", '\n"')],
    ["an open quote at the end", `${text}"`],
    ["a quote in every cell", text.replaceAll('","', '"",""')],
    ["nothing but quotes", '"'.repeat(10_001)],
    ["nothing but commas", ",".repeat(10_000)],
    ["a row of 10,000 commas", `${text}${",".repeat(10_000)}\n`],
    ["single quotes", text.replaceAll('"', "'")],
    ["typographic quotes", text.replaceAll('"', "”")],
    ["semicolons in some rows", lines.map((line, i) => (i % 2 ? line.replaceAll(",", ";") : line)).join("\n")],
    ["tabs and commas", lines.map((line, i) => (i % 2 ? line.replaceAll(",", "\t") : line)).join("\n")],
    ["the header again in the middle", [...lines, header, ...lines.slice(1)].join("\n")],
    ["a title above the header", `Export of 2025-05-01\n\n${text}`],
    ["sep=;", `sep=,\n${text}`],
    ["comments", `# made by hand\n${text}# end\n`],
    ["rows that grow", lines.map((line, i) => line + ",x".repeat(i)).join("\n")],
    ["the same row 5,000 times", `${header}\n${`${first}\n`.repeat(5_000)}`],
    ["noise", noise(5_000)],
    ["noise after good rows", Buffer.concat([utf8, noise(5_000)])],
    ["JSON", JSON.stringify([{ customer_id: 1, age: 2 }])],
    ["JSON lines", '{"customer_id":1}\n{"customer_id":2}\n'],
    ["HTML", "<!doctype html>\n<html><body><table><tr><td>customer_id</td></tr></table></body></html>\n"],
    ["XML", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>\n'],
    ["a workbook", Buffer.concat([Buffer.from("PK\x03\x04"), noise(2_000)])],
    ["an old workbook", Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), noise(2_000)])],
    ["Parquet", Buffer.concat([Buffer.from("PAR1"), noise(2_000), Buffer.from("PAR1")])],
    ["bzip2", Buffer.concat([Buffer.from("BZh91AY&SY"), noise(2_000)])],
    ["zstd", Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), noise(2_000)])],
    ["deflate without gzip", deflateSync(utf8)],
    ["an SQL dump", "COPY app.customers FROM stdin;\n1\t2\n\\.\nDROP SCHEMA app CASCADE;\n"],
  ];
  const gz: [string, Buffer][] = [
    ["gzip cut at its head", zipped.subarray(0, 5)],
    ["gzip cut in the middle", zipped.subarray(0, zipped.length >> 1)],
    ["gzip without its last byte", zipped.subarray(0, -1)],
    ["gzip with a damaged middle", hurt],
    ["gzip with a wrong checksum", Buffer.concat([zipped.subarray(0, -8), Buffer.alloc(8)])],
    ["gzip of gzip", gzipSync(zipped)],
    ["gzip of gzip of gzip", gzipSync(gzipSync(zipped))],
    ["gzip of nothing", gzipSync("")],
    ["gzip of a mark", gzipSync("\ufeff")],
    ["gzip and rubbish", Buffer.concat([zipped, noise(500)])],
    ["gzip and text", Buffer.concat([zipped, utf8])],
    ["gzip and NULs", Buffer.concat([zipped, Buffer.alloc(512)])],
    ["gzip in two parts", Buffer.concat([gzipSync(utf8.subarray(0, 300)), gzipSync(utf8.subarray(300))])],
    ["two bytes of gzip", Buffer.from([0x1f, 0x8b])],
    ["gzip of an unknown method", Buffer.concat([Buffer.from([0x1f, 0x8b, 0x09, 0, 0, 0, 0, 0, 0, 0]), noise(100)])],
    ["plain text called gzip", utf8],
    ["gzip of UTF-16", gzipSync(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))],
    ["gzip of noise", gzipSync(noise(5_000))],
    ["a bomb of NULs", bomb("\0")],
    ["a bomb of rows", Buffer.concat([gzipSync(`${header}\n`), bomb(`${first}\n`)])],
  ];
  const chosen: [string, Buffer | string][] = compressed ? gz : csv;
  return chosen.map(([name, content]) => ({ name, content: Buffer.from(content) }));
}

function utf32(text: string): Buffer {
  const bytes = Buffer.alloc(4 * text.length);
  for (let i = 0; i < text.length; i++) bytes.writeUInt32LE(text.charCodeAt(i), 4 * i);
  return bytes;
}
