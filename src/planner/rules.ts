import type { Definitions } from "../config/definitions.js";
import type { Catalogue } from "../criteria/catalogue.js";
import type { FinalAnswer, Model, Observation } from "../model/model.js";
import type { Cell } from "../render/answer.js";
import { indexDefinitions } from "./definitions.js";
import { createLexicon } from "./lexicon.js";
import { notesFor, periodWarnings } from "./notes.js";
import { type PlannedQuestion, planQuestion, type QuestionTime } from "./plan-question.js";
import type { Previous } from "./previous.js";
import type { Lexicon } from "./reading.js";
import type { Refusal } from "./refusal.js";
import { loadVocabulary, withEventTypes } from "./vocabulary.js";

/** Makes planners that share one index of the catalogue. */
export function createRulesPlanner(
  catalogue: Catalogue,
  definitions: Definitions,
  similar?: SimilarPhrases,
): RulesPlanner {
  const vocabulary = withEventTypes(loadVocabulary(), catalogue);
  const lexicon = createLexicon(catalogue, vocabulary, indexDefinitions(definitions));
  const plan = (question: string, time: QuestionTime, previous: Previous | undefined) =>
    planQuestion(question, { lexicon, vocabulary, time, previous });
  const planner = (question: string, time: QuestionTime, previous?: Previous): RulesModel =>
    createModel(plan(question, time, previous), lexicon, time, similar);
  const recall: RulesPlanner["recall"] = (questions, time) =>
    questions.reduce<Previous | undefined>((previous, question) => {
      const planned = plan(question, time, previous);
      return "message" in planned ? previous : planned.asked;
    }, undefined);
  return Object.assign(planner, { recall });
}

/** Reads questions one by one; each may refer to the one before it in its session. */
export interface RulesPlanner {
  (question: string, time: QuestionTime, previous?: Previous): RulesModel;
  /** What the next question may refer to after these, in order; nothing is run. */
  recall(questions: readonly string[], time: QuestionTime): Previous | undefined;
}

/** The interests of the data that are closest in meaning to some words, best first; none where nothing is close. */
export type SimilarPhrases = (words: string, signal?: AbortSignal) => Promise<{ phrases: string[]; tokens: number }>;

/** A model by rules, which also says what the next question may refer to; undefined for a refusal. */
export interface RulesModel extends Model {
  readonly asked: Previous | undefined;
}

/** A model by rules for one question: it reads the question whole, or refuses it and says which words it could not read. */
function createModel(
  read: PlannedQuestion | Refusal,
  lexicon: Lexicon,
  time: QuestionTime,
  similar: SimilarPhrases | undefined,
): RulesModel {
  return {
    name: "rules",
    asked: "message" in read ? undefined : read.asked,
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
          warnings: [...warnings, ...noted, ...read.remarks, ...periodWarnings(read.criteria, lexicon.catalogue)],
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
