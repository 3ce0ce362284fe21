import type { Db, Transaction, Value } from "../../db/db.js";
import { unpackInts } from "../../db/unpack-ints.js";
import { orderById } from "../similarity.js";
import { type InterestPage, type InterestTable, interestPage, PAGE_KEYS } from "./interest-table.js";

/** Interests that are held in memory at most, 12 bytes each: of some four million customers, 200 MB. */
const MOST_ROWS = 16_000_000;

/** Bytes, not rows: a row of four figures would take five times longer. */
const PAGE_SQL = `select (select version from app.state),
  string_agg(int4send(p.customer_key) || int4send(p.phrase_id) || float4send(p.share) || float4send(p.weight), '')
from app.customer_phrases p where p.customer_key >= $1::integer and p.customer_key < $2::integer`;

/**
 * Reads the table page by page, each in a transaction of its own, so that on the embedded database, which does one thing
 * at a time, a question waits for one page at most. Each statement gives the version of the data that it saw: undefined
 * where it is not that of the question (the pages would not fit together), where they are more than `mostRows`, and once
 * the signal has aborted.
 */
export async function readInterestTable(
  db: Db,
  version: number,
  signal: AbortSignal,
  mostRows = MOST_ROWS,
): Promise<InterestTable | undefined> {
  // The embedded database can be interrupted only by ending it, which is not worth the fraction of a second.
  const options = { readOnly: true, ...(db.engine === "server" && { signal }) };
  const read = async (sql: string, params: unknown[] = []): Promise<Value[] | undefined> => {
    if (signal.aborted) return undefined;
    const query = async (tx: Transaction) => (await tx.query(sql, params)).rows[0] as Value[];
    const [seen, ...values] = await db.transaction(query, options);
    return seen === version ? values : undefined;
  };

  const size = await read(`select version, numeric_ids, (select coalesce(max(customer_key), 0) from app.customers),
  (select reltuples::float8 from pg_class where oid = 'app.customer_phrases'::regclass) from app.state`);
  if (size === undefined || (size[2] as number) > mostRows) return undefined; // as the planner thinks: no need to begin
  const [numericIds, last] = size as [boolean, number];

  const everyoneSql = `select (select version from app.state),
  string_agg(int4send(k.customer_key), '' order by ${orderById("k.customer_id", numericIds)})
from app.customers k where k.in_crm`;
  const ordered = await read(everyoneSql);
  if (ordered === undefined) return undefined;
  const everyone = unpackInts(ordered[0] as Uint8Array | null);
  const ranks = new Int32Array(last + 1);
  for (const [rank, key] of everyone.entries()) ranks[key] = rank;

  const pages: InterestPage[] = [];
  let rows = 0;
  let lastPhrase = 0;
  for (let from = 0; from <= last; from += PAGE_KEYS) {
    const packed = await read(PAGE_SQL, [from, from + PAGE_KEYS]);
    if (packed === undefined) return undefined;
    const page = interestPage(packed[0] as Uint8Array | null, from);
    pages.push(page);
    rows += page.phrases.length;
    if (rows > mostRows) return undefined;
    for (const phrase of page.phrases) if (phrase > lastPhrase) lastPhrase = phrase;
  }
  return { version, pages, ranks, everyone: everyone.sort(), everyoneSql, rows, lastPhrase };
}
