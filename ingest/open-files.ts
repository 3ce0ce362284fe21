import type { Db, Queryable } from "../src/db/db.js";
import { isMigrated } from "../src/db/migrate.js";
import { loadVersion } from "../src/sql/load-catalogue.js";
import { rejectUnusedMaps } from "./column-maps.js";
import { type CsvFile, openCsvFile } from "./csv-file.js";
import { type LocalFile, locateFile, sha256Of } from "./file-bytes.js";
import type { FileKind } from "./known-fields.js";
import type { IngestOptions } from "./options.js";
import { RowReader } from "./row-reader.js";

/** A file that is ready to be loaded, or that was loaded before. */
export interface SourceFile {
  kind: FileKind;
  name: string;
  /** Of the bytes as they stand on disk. */
  sha256: string;
  /** The options that change what is stored: the same bytes read in another way are another load. */
  reading: string;
  /** Null when it was loaded before: then its content is not looked at. */
  content: { file: CsvFile; reader: RowReader } | null;
  /** Removes what was spooled of stdin. */
  close(): Promise<void>;
}

/**
 * Finds the files of a load and matches their headers, so that a mistake is told before anything is read; a file that
 * was loaded before is only hashed. Throws AppError "input" and "usage".
 */
export async function openFiles(
  db: Db,
  options: IngestOptions,
  from: { stdin?: NodeJS.ReadableStream; signal?: AbortSignal | undefined },
): Promise<SourceFile[]> {
  const sources: (Omit<SourceFile, "content"> & { local: LocalFile; file: CsvFile | null })[] = [];
  try {
    for (const [kind, names] of [["crm", options.crm] as const, ["events", options.events] as const]) {
      for (const name of names) {
        const local = await locateFile(name, from);
        const source = { kind, local, name: local.name, reading: readingOf(kind, options), close: local.remove };
        sources.push({ ...source, sha256: "", file: null });
      }
    }
    for (const source of sources) source.sha256 = await sha256Of(source.local, from.signal);
    // Files of a first load that may not come to its end count for nothing; a version never goes back to 0.
    const anyLoaded = (await isMigrated(db)) && (await loadVersion(db)) > 0;
    for (const source of sources) {
      // With --map the header is wanted in any case, to tell an entry that no file uses.
      if (options.maps.size === 0 && anyLoaded && (await wasLoaded(db, source))) continue;
      source.file = await openCsvFile(source.local, { encoding: options.encoding, signal: from.signal });
    }
    const headers = sources.flatMap(({ kind, file }) => (file ? [{ kind, columns: file.columns }] : []));
    rejectUnusedMaps(headers, options.maps);
    const opened: SourceFile[] = [];
    for (const { file, local: _, ...source } of sources) {
      const content = file ? { file, reader: await RowReader.create(source.kind, file, options) } : null;
      opened.push({ ...source, content });
    }
    return opened;
  } catch (error) {
    for (const source of sources) await source.close();
    throw error;
  }
}

/** Whether the same bytes were loaded before, read in the same way. */
export async function wasLoaded(
  db: Queryable,
  { kind, sha256, reading }: Pick<SourceFile, "kind" | "sha256" | "reading">,
): Promise<boolean> {
  const { rows } = await db.query("select 1 from app.files where kind = $1 and sha256 = $2 and options = $3", [
    kind,
    sha256,
    reading,
  ]);
  return rows.length > 0;
}

function readingOf(kind: FileKind, options: IngestOptions): string {
  return JSON.stringify({
    maps: [...options.maps].sort(),
    eventType: kind === "events" ? options.eventType : undefined,
    encoding: options.encoding,
    blanks: options.blanks,
    dateOrder: options.dateOrder,
  });
}
