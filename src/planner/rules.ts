import type { Definitions } from "../config/definitions.js";
import type { Catalogue } from "../criteria/catalogue.js";
import type { Criteria } from "../criteria/schema.js";
import type { FinalAnswer, Model, Observation } from "../model/model.js";
import type { Cell } from "../render/answer.js";
import { compose } from "./compose.js";
import { Cursor } from "./cursor.js";
import { indexDefinitions } from "./definitions.js";
import { createLexicon } from "./lexicon.js";
import { meaningfulTokens } from "./meaningful-tokens.js";
import { notesFor, periodWarnings } from "./notes.js";
import type { Plan } from "./plan.js";
import { readQuestion } from "./question.js";
import type { Lexicon, Reading } from "./reading.js";
import { type Refusal, refuseByKind, refuseUnread } from "./refusal.js";
import { loadVocabulary, type Vocabulary, withEventTypes } from "./vocabulary.js";

/** Longest question that is read, in words: a longer one is a text, not a question. */
const MOST_WORDS = 200;

/** Makes planners that share one index of the catalogue. */
export function createRulesPlanner(catalogue: Catalogue, definitions: Definitions, similar?: SimilarPhrases) {
  const vocabulary = withEventTypes(loadVocabulary(), catalogue);
  const lexicon = createLexicon(catalogue, vocabulary, indexDefinitions(definitions));
  return (question: string, time: QuestionTime, previous?: Criteria): RulesModel =>
    createModel(planQuestion(question, lexicon, vocabulary, time, previous), lexicon, time, similar);
}

/** The interests of the data that are closest in meaning to some words, best first; none where nothing is close. */
export type SimilarPhrases = (words: string, signal?: AbortSignal) => Promise<{ phrases: string[]; tokens: number }>;

interface QuestionTime {
  asOf: string;
  asOfGiven: boolean;
}

/** A model by rules, which also says whom its question is about: "those" in the next one. */
export interface RulesModel extends Model {
  readonly audience: Criteria | undefined;
}

/** A model by rules for one question: it reads the question whole, or refuses it and says which words it could not read. */
function createModel(
  read: Plan | Refusal,
  lexicon: Lexicon,
  time: QuestionTime,
  similar: SimilarPhrases | undefined,
): RulesModel {
  return {
    name: "rules",
    audience: "message" in read ? undefined : read.customers,
    mendsCalls: false,
    async *decide(observations, { signal }) {
      if ("message" in read) {
        const close = read.unknown === undefined ? undefined : await similar?.(read.unknown, signal);
        return { decision: "answer", final: refused(read, close) };
      }
      const [first, ...further] = observations;
      if (!first) return { decision: "act", thought: `Read as: ${read.reading}`, calls: [read.call] };
      const notes = notesFor(read, first, { catalogue: lexicon.catalogue, asOf: time.asOf, asOfGiven: time.asOfGiven });
      if (further.length < notes.length) {
        return { decision: "act", thought: "", calls: notes.map((note) => note.call) };
      }
      const { warnings = [], ...told } = read.tell(first.outcome);
      const totals = further[notes.findIndex((note) => note.isTotal)]?.outcome.rows[0];
      const noted = notes.flatMap((note, i) => note.tell(further[i] as Observation));
      return {
        decision: "answer",
        final: {
          ...told,
          reading: read.reading,
          criteria: read.criteria,
          warnings: [...warnings, ...noted, ...periodWarnings(read.criteria, lexicon.catalogue)],
          table: 0,
          ...(totals && { totals: totalsRow(totals, first.outcome.columns) }),
        },
      };
    },
  };
}

/** The last line of a table: its measure over all groups, under the measure's column. */
function totalsRow(totals: readonly Cell[], columns: readonly string[]): Cell[] {
  const share = columns.at(-1) === "percent";
  const measure = columns.length - (share ? 2 : 1);
  return columns.map((_, i) =>
    i === measure ? (totals[0] ?? null) : i === 0 ? "(all)" : share && i > measure ? 100 : null,
  );
}

function planQuestion(
  question: string,
  lexicon: Lexicon,
  vocabulary: Vocabulary,
  time: QuestionTime,
  previous: Criteria | undefined,
): Plan | Refusal {
  const tokens = meaningfulTokens(question, vocabulary, lexicon.values);
  if (tokens.length > MOST_WORDS) {
    return { message: `The question has ${tokens.length} words; at most ${MOST_WORDS} are read.`, hints: [] };
  }
  const reading: Reading = {
    cursor: new Cursor(tokens),
    lexicon,
    vocabulary,
    catalogue: lexicon.catalogue,
    asOf: time.asOf,
    previous,
    said: undefined,
    ambiguous: [],
    problems: [],
  };
  const refusal = refuseByKind(reading);
  if (refusal) return refusal;
  const query = readQuestion(reading);
  if (query) return compose(query, { catalogue: lexicon.catalogue, asOf: time.asOf, asOfGiven: time.asOfGiven });
  const unread = refuseUnread(reading);
  // Only questions that would be answered are offered.
  const questions = (unread.questions ?? []).filter(
    (offered) => offered !== question && !("message" in planQuestion(offered, lexicon, vocabulary, time, previous)),
  );
  return { ...unread, questions };
}

function refused(
  { message, hints, questions = [] }: Refusal,
  close: { phrases: string[]; tokens: number } | undefined,
): FinalAnswer {
  const meant = close?.phrases.length
    ? [`Close in meaning: ${close.phrases.join(", ")}; "customers interested in ..." ranks by such interests.`]
    : [];
  return {
    kind: "refusal",
    answer: message,
    value: null,
    reading: "",
    criteria: null,
    warnings: [
      ...(questions.length > 0 ? [`Ask ${questions.map((question) => `"${question}"`).join(" or ")}.`] : []),
      ...meant,
      ...hints,
    ],
    ...(close && { embeddingTokens: close.tokens }),
    table: null,
  };
}
