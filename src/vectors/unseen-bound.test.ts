import { expect, test } from "vitest";
import type { PhraseIndex } from "./phrase-index.js";
import { unseenBound } from "./unseen-bound.js";

/** Numbers from -1 to 1, the same each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (2 * state) / 2_147_483_648 - 1;
  };
}

test("nobody's score is above the bound of their MaxSim", () => {
  const next = random(7);
  const dimensions = 6;
  const unit = () => {
    const raw = Float32Array.from({ length: dimensions }, next);
    const length = Math.hypot(...raw);
    return raw.map((x) => x / length);
  };
  const phrases = Array.from({ length: 40 }, unit);
  const vectors = new Float32Array(phrases.flatMap((phrase) => [...phrase]));
  const index: PhraseIndex = { ids: phrases.map((_, i) => i + 1), phrases: phrases.map(String), vectors };
  let tight = 0;
  for (let round = 0; round < 2_000; round++) {
    const wanted = Array.from({ length: 1 + (round % 3) }, unit);
    const own = phrases.filter(() => next() > 0.8).slice(0, 12);
    if (own.length === 0) continue;
    const share = (next() + 1) / 2;
    const best = wanted.map((vector) =>
      Math.max(...own.map((phrase) => phrase.reduce((sum, x, k) => sum + x * vector[k]!, 0) * (0.95 + 0.05 * share))),
    );
    const maxSim = best.reduce((sum, each) => sum + each, 0);
    const score = best.reduce((sum, each) => sum + (each >= 0.25 ? each : 0), 0) / wanted.length;
    const bound = unseenBound(maxSim, { vectors: wanted, index });
    if (score > 0) expect(score).toBeLessThanOrEqual(bound + 1e-6);
    if (Math.abs(score - bound) < 1e-6) tight++;
  }
  expect(tight).toBeGreaterThan(100);
});
