import type { Queryable } from "../db/db.js";
import { type Profile, type Resemblance, readProfiles, resemblance, targetOf, vectorsById } from "./profiles.js";
import type { Hit, LookAlikeRequest, LookAlikes } from "./refiner.js";
import { orderById } from "./similarity.js";

/** Customers compared at a time: their phrases take some megabytes. */
const CHUNK = 50_000;

/** Look-alikes by comparing everyone, in this process: phrases and weights come from the database, chunk by chunk. */
export async function profileLookAlikes(request: LookAlikeRequest, db: Queryable): Promise<LookAlikes> {
  const { keys, limit, signal } = request;
  const vectorOf = vectorsById(request.index);
  const target = await targetOf(keys, vectorOf, db, signal);
  const given = new Set(keys);
  const { rows } = await db.query("select coalesce(max(customer_key), 0) from app.customers", [], { signal });
  const last = rows[0]?.[0] as number;
  let total = 0;
  let best: Resemblance[] = [];
  for (let from = 0; from < last; from += CHUNK) {
    const which = "p.customer_key > $1::integer and p.customer_key <= $2::integer";
    const profiles = await readProfiles(db, which, [from, from + CHUNK], signal);
    const found = compare(profiles, given, (profile) => resemblance(profile, target, vectorOf));
    total += found.length;
    best = leading([...best, ...found], limit);
  }
  return { ...(await inOrder(best, request, db)), total, target };
}

/** The customers that are compared, without the given ones and those without a profile. */
export function compare(
  profiles: readonly Profile[],
  given: ReadonlySet<number>,
  compared: (profile: Profile) => Resemblance | undefined,
): Resemblance[] {
  return profiles
    .filter((profile) => !given.has(profile.customerKey))
    .map(compared)
    .filter((found) => found !== undefined);
}

/** Hits by score, weight and id, as many as asked for. */
export async function inOrder(
  found: readonly Resemblance[],
  { limit, numericIds, signal }: LookAlikeRequest,
  db: Queryable,
): Promise<{ hits: Hit[]; sql: string; params: unknown[] }> {
  const sql = `select s.customer_key, c.customer_id, s.score
from unnest($1::integer[], $2::float8[], $3::float8[]) s (customer_key, score, weight)
join app.customers c using (customer_key)
order by s.score desc, s.weight desc, ${orderById("c.customer_id", numericIds)}
limit $4::bigint`;
  const params = [found.map((f) => f.customerKey), found.map((f) => f.score), found.map((f) => f.weight), limit];
  const { rows } = await db.query(sql, params, { signal });
  const hits = rows.map(
    (row): Hit => ({ customerKey: row[0] as number, customerId: row[1] as string, score: row[2] as number }),
  );
  return { hits, sql, params };
}

/** The first by score and weight, with all that equal the last of them. */
function leading(found: Resemblance[], limit: number | null): Resemblance[] {
  if (limit === null || found.length <= limit) return found;
  const sorted = found.sort((a, b) => b.score - a.score || b.weight - a.weight);
  const last = sorted[limit - 1] as Resemblance;
  const end = sorted.findIndex((f, i) => i >= limit && (f.score !== last.score || f.weight !== last.weight));
  return end < 0 ? sorted : sorted.slice(0, end);
}
