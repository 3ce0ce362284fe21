import { createHash } from "node:crypto";
import { AppError } from "../src/lib/errors.js";
import { type LocalFile, readBytes } from "./file-bytes.js";
import { Utf8Scan } from "./utf8-scan.js";

/** What one pass over all bytes of a file tells. */
export interface Inspection {
  sha256: string;
  /** Canonical label for TextDecoder. */
  encoding: string;
  /** Bytes of the byte order mark. */
  bom: number;
  /** The file is UTF-8 with some broken bytes: the rows that hold them are rejected. */
  broken: boolean;
  /** Only carriage returns end the lines. */
  lineEnd: "\n" | "\r";
}

/**
 * Reads the file once, as it stands on disk and decompressed.
 * @param encoding any label that TextDecoder knows; a byte order mark wins over it.
 * @throws AppError "usage" for an unknown encoding, "input" for an empty file and one in another encoding.
 */
export async function inspectFile(
  file: LocalFile,
  options: { encoding?: string | undefined; signal?: AbortSignal | undefined },
): Promise<Inspection> {
  const given = options.encoding === undefined ? undefined : canonical(options.encoding);
  const hash = createHash("sha256");
  const scan = new Utf8Scan();
  let head: Buffer = Buffer.alloc(0);
  let size = 0;
  let newline = false;
  for await (const chunk of readBytes(file, { onRaw: (raw) => hash.update(raw), signal: options.signal })) {
    if (head.length < 4096) head = Buffer.concat([head, chunk.subarray(0, 4096)]);
    size += chunk.length;
    newline ||= chunk.includes(10);
    scan.add(chunk);
  }
  const mark = byteOrderMark(head);
  if (size === mark.bytes) throw new AppError("input", `${file.name} is empty.`, { hint: "Check how it was written." });
  rejectForeignFormat(file.name, head, mark.encoding ?? given);
  const encoding = mark.encoding ?? given ?? "utf-8";
  const utf8 = scan.end();
  const bad = encoding === "utf-8" ? utf8.firstBad : null;
  // Who says --encoding utf-8 knows, so the broken rows are rejected instead of the file.
  if (bad !== null && !utf8.multiByte && mark.encoding === null && given === undefined) {
    const hex = bad.byte.toString(16).toUpperCase().padStart(2, "0");
    throw new AppError(
      "input",
      `${file.name} is not UTF-8 (line ${bad.line}: byte 0x${hex}); it looks like Windows-1252.`,
      { hint: "Give --encoding windows-1252." },
    );
  }
  const lineEnd = newline ? "\n" : "\r";
  return { sha256: hash.digest("hex"), encoding, bom: mark.bytes, broken: bad !== null, lineEnd };
}

/** The content as UTF-8 without its byte order mark; broken UTF-8 passes through unchanged. */
export async function* readText(
  file: LocalFile,
  inspection: Inspection,
  options: { onRaw?: (chunk: Buffer) => void; signal?: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const decoder = inspection.encoding === "utf-8" ? null : new TextDecoder(inspection.encoding);
  let skip = decoder === null ? inspection.bom : 0;
  for await (const chunk of readBytes(file, options)) {
    if (decoder !== null) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    else yield skip > 0 ? chunk.subarray(skip) : chunk;
    skip = Math.max(0, skip - chunk.length);
  }
  if (decoder !== null) yield Buffer.from(decoder.decode());
}

function canonical(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    const hint = "Known are utf-8, windows-1252, utf-16le, shift_jis and the other names of the WHATWG list.";
    throw new AppError("usage", `Unknown encoding "${label}".`, { hint, cause });
  }
}

function byteOrderMark(head: Buffer): { bytes: number; encoding: string | null } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { bytes: 3, encoding: "utf-8" };
  if (head[0] === 0xff && head[1] === 0xfe) return { bytes: 2, encoding: "utf-16le" };
  if (head[0] === 0xfe && head[1] === 0xff) return { bytes: 2, encoding: "utf-16be" };
  return { bytes: 0, encoding: null };
}

function rejectForeignFormat(name: string, head: Buffer, encoding: string | undefined): void {
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4)
    throw new AppError("input", `${name} is a zip archive or an Excel workbook, not CSV.`, {
      hint: "Export it as CSV, or unzip it.",
    });
  if (head[0] === 0x1f && head[1] === 0x8b)
    throw new AppError("input", `${name} is compressed more than once.`, { hint: "Unpack it with gzip -d first." });
  if (encoding !== undefined) return;
  let zeros = 0;
  for (const byte of head) if (byte === 0) zeros++;
  if (zeros * 3 < head.length) return;
  const label = head[0] === 0 ? "utf-16be" : "utf-16le";
  throw new AppError("input", `${name} is not UTF-8; it looks like UTF-16.`, { hint: `Give --encoding ${label}.` });
}
