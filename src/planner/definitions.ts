import type { Definitions } from "../config/definitions.js";
import type { Criteria } from "../criteria/schema.js";
import { parseCriteria } from "../criteria/shorthand.js";
import { AppError } from "../lib/errors.js";
import { readClauses } from "./audience.js";
import { AudienceDraft, finishAudience } from "./audience-draft.js";
import { Cursor } from "./cursor.js";
import { meaningfulTokens } from "./meaningful-tokens.js";
import type { DefinedAudience, Reading } from "./reading.js";
import { phraseKey } from "./words.js";

/** The user's definitions by phrase; each is read when a question first uses it. */
export function indexDefinitions(definitions: Definitions): ReadonlyMap<string, DefinedAudience> {
  return new Map(
    Object.entries(definitions).map(([name, meaning]) => [
      phraseKey(name),
      { name, criteria: (reading: Reading) => criteriaOf(name, meaning, reading) },
    ]),
  );
}

/** Throws AppError "config" that names the definition which cannot be read. */
function criteriaOf(name: string, meaning: Definitions[string], reading: Reading): Criteria {
  if (typeof meaning !== "string") return parseCriteria(meaning, reading.catalogue).criteria;
  const cursor = new Cursor(meaningfulTokens(meaning, reading.vocabulary));
  // A definition cannot use definitions: none can then mean itself.
  const lexicon = { ...reading.lexicon, definitions: new Map() };
  const inner: Reading = { ...reading, cursor, lexicon, said: undefined, ambiguous: [], problems: [] };
  const draft = new AudienceDraft();
  const audience = readClauses(inner, draft) && cursor.done ? finishAudience(inner, draft) : undefined;
  if (!audience || audience.intents.length > 0 || draft.groups.length === 0) {
    throw new AppError("config", `The definition of "${name}" cannot be read: "${meaning}".`, {
      hint: 'Write conditions as in a question ("spent more than 5000", "bought at least 5 times"), or criteria.',
    });
  }
  return audience.criteria;
}
