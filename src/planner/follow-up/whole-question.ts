import type { Query } from "../query.js";
import type { Vocabulary } from "../vocabulary.js";
import type { Token } from "../words.js";
import { conjuncts, eventPlaces } from "./slots.js";

/** Words with which a whole question begins. */
const LEADS =
  /^(how|what|which|who|whose|when|where|show|list|give|find|get|display|calculate|compute|count|compare|is|are|did|do|does|describe|percentage)$/;

/** Longest fragment that narrows what was asked before, in words: "women", "gold tier". */
const SHORT = 2;

/** Whether the words begin as a question of its own does. */
export function standsAlone(tokens: readonly Token[]): boolean {
  return LEADS.test(tokens[0]?.lower ?? "");
}

/**
 * Whether a question that can be read by itself is a bare noun or figure: "short" where it says one thing ("women", "the
 * average age"), "long" where it may as well be a list of its own ("women over 40").
 */
export function isFragment(
  query: Query,
  tokens: readonly Token[],
  vocabulary: Vocabulary,
): "short" | "long" | undefined {
  if (tokens[0]?.lower === "who") return query.kind === "list" ? "long" : undefined;
  if (standsAlone(tokens)) return undefined;
  const named = tokens.some(({ stem }) => vocabulary.customers.has(stem) || vocabulary.describedCustomers.has(stem));
  if (query.kind === "statistic") {
    return !named && conjuncts(query.customers).length === 0 ? "short" : undefined;
  }
  if (named || query.kind !== "list" || query.order || query.columns || query.top !== undefined) return undefined;
  const one = conjuncts(query.customers).length === 1 && query.intents.length === 0;
  const short = one && tokens.length <= SHORT && eventPlaces(query.customers).length === 0;
  return short ? "short" : "long";
}
