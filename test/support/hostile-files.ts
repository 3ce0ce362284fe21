import { gzipSync } from "node:zlib";
import { hostileBytes } from "./hostile-bytes.js";
import { HOSTILE_DATES, HOSTILE_HEADERS, HOSTILE_NUMBERS, HOSTILE_TEXTS } from "./hostile-cells.js";
import { seeded } from "./random.js";

/** A file as somebody might hand it in, by mistake or not. */
export interface HostileFile {
  name: string;
  kind: "crm" | "events";
  content: Buffer;
  extension: "csv" | "csv.gz";
}

const CRM = ["customer_id", "first_name", "email", "country", "age", "total_spent", "signup_date", "segment"];
const EVENTS = ["event_id", "customer_id", "event_type", "timestamp", "category", "color", "price", "quantity", "note"];
const MUTANTS = 12;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

function good(kind: "crm" | "events", i: number): string[] {
  return kind === "crm"
    ? [`h${i}`, `Name${i}`, `h${i}@x.example`, "PL", String(20 + (i % 50)), `${i}.50`, "2025-01-02", "a"]
    : [`he${i}`, `h${i}`, "purchase", "2025-05-01T10:00:00Z", "socks", "red", "9.99", "1", "n"];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${[header, ...rows].map((cells) => cells.map(quoted).join(",")).join("\n")}\n`;
}

/** The same files for the same seed; at least 200 of them, for both kinds. */
export function hostileFiles(seed: number): HostileFile[] {
  const files: HostileFile[] = [];
  for (const kind of ["crm", "events"] as const) {
    const header = kind === "crm" ? CRM : EVENTS;
    const add = (name: string, content: string | Buffer, extension: HostileFile["extension"] = "csv") =>
      files.push({ name: `${kind}: ${name}`, kind, content: Buffer.from(content), extension });
    const whole = table(
      header,
      Array.from({ length: 20 }, (_, i) => good(kind, i)),
    );
    cellFiles(kind, header, add);
    headerFiles(kind, header, add);
    // What comes before the columns is read alike for both kinds.
    const compressed = kind === "events";
    for (const { name, content } of hostileBytes(whole, { compressed }))
      add(name, content, compressed ? "csv.gz" : "csv");
    const random = seeded(seed + header.length);
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutate(Buffer.from(whole), random);
      const zipped = i % 5 === 0;
      add(`mutant ${i}`, zipped ? gzipSync(mutant) : mutant, zipped ? "csv.gz" : "csv");
    }
  }
  return files;
}

type Add = (name: string, content: string | Buffer) => void;

/** Each hostile cell in each column of its own file, so that a rejected row does not hide the next one. */
function cellFiles(kind: "crm" | "events", header: readonly string[], add: Add): void {
  const cells = [...HOSTILE_NUMBERS, ...HOSTILE_DATES, ...HOSTILE_TEXTS];
  for (const [column, title] of header.entries()) {
    const rows = cells.map((cell, i) => good(kind, i).map((value, at) => (at === column ? cell : value)));
    const filler = Array.from({ length: 900 }, (_, i) => good(kind, 1_000 + i));
    add(`hostile cells in ${title}, among good rows`, table(header, [...rows, ...filler]));
    add(`nothing but hostile cells in ${title}`, table(header, rows));
  }
  for (const cells of [HOSTILE_NUMBERS, HOSTILE_DATES, HOSTILE_TEXTS]) {
    const rows = cells.map((cell) => header.map(() => cell));
    add(`${cells[0]} and its like in every column`, table(header, rows));
  }
  const huge = kind === "crm" ? 3_000_000 : 11_000_000;
  add(`a cell of ${huge / 1e6} MB`, table(header, [good(kind, 1).with(-1, "x".repeat(huge))]));
  add("a name of 1 MB", table(header, [good(kind, 1).with(0, "x".repeat(1_000_000)), good(kind, 2)]));
}

function headerFiles(kind: "crm" | "events", header: readonly string[], add: Add): void {
  const rows = [good(kind, 1), good(kind, 2)];
  const extended = (names: readonly string[], cell = "v") =>
    table(
      [...header, ...names],
      rows.map((row) => [...row, ...names.map(() => cell)]),
    );
  for (const name of ["__proto__", "constructor", "select", "x".repeat(10_240), "\u001b[31mred", '"";--']) {
    add(`a column ${name.slice(0, 20)}`, extended([name]));
    add(`only the column ${name.slice(0, 20)}`, table([name], [["1"], ["2"]]));
  }
  add("every hostile header at once", extended([...new Set(HOSTILE_HEADERS)].filter((name) => name.trim() !== "")));
  add("every hostile header, numbers below", extended([...new Set(HOSTILE_HEADERS)], "7"));
  add("a header twice", extended(["twice", "twice"]));
  add("the id twice", extended([header[0] as string]));
  add("headers that are one when cut", extended([`${"x".repeat(80)}1`, `${"x".repeat(80)}2`]));
  add("headers that differ in case", extended(["Colour Name", "colour_name", "COLOUR-NAME"]));
  add("empty headers", extended(["", "", ""]));
  add("nothing but empty headers", table(["", "", ""], [["1", "2", "3"]]));
  add("2,000 columns", extended(Array.from({ length: 2_000 }, (_, i) => `column number ${i}`)));
  const many = kind === "crm" ? 300 : 900;
  add(`${many} columns`, extended(Array.from({ length: many }, (_, i) => `c${i}`)));
  add(
    "100,000 columns",
    table(
      Array.from({ length: 100_000 }, (_, i) => `c${i}`),
      [],
    ),
  );
  add(
    "a header of SQL",
    table(["customer_id;drop table app.customers", "timestamp", "event_type"], [["1", "2025-01-01", "view"]]),
  );
  add("a number as header", table(["1", "2", "3"], [["1", "2", "3"]]));
}

/** A few bytes or lines are changed, doubled, moved or taken away. */
function mutate(source: Buffer, random: ReturnType<typeof seeded>): Buffer {
  let bytes = source;
  const awkward = ['"', ",", "\n", "\r", "\0", ";", "\t", '""', '","', "\ufeff", "\u001b", "é"].map((t) =>
    Buffer.from(t),
  );
  for (let changes = 1 + random.below(12); changes > 0; changes--) {
    const at = random.below(bytes.length + 1);
    const end = Math.min(bytes.length, at + random.below(40));
    const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    const raw = Buffer.from([random.below(256)]);
    const piece = random.pick([Buffer.alloc(0), raw, random.pick(awkward), Buffer.concat([cut, cut])]);
    bytes = Buffer.concat([before, piece, random.below(2) === 0 ? cut : Buffer.alloc(0), after]);
  }
  return bytes;
}
