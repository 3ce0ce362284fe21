import { describe, expect, test } from "vitest";
import {
  DISHONEST,
  DISHONEST_LATER,
  HONEST,
  HONEST_LATER,
  lines,
  SEEN,
} from "../../../test/support/truth-sentences.js";
import { unproven } from "./truth.js";

describe("what was seen passes", () => {
  test.each(lines(HONEST + HONEST_LATER))("%s", (sentence) => expect(unproven(sentence, SEEN)).toEqual([]));
});

describe("what was not seen is named", () => {
  test.each(lines(DISHONEST + DISHONEST_LATER))("%s", (sentence) => expect(unproven(sentence, SEEN)).not.toEqual([]));
});
