import type { Transaction } from "../src/db/db.js";
import { type Copied, type CopyReport, copyFile } from "./copy-file.js";
import type { CsvFile } from "./csv-file.js";
import { createKindTable } from "./event-kinds.js";
import type { IngestOptions } from "./options.js";
import type { FieldType, RowReader } from "./row-reader.js";
import { StagedEnd } from "./staged-end.js";

const SQL_TYPES: Record<FieldType, string> = {
  text: "text",
  integer: "integer",
  numeric: "numeric",
  date: "date",
  timestamp: "timestamptz",
  event_type: "text",
};

export interface Staged extends Copied {
  table: string;
  /** Of events: the table of their kinds, by the numbers that stand in column #kind. */
  kinds: string;
  /** Names of the columns, without #line. */
  names: string[];
}

/** Copies the good rows of a file into a temporary table of its own, from which they can be looked at before they are stored. */
export async function stageFile(
  tx: Transaction,
  table: string,
  { file, reader }: { file: CsvFile; reader: RowReader },
  options: IngestOptions,
  report: CopyReport,
): Promise<Staged> {
  const kinds = `${table}_kind`;
  const end = reader.kind === "events" ? new StagedEnd(reader, kinds) : null;
  const stored = reader.columns.filter((column) => !end?.takes(column));
  const columns = [
    ...stored.map(({ name, type }) => [name, SQL_TYPES[type]] as const),
    ...(end
      ? ([
          ["#kind", "integer"],
          ["#hash", "text"],
        ] as const)
      : []),
  ];
  const definition = columns.map(([name, type]) => `"${name}" ${type}`).join(", ");
  await tx.execute(`create temporary table ${table} ("#line" bigint, ${definition}) on commit drop`);
  if (end) await createKindTable(tx, kinds);
  const copied = await copyFile(tx, { table, end, numbered: true }, { file, reader }, options, report);
  return { ...copied, table, kinds, names: columns.map(([name]) => name) };
}
