import { compose } from "./compose.js";
import { Cursor } from "./cursor.js";
import { saysFirstOrLast } from "./date-tests.js";
import { readFollowUp } from "./follow-up/follow-up.js";
import type { Marked } from "./follow-up/marker.js";
import { readMarker } from "./follow-up/marker.js";
import { slotsOf } from "./follow-up/slots.js";
import { isFragment, standsAlone } from "./follow-up/whole-question.js";
import { meaningfulTokens } from "./meaningful-tokens.js";
import type { Plan } from "./plan.js";
import { type Previous, previousOf } from "./previous.js";
import type { Query } from "./query.js";
import { readQuestion } from "./question.js";
import type { Lexicon, Reading } from "./reading.js";
import { type Refusal, refuseByKind, refuseUnread } from "./refusal.js";
import type { Vocabulary } from "./vocabulary.js";
import type { Token } from "./words.js";

/** Longest question that is read, in words: a longer one is a text, not a question. */
const MOST_WORDS = 200;

export interface QuestionTime {
  asOf: string;
  asOfGiven: boolean;
}

/** What a question is read with. */
interface Knowledge {
  lexicon: Lexicon;
  vocabulary: Vocabulary;
  time: QuestionTime;
  previous: Previous | undefined;
}

/** A plan that also says what the next question may refer to. */
export interface PlannedQuestion extends Plan {
  asked: Previous;
  /** Said with the answer: how else the question could have been meant. */
  remarks: readonly string[];
}

/** Reads a question, whole or as following the one before it, and plans its answer; or says why not. */
export function planQuestion(question: string, knowledge: Knowledge): PlannedQuestion | Refusal {
  const found = read(question, knowledge);
  if (!("message" in found)) return found;
  // Only questions that would be answered are offered.
  const questions = (found.questions ?? []).filter(
    (offered) => offered !== question && !("message" in read(offered, knowledge)),
  );
  return { ...found, questions: [...new Set(questions)] };
}

function read(question: string, knowledge: Knowledge): PlannedQuestion | Refusal {
  const { lexicon, vocabulary } = knowledge;
  const tokens = meaningfulTokens(question, vocabulary, lexicon.values);
  if (tokens.length > MOST_WORDS) {
    return { message: `The question has ${tokens.length} words; at most ${MOST_WORDS} are read.`, hints: [] };
  }
  const refusal = refuseByKind(readingOf(tokens, knowledge));
  if (refusal) return refusal;
  return readMarked(question, knowledge) ?? readWhole(tokens, knowledge);
}

