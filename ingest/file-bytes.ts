import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline as pipe, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { abortError, throwIfAborted } from "../src/lib/abort.js";
import { AppError } from "../src/lib/errors.js";

const CHUNK = 256 * 1024;
/** Gzip makes tables 3 to 30 times smaller, and at most 1,032 times: what unpacks to more than this is no table. */
const MOST_EXPANSION = 200;
/** Up to here it does no harm. */
const UNSUSPICIOUS = 256 * 1024 * 1024;

/** A file that can be read more than once; stdin and pipes have been spooled to a temporary file. */
export interface LocalFile {
  name: string;
  path: string;
  bytes: number;
  gzip: boolean;
  remove(): Promise<void>;
}

/** Finds the file, or spools what cannot be read twice. Throws AppError "input" that says what is wrong with it. */
export async function locateFile(
  path: string,
  options: { stdin?: NodeJS.ReadableStream | undefined; signal?: AbortSignal | undefined },
): Promise<LocalFile> {
  if (path === "-") return spool("(stdin)", options.stdin ?? process.stdin, options.signal);
  try {
    const info = await stat(path);
    if (info.isDirectory())
      throw new AppError("input", `${path} is a directory, not a file.`, { hint: "Name the CSV files inside it." });
    if (!info.isFile()) return await spool(path, createReadStream(path), options.signal);
    return { name: path, path, bytes: info.size, gzip: await isGzip(path), remove: async () => {} };
  } catch (error) {
    throw fileError(path, error);
  }
}

/**
 * The file's content, decompressed. `onRaw` sees each chunk as it stands on disk.
 * Throws AppError "input" for a gzip file that is cut off or damaged.
 */
export async function* readBytes(
  file: LocalFile,
  options: { onRaw?: (chunk: Buffer) => void; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Buffer> {
  const disk = createReadStream(file.path, { highWaterMark: CHUNK });
  const raw = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of disk) {
      options.onRaw?.(chunk as Buffer);
      yield chunk as Buffer;
    }
  };
  try {
    const source: AsyncIterable<Buffer> = file.gzip ? gunzip(raw()) : raw();
    let unpacked = 0;
    for await (const chunk of source) {
      throwIfAborted(options.signal);
      unpacked += chunk.length;
      if (file.gzip && unpacked > UNSUSPICIOUS && unpacked > MOST_EXPANSION * file.bytes) throw bomb(file);
      yield chunk;
    }
  } catch (error) {
    throw fileError(file.name, error);
  } finally {
    disk.destroy();
  }
}

/** SHA-256 of the bytes as they stand on disk, in hex. */
export async function sha256Of(file: LocalFile, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of readBytes({ ...file, gzip: false }, { signal })) hash.update(chunk);
  return hash.digest("hex");
}

function bomb({ name, bytes }: LocalFile): AppError {
  return new AppError("input", `${name} unpacks to more than ${MOST_EXPANSION} times its ${bytes} bytes.`, {
    hint: "It looks like a decompression bomb; if it is meant so, unpack it and load the plain file.",
  });
}

function gunzip(raw: AsyncGenerator<Buffer>): Readable {
  const unzip = createGunzip({ chunkSize: CHUNK });
  // The error reaches the reader of `unzip`, which pipeline destroys with it.
  pipe(raw, unzip, () => {});
  return unzip;
}

async function spool(name: string, input: NodeJS.ReadableStream, signal: AbortSignal | undefined): Promise<LocalFile> {
  const folder = await mkdtemp(join(tmpdir(), "audience-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, "input.csv");
    const handle = await open(path, "wx", 0o600);
    await pipeline(input, handle.createWriteStream(), signal ? { signal } : {});
    return { name, path, bytes: (await stat(path)).size, gzip: await isGzip(path), remove };
  } catch (error) {
    await remove();
    throw signal?.aborted ? abortError(signal) : fileError(name, error);
  }
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function fileError(name: string, error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  const fail = (message: string, hint: string) => new AppError("input", message, { hint, cause: error });
  if (code === "ENOENT" || code === "ENOTDIR") return fail(`${name} does not exist.`, "Check the path.");
  if (code === "EACCES" || code === "EPERM") return fail(`${name} may not be read.`, "Check its permissions.");
  if (code === "ENOSPC")
    return fail(`${name} does not fit the temporary folder ${tmpdir()}.`, "Free space there, or set TMPDIR.");
  if (code === "Z_BUF_ERROR") return fail(`${name} is a gzip file that is cut off.`, "Copy or download it again.");
  if (code.startsWith("Z_"))
    return fail(`${name} is a damaged gzip file (${error.message}).`, "Copy or download it again.");
  return fail(`${name} cannot be read (${error.message}).`, "Check the file.");
}
