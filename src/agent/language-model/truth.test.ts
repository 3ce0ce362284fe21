import { describe, expect, test } from "vitest";
import { SEEN } from "../../../test/support/truth-evidence.js";
import { DISHONEST, HONEST, lines } from "../../../test/support/truth-sentences.js";
import { DISHONEST_LATER, HONEST_LATER } from "../../../test/support/truth-sentences-later.js";
import {
  SHOP,
  SHOP_DISHONEST,
  SHOP_DISHONEST_LATER,
  SHOP_HONEST,
  SHOP_HONEST_LATER,
} from "../../../test/support/truth-sentences-shop.js";
import { unproven } from "./truth.js";

describe("what was seen passes", () => {
  test.each(lines(HONEST + HONEST_LATER))("%s", (sentence) => expect(unproven(sentence, SEEN)).toEqual([]));
  test.each(lines(SHOP_HONEST + SHOP_HONEST_LATER))("%s", (sentence) => expect(unproven(sentence, SHOP)).toEqual([]));
});

describe("what was not seen is named", () => {
  test.each(lines(DISHONEST + DISHONEST_LATER))("%s", (sentence) => expect(unproven(sentence, SEEN)).not.toEqual([]));
  test.each(lines(SHOP_DISHONEST + SHOP_DISHONEST_LATER))("%s", (sentence) =>
    expect(unproven(sentence, SHOP)).not.toEqual([]),
  );
});