function readingOf(tokens: readonly Token[], { lexicon, vocabulary, time, previous }: Knowledge): Reading {
  return {
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
}

interface Read {
  query: Query;
  tokens: readonly Token[];
  /** What a follow-up changed, and in what. */
  changed?: string;
  before?: Previous;
  remarks?: readonly string[];
}

function planned(
  { query, tokens, changed, before, remarks = [] }: Read,
  { lexicon, time }: Knowledge,
): PlannedQuestion {
  const plan = compose(query, { catalogue: lexicon.catalogue, ...time });
  const reading = changed ? `${plan.reading} (changed: ${changed})` : plan.reading;
  const fixed = before?.fixed === true || saysFirstOrLast(tokens) || saysDefined(tokens, lexicon);
  return { ...plan, reading, asked: previousOf(query, fixed), remarks };
}

/** Whether the user's own name for an audience stands anywhere. */
function saysDefined(tokens: readonly Token[], { definitions }: Lexicon): boolean {
  const cursor = new Cursor(tokens);
  return tokens.some((_, at) => {
    cursor.pos = at;
    return cursor.phrase(definitions) !== undefined;
  });
}

const THOSE = /^(those|these|them)$/;

const NEEDS_EARLIER = "The question refers to an earlier question of the same session, and there is none.";

/** "only women", "and in May?", "who also bought shoes": a question that says of itself that it follows another; undefined for any other. */
function readMarked(question: string, knowledge: Knowledge): PlannedQuestion | Refusal | undefined {
  const { vocabulary, lexicon, previous } = knowledge;
  const { edges } = vocabulary.politeness;
  const marks = new Set(vocabulary.followUps.starts.map(({ phrase }) => phrase));
  const politeness = { ...vocabulary.politeness, edges: edges.filter((phrase) => !marks.has(phrase)) };
  const tokens = meaningfulTokens(question, { ...vocabulary, politeness }, lexicon.values);
  const marked = readMarker(tokens, vocabulary);
  if (!marked) return undefined;
  const double =
    marked.mode === "only" && tokens[0] === marked.tokens[0] ? onlyAtTheEnd(marked.tokens, knowledge) : undefined;
  if (double) return double;
  if (marked.mode === "only" && isFigureOfItsOwn(marked.tokens, knowledge)) return readWhole(marked.tokens, knowledge);
  if (previous) {
    const reading = readingOf(tokens, knowledge);
    const found = followUp(reading, marked, knowledge, previous);
    if (found && (marked.mode === "also" || !standsAlone(marked.tokens))) return found;
    const alone = asWhole(marked, knowledge);
    if (alone) return alone === "as it is" ? readWhole(marked.tokens, knowledge) : alone;
    return found ?? refuseUnread(reading);
  }
  if (marked.mode !== "also" && standsAlone(marked.tokens)) return undefined;
  const rest = new Cursor(marked.tokens).textOf(0, marked.tokens.length).replaceAll(" ,", ",");
  return { message: NEEDS_EARLIER, hints: [], questions: [`list ${rest}`] };
}

/** "how many customers bought shoes only": nothing but shoes, or those customers alone? */
function onlyAtTheEnd(tokens: readonly Token[], { vocabulary }: Knowledge): Refusal | undefined {
  const isNoun = (token: Token) => /^(purchases|views|orders|returns|refunds)$/.test(token.lower);
  const at = tokens.findLastIndex((token) => vocabulary.verbs.has(token.stem) && !isNoun(token));
  if (at < 1) return undefined;
  const words = new Cursor(tokens);
  const [before, after] = [words.textOf(0, at + 1), words.textOf(at + 1, tokens.length)];
  return {
    message: 'It is not clear what "only" is meant of.',
    hints: [],
    questions: [`${before} only ${after}`, `${before} ${after}`].map((text) => text.replaceAll(" ,", ",").trim()),
  };
}

/** "just the number of women in Texas": a whole question, of which "just" says nothing. */
function isFigureOfItsOwn(tokens: readonly Token[], knowledge: Knowledge): boolean {
  const query = readQuestion(readingOf(tokens, knowledge));
  if (!query || query.kind === "list") return false;
  if (!knowledge.previous) return true;
  if (query.kind === "groups" && query.statistic === "count") return false;
  return isFragment(query, tokens, knowledge.vocabulary) === undefined;
}

/** "and how many women bought shoes?": a whole question after all, or one of those before? */
function asWhole({ mode, tokens }: Marked, knowledge: Knowledge): Refusal | "as it is" | undefined {
  if (mode === "also" || !standsAlone(tokens) || !readQuestion(readingOf(tokens, knowledge))) return undefined;
  // "just" says nothing of its own, and "of them" says whose question it is.
  if (mode === "only" || tokens.some(({ lower }) => THOSE.test(lower))) return "as it is";
  const text = new Cursor(tokens).textOf(0, tokens.length).replaceAll(" ,", ",");
  const also = /^(who|that|which) /i.test(text) ? [text.replace(/^(\w+) /, "$1 also ")] : [];
  const fragment = text.replace(/^(?:how many|what is|what was|what are|show me|show|list) /i, "");
  return {
    message: "It is not clear whether this is a question of its own, or asks only of those of the question before.",
    hints: [],
    questions: [...also, ...(fragment === text ? [] : [`and ${fragment}`]), text],
  };
}

function followUp(
  reading: Reading,
  marked: Marked,
  knowledge: Knowledge,
  previous: Previous,
): PlannedQuestion | Refusal | undefined {
  const found = readFollowUp(reading, marked, previous);
  if (!found) return undefined;
  if ("unclear" in found) return { message: found.unclear, hints: [], questions: found.questions ?? [] };
  return planned({ ...found, tokens: marked.tokens, before: previous }, knowledge);
}

/** A question without a mark: by itself, and where that fails as following the one before. */
function readWhole(tokens: readonly Token[], knowledge: Knowledge): PlannedQuestion | Refusal {
  const { previous } = knowledge;
  const reading = readingOf(tokens, knowledge);
  const query = readQuestion(reading);
  const bare: Marked = { mode: "bare", tokens };
  if (!previous) {
    return query ? planned({ query, tokens }, knowledge) : refuseUnread(reading);
  }
  const fragment = query && isFragment(query, tokens, knowledge.vocabulary);
  const before = tokens.some(({ lower }) => THOSE.test(lower)) ? { before: previous } : {};
  if (query && !fragment) return planned({ query, tokens, ...before }, knowledge);
  const second = readingOf(tokens, knowledge);
  const found = followUp(second, bare, knowledge, previous);
  if (query) {
    // "women over 40" is a list of its own; "women" alone narrows what was asked.
    if (fragment === "short" && found && !("message" in found)) return found;
    const text = second.cursor.textOf(0, tokens.length).replaceAll(" ,", ",");
    if (fragment === "short" && found && "message" in found && slotsOf(previous.query)) {
      return {
        ...found,
        questions: [...(found.questions ?? []), query.kind === "list" ? `list ${text}` : `${text} of all customers`],
      };
    }
    const those = /^who /i.test(text) ? "those " : "";
    const remark = `Read as a question of its own; "only ${those}${text}" would narrow the one before.`;
    const remarks = found && !("message" in found) ? [remark] : [];
    return planned({ query, tokens, remarks }, knowledge);
  }
  if (found) return found;
  const late = second.problems.at(-1);
  return reading.problems.length === 0 && late && second.cursor.furthest >= reading.cursor.furthest
    ? { message: late.message, hints: [], questions: late.questions ?? [] }
    : refuseUnread(reading);
}
