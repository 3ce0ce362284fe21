import type { Db, Transaction, Value } from "../../db/db.js";
import { unpackInts } from "../../db/unpack-ints.js";
import { orderById } from "../similarity.js";
import { type InterestPage, type InterestTable, interestPage, PAGE_KEYS } from "./interest-table.js";

/** Interests that are held in memory at most, 12 bytes each: of some four million customers, 200 MB. */
const MOST_ROWS = 16_000_000;

/**
 * The embedded database does one thing at a time: after so long, in ms, it is let go for questions that wait. A page at a
 * time would be too little where a batch keeps it busy, as each then waits for all questions before it.
 */
const TURN_MS = 150;

/** Bytes, not rows: a row of four figures would take five times longer. */
const PAGE_SQL = `select (select version from app.state),
  string_agg(int4send(p.customer_key) || int4send(p.phrase_id) || float4send(p.share) || float4send(p.weight), '')
from app.customer_phrases p where p.customer_key >= $1::integer and p.customer_key < $2::integer`;

/** The reading came to nothing: other data, too many, or nobody waits for them any more. */
class Unusable extends Error {}

/**
 * Reads the table page by page, in short transactions. Each statement gives the version of the data that it saw, so that
 * all of them together are of one state: undefined where it is not that of the question. Undefined too where the rows are
 * more than `mostRows`, and once the signal has aborted.
 */
export async function readInterestTable(
  db: Db,
  version: number,
  signal: AbortSignal,
  mostRows = MOST_ROWS,
): Promise<InterestTable | undefined> {
  try {
    return await readAll(db, version, signal, mostRows);
  } catch (error) {
    if (error instanceof Unusable) return undefined;
    throw error;
  }
}

async function readAll(db: Db, version: number, signal: AbortSignal, mostRows: number): Promise<InterestTable> {
  // The embedded database can be interrupted only by ending it, which is not worth the fraction of a second.
  const options = { readOnly: true, ...(db.engine === "server" && { signal }) };
  const turn = <T>(work: (tx: Transaction) => Promise<T>) => db.transaction(work, options);
  const read = async (tx: Transaction, sql: string, params: unknown[] = []): Promise<Value[]> => {
    if (signal.aborted) throw new Unusable();
    const [seen, ...values] = (await tx.query(sql, params)).rows[0] as Value[];
    if (seen !== version) throw new Unusable();
    return values;
  };

  const [numericIds, last, estimate] = (await turn((tx) => read(tx, SIZE_SQL))) as [boolean, number, number];
  if (estimate > mostRows) throw new Unusable(); // as the planner thinks: no need to begin
  const everyoneSql = `select (select version from app.state),
  string_agg(int4send(k.customer_key), '' order by ${orderById("k.customer_id", numericIds)})
from app.customers k where k.in_crm`;
  const [ordered] = await turn((tx) => read(tx, everyoneSql));
  const everyone = unpackInts(ordered as Uint8Array | null);
  const ranks = new Int32Array(last + 1);
  for (const [rank, key] of everyone.entries()) ranks[key] = rank;

  const pages: InterestPage[] = [];
  let rows = 0;
  let lastPhrase = 0;
  const readPages = async (tx: Transaction) => {
    const end = performance.now() + TURN_MS;
    do {
      const first = pages.length * PAGE_KEYS;
      const [packed] = await read(tx, PAGE_SQL, [first, first + PAGE_KEYS]);
      const page = interestPage(packed as Uint8Array | null, first);
      pages.push(page);
      rows += page.phrases.length;
      if (rows > mostRows) throw new Unusable();
      for (const phrase of page.phrases) if (phrase > lastPhrase) lastPhrase = phrase;
    } while (pages.length * PAGE_KEYS <= last && performance.now() < end);
  };
  while (pages.length * PAGE_KEYS <= last) await turn(readPages);
  return { version, pages, ranks, everyone: everyone.sort(), everyoneSql, rows, lastPhrase };
}

const SIZE_SQL = `select version, numeric_ids, (select coalesce(max(customer_key), 0) from app.customers),
  (select reltuples::float8 from pg_class where oid = 'app.customer_phrases'::regclass) from app.state`;
