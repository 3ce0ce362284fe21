import type { Queryable } from "../db/db.js";
import { AppError } from "../lib/errors.js";
import type { PhraseIndex } from "./phrase-index.js";
import { round } from "./similarity.js";

/** A customer's phrases with their weights, by phrase id: sums then come out the same, whoever computes them. */
export interface Profile {
  customerKey: number;
  phraseIds: number[];
  weights: number[];
}

/** A customer that resembles the target. */
export interface Resemblance {
  customerKey: number;
  /** Cosine of the profiles, six decimals. */
  score: number;
  /** Sum of the weights of all interests. */
  weight: number;
}

/** The phrase's vector by its id. */
export type VectorOf = (phraseId: number) => Float32Array;

export function vectorsById(index: PhraseIndex): VectorOf {
  const dimensions = index.ids.length === 0 ? 0 : index.vectors.length / index.ids.length;
  const rows = new Map(index.ids.map((id, row) => [id, row]));
  return (id) => {
    const row = rows.get(id);
    if (row === undefined) throw new Error(`There is no phrase ${id}.`);
    return index.vectors.subarray(row * dimensions, (row + 1) * dimensions);
  };
}

/**
 * The profiles of customers of the CRM whose interests weigh anything, by key. `which` is a condition on p.customer_key,
 * with its parameters. Ids and weights come packed, 12 bytes a phrase: as rows they would take several times longer.
 */
export async function readProfiles(
  db: Queryable,
  which: string,
  params: readonly unknown[],
  signal: AbortSignal | undefined,
): Promise<Profile[]> {
  const { rows } = await db.query(
    `select string_agg(int4send(p.customer_key) || int4send(p.phrase_id) || float4send(p.weight), ''
       order by p.customer_key, p.phrase_id)
     from app.customer_phrases p join app.customers c using (customer_key)
     where c.in_crm and p.weight > 0 and ${which}`,
    params,
    { signal },
  );
  const packed = rows[0]?.[0] as Uint8Array | null;
  const profiles: Profile[] = [];
  if (packed === null) return profiles;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let last: Profile | undefined;
  for (let at = 0; at < packed.byteLength; at += 12) {
    const customerKey = view.getInt32(at);
    if (last?.customerKey !== customerKey) {
      last = { customerKey, phraseIds: [], weights: [] };
      profiles.push(last);
    }
    last.phraseIds.push(view.getInt32(at + 4));
    last.weights.push(view.getFloat32(at + 8));
  }
  return profiles;
}

/** The mean of a customer's phrases by weight, length 1; undefined where they cancel out or weigh nothing. */
export function profileVector(
  { phraseIds, weights }: Pick<Profile, "phraseIds" | "weights">,
  vectorOf: VectorOf,
): Float64Array | undefined {
  let sum: Float64Array | undefined;
  for (const [i, id] of phraseIds.entries()) {
    const weight = weights[i] as number;
    if (weight <= 0) continue;
    const vector = vectorOf(id);
    sum ??= new Float64Array(vector.length);
    for (let k = 0; k < vector.length; k++) sum[k] = (sum[k] as number) + weight * (vector[k] as number);
  }
  return sum && unit(sum);
}

/** The mean of the profiles of the given customers, length 1. Throws AppError "usage" for one without interests. */
export async function targetOf(
  keys: readonly number[],
  vectorOf: VectorOf,
  db: Queryable,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const profiles = await readProfiles(db, "p.customer_key = any($1::integer[])", [keys], signal);
  const vectors = new Map(profiles.map((profile) => [profile.customerKey, profileVector(profile, vectorOf)]));
  const without = keys.filter((key) => vectors.get(key) === undefined);
  if (without.length > 0) {
    const { rows } = await db.query(
      "select customer_id from app.customers where customer_key = any($1::integer[]) order by customer_key",
      [without],
      { signal },
    );
    throw new AppError("usage", `No interests are known of customer ${rows.map((row) => row[0]).join(", ")}.`, {
      hint: "Look-alikes are found by what customers viewed, put into the cart and bought.",
    });
  }
  const all = keys.map((key) => vectors.get(key) as Float64Array);
  const sum = all.reduce((total, vector) => total.map((x, k) => x + (vector[k] as number)));
  const target = unit(sum);
  if (target) return target;
  throw new AppError("usage", "The interests of these customers are opposite to each other: nobody resembles all.");
}

/** The cosine of a customer's profile to the target; undefined where there is no profile. */
export function resemblance(profile: Profile, target: Float64Array, vectorOf: VectorOf): Resemblance | undefined {
  const vector = profileVector(profile, vectorOf);
  if (!vector) return undefined;
  let cosine = 0;
  for (let k = 0; k < vector.length; k++) cosine += (vector[k] as number) * (target[k] as number);
  const weight = profile.weights.reduce((sum, each) => sum + each, 0);
  return { customerKey: profile.customerKey, score: round(cosine), weight };
}

function unit(vector: Float64Array): Float64Array | undefined {
  let square = 0;
  for (const x of vector) square += x * x;
  const length = Math.sqrt(square);
  return length > 1e-9 ? vector.map((x) => x / length) : undefined;
}
