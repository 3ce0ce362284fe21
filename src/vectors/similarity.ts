/**
 * Similarities are whole millionths everywhere: the figure that is shown is the figure that ranks, sums do not depend
 * on the order of their parts, and every engine gives the same ties.
 */
const MILLION = 1_000_000;

/** Six decimals, halves up. */
export function round(similarity: number): number {
  return Math.floor(similarity * MILLION + 0.5) / MILLION;
}

/**
 * SQL of the similarity of a customer's phrase to an intent, in millionths: cosine × (0.95 + 0.05 × share). `cosine` is
 * float8 (of `round`), `share` the column of app.customer_phrases.
 */
export function millionths(cosine: string, share: string): string {
  return `floor(${cosine} * (0.95 + 0.05 * ${share}) * ${MILLION} + 0.5)`;
}

/** The same in JavaScript, to the last bit: float8 and number are one format. `share` is the real as stored. */
export function inMillionths(cosine: number, share: number): number {
  return Math.floor(cosine * (0.95 + 0.05 * share) * MILLION + 0.5);
}

/** The floor of a similarity, in millionths. */
export function floorMillionths(minScore: number): number {
  return Math.floor(minScore * MILLION + 0.5);
}

/** SQL of the mean over the intents of a sum of similarities in millionths, in millionths again, halves up. */
export function meanMillionths(sum: string, intents: number): string {
  return `floor(${sum} / ${intents} + 0.5)`;
}

/** The same in JavaScript. */
export function meanInMillionths(sum: number, intents: number): number {
  return Math.floor(sum / intents + 0.5);
}

/** A score as shown, from millionths. */
export function fromMillionths(score: number): number {
  return score / MILLION;
}

/** SQL of the last order among equals: ids by number when all are numbers, else byte by byte, the same in every database. */
export function orderById(column: string, numericIds: boolean): string {
  return numericIds ? `${column}::bigint` : `${column} collate "C"`;
}
