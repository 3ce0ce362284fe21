// The same hybrid question by comparing everyone, in a few lines: what part of the true list was found.
import { compileCriteria } from "../../dist/src/criteria/compile.js";
import { matchPhrases } from "../../dist/src/vectors/phrase-index.js";

/** Recall of the list that discover gave, 0 to 1. */
export async function bruteForce(found, { criteria, intents, minScore, limit, asOf, asOfGiven }, context) {
  const { db, catalogue, embedder } = context;
  const params = [];
  const condition = compileCriteria(criteria, { catalogue, asOf, asOfGiven, params });
  const gate = await db.query(`select c.customer_id from audience.customers c where ${condition}`, params);
  const inside = new Set(gate.rows.map(([id]) => id));
  const index = await context.phrases();
  const { vectors } = await embedder.embed(intents);
  const cosines = vectors.map((v) => new Map(matchPhrases(index, v, -1).map((m) => [m.phraseId, m.similarity])));
  const { rows } = await db.query(
    "select c.customer_id, p.phrase_id, p.share, p.weight from app.customer_phrases p join app.customers c using (customer_key)",
  );
  const best = new Map();
  for (const [id, phrase, share, weight] of rows) {
    if (!inside.has(id)) continue;
    const scores = best.get(id) ?? intents.map(() => [0, 0]);
    best.set(id, scores);
    for (const [i, of] of cosines.entries()) {
      const score = Math.floor(of.get(phrase) * (0.95 + 0.05 * share) * 1e6 + 0.5);
      if (score < minScore * 1e6) continue;
      if (score > scores[i][0] || (score === scores[i][0] && weight > scores[i][1])) scores[i] = [score, weight];
    }
  }
  const sum = (scores, place) => scores.reduce((all, pair) => all + pair[place], 0);
  const ranked = [...best]
    .map(([id, scores]) => ({ id, score: Math.floor(sum(scores, 0) / intents.length + 0.5), weight: sum(scores, 1) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.weight - a.weight || Number(a.id) - Number(b.id))
    .slice(0, limit);
  const given = new Set(found.rows.map(([id]) => id));
  return ranked.length === 0 ? 1 : ranked.filter(({ id }) => given.has(id)).length / ranked.length;
}
