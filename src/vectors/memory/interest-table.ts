import { unpackInts } from "../../db/unpack-ints.js";

/** Customers a page: its rows are read in 30 to 90 ms. */
export const PAGE_BITS = 14;
export const PAGE_KEYS = 1 << PAGE_BITS;
/** A packed row: key, phrase, share and weight. */
const ROW_WORDS = 4;

/** The interests of customers whose keys follow one another, 12 bytes each. */
export interface InterestPage {
  /** The rows of the page's n-th key are starts[n] to starts[n + 1]. PAGE_KEYS + 1 of them. */
  starts: Int32Array;
  phrases: Int32Array;
  /** As stored: the figures of real columns, not of their texts. */
  shares: Float32Array;
  weights: Float32Array;
}

/** app.customer_phrases by customer, and the order of the customers, of one version of the data. */
export interface InterestTable {
  version: number;
  /** Page n has the keys from n × PAGE_KEYS on. */
  pages: InterestPage[];
  /** Place of each key in the order of customer ids (similarity.ts, orderById); only of customers of the CRM. */
  ranks: Int32Array;
  /** Keys of all customers of the CRM, lowest first. */
  everyone: Int32Array;
  /** The statement that gave them. */
  everyoneSql: string;
  /** Rows of app.customer_phrases. */
  rows: number;
  /** Highest phrase id of any row. */
  lastPhrase: number;
}

/** Sorts packed rows by customer, in the time of two passes. `first` is the lowest key of the page. */
export function interestPage(packed: Uint8Array | null, first: number): InterestPage {
  const words = unpackInts(packed);
  const rows = words.length / ROW_WORDS;
  const reals = new Float32Array(words.buffer);
  const starts = new Int32Array(PAGE_KEYS + 1);
  for (let at = 0; at < words.length; at += ROW_WORDS) {
    const next = (words[at] as number) - first + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let n = 1; n <= PAGE_KEYS; n++) starts[n] = (starts[n] as number) + (starts[n - 1] as number);
  const free = starts.slice();
  const page = {
    starts,
    phrases: new Int32Array(rows),
    shares: new Float32Array(rows),
    weights: new Float32Array(rows),
  };
  for (let at = 0; at < words.length; at += ROW_WORDS) {
    const n = (words[at] as number) - first;
    const row = free[n] as number;
    free[n] = row + 1;
    page.phrases[row] = words[at + 1] as number;
    page.shares[row] = reals[at + 2] as number;
    page.weights[row] = reals[at + 3] as number;
  }
  return page;
}
