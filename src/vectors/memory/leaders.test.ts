import { expect, test } from "vitest";
import { seeded } from "../../../test/support/random.js";
import { createLeaders } from "./leaders.js";

test("the first of any number, whatever the order in which they come", () => {
  const random = seeded(1);
  for (let i = 0; i < 300; i++) {
    const offered = Array.from({ length: random.below(40) }, (_, rank) => ({
      ...{ key: 1000 - rank, rank, score: random.below(4), weight: random.below(3) / 3 },
      at: random.below(1_000),
    })).sort((a, b) => a.at - b.at);
    const limit = 1 + random.below(12);
    const leaders = createLeaders(limit);
    for (const { key, score, weight, rank } of offered) leaders.offer(key, score, weight, rank);
    const expected = offered
      .sort((a, b) => b.score - a.score || b.weight - a.weight || a.rank - b.rank)
      .slice(0, limit)
      .map(({ key }) => key);
    expect([...leaders.keys()].sort()).toEqual(expected.sort());
  }
});
