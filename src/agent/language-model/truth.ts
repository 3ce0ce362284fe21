import { overstated, unprovenColumns, unprovenCustomers } from "./claims.js";
import { type Evidence, type Facts, gatherFacts, type Kind, type Table } from "./facts.js";
import { type Figure, figuresIn } from "./figures.js";
import { withoutDates } from "./stated-dates.js";

/**
 * What a text states that no result holds: numbers, dates, customers, columns, completeness. A number is proven by a cell,
 * a total or a number of rows that measures the same kind of thing; as a sum, difference, ratio or percentage of such
 * numbers that the text states too, or of a column that was seen whole; by a count of rows that it names; as a limit that
 * the question or a call sets. Rounding to the places that are written is allowed, and more after "about". Empty where all
 * is proven.
 */
export function unproven(text: string, evidence: Evidence): string[] {
  const facts = gatherFacts(evidence);
  const named = facts.names
    .filter((name) => /\d/.test(name) && !/^-?\d+(?:\.\d+)?$/.test(name))
    .sort((a, b) => b.length - a.length)
    .reduce((rest, name) => rest.replaceAll(name, " Ω "), text);
  const { rest, unproven: dates } = withoutDates(named, facts);
  const claims = [...unprovenCustomers(text, facts), ...unprovenColumns(text, facts), ...overstated(text, facts)];
  const figures = unprovenFigures(rest, facts).filter((figure) => !claims.includes(`customer ${figure}`));
  return [...new Set([...figures, ...dates, ...claims])];
}

/** A figure with the numbers of results that it states. */
interface Stated {
  figure: Figure;
  values: readonly number[];
}

function unprovenFigures(text: string, facts: Facts): string[] {
  const sentences = text.split(/[.!?]\s|\n/);
  const stated: Stated[] = figuresIn(text).map((figure) => ({ figure, values: valuesOf(figure, facts) }));
  const derived = derivations(stated, facts, text);
  const open = stated.filter(
    ({ figure, values }) =>
      values.length === 0 &&
      !derived[figure.unit].some((value) => isIt(figure, value)) &&
      !isCondition(figure, facts) &&
      !isLengthOfList(figure, facts, sentences[figure.sentence - 1] ?? ""),
  );
  const counted = new Set(stated.flatMap(({ figure }) => rowCounts(figure, stated, facts)));
  return open.filter(({ figure }) => !counted.has(figure)).map(({ figure }) => figure.text);
}

/** Which kinds of numbers may stand for a unit. */
const PROOFS: Record<Figure["unit"], readonly Kind[]> = {
  people: ["people", "other"],
  count: ["count", "other"],
  money: ["money", "other"],
  percent: ["percent"],
  points: ["percent"],
  ratio: ["percent", "other"],
  none: ["people", "count", "money", "percent", "measure", "rows", "other"],
};

function valuesOf(figure: Figure, { known }: Facts): number[] {
  const values: number[] = [];
  for (const [value, measures] of known) {
    if (PROOFS[figure.unit].some((kind) => measures.has(kind)) && isIt(figure, value)) values.push(value);
    // A share between 0 and 1.
    else if (figure.unit === "percent" && isShare(value) && isIt(figure, 100 * value)) values.push(value);
  }
  return values;
}

function isShare(value: number): boolean {
  return !Number.isInteger(value) && Math.abs(value) < 1;
}

/** Most that "about", or writing in thousands, may move a number. */
const LOOSE = 0.05;

/** Whether the figure is the value, rounded as it is written. */
function isIt({ value, tolerance, scaled, hedge, unit }: Figure, known: number): boolean {
  const [stated, real] = [Math.abs(value), Math.abs(known)];
  const gap = Math.abs(stated - real);
  const exact = 1e-9 * Math.max(1, real);
  const written = scaled ? Math.min(tolerance, LOOSE * real) : tolerance;
  // Whole numbers of the data are stated as they are: 1,204 is not 1,203.
  const whole = (Number.isInteger(known) || unit === "people") && !scaled && unit !== "ratio";
  const rounding = whole ? exact : written + exact;
  if (gap <= rounding) return true;
  if (hedge === undefined) return false;
  // "about 1,200" is within 50, "more than 1,200" within 100.
  const zeros = /0*$/.exec(String(stated))?.[0].length ?? 0;
  const place = (hedge === "about" ? 0.5 : 1) * 10 ** zeros;
  const coarse = unit === "ratio" ? 0.25 * stated : zeros > 0 ? Math.min(LOOSE * real, place) : 0;
  if (hedge === "above" && real < stated) return false;
  if (hedge === "below" && real > stated) return false;
  return gap <= coarse;
}

/** What follows from numbers that are stated, and from columns that were seen whole, by the unit that it can have. */
function derivations(stated: readonly Stated[], { tables }: Facts, text: string): Record<Figure["unit"], number[]> {
  const results = stated.filter(({ values }) => values.length > 0);
  const plain = results.filter(({ figure }) => figure.unit !== "percent").flatMap(({ values }) => values);
  const operands = [...new Set(plain)].slice(0, MOST_OPERANDS);
  const percents = results.filter(({ figure }) => figure.unit === "percent").map(({ figure }) => figure.value);
  const pairs = pairsOf(operands);
  const ratios = pairs.flatMap(([a, b]) => (a === 0 || b === 0 ? [] : [a / b, b / a]));
  const changes = pairs.flatMap(([a, b]) => (a === 0 || b === 0 ? [] : [(b - a) / a, (a - b) / b]));
  const sums: [number, Kind][] = [];
  const together = TOGETHER.test(text);
  const averaged = /\b(?:average|mean|per|each|apiece)\b/i.test(text);
  for (const table of tables) {
    table?.kinds.forEach((kind, c) => {
      const cells = table.rows.map((row) => row[c]).filter((cell) => typeof cell === "number");
      let sum = 0;
      // The first two together, the first three, ..., all.
      for (const [i, cell] of cells.entries()) {
        sum += cell;
        if (i > 0 && together) sums.push([sum, kind]);
      }
      if (table.complete && cells.length > 1)
        sums.push([sum, kind], ...(averaged ? [[sum / cells.length, kind] as [number, Kind]] : []));
      const parts = operands.filter((value) => cells.includes(value));
      if (table.complete && sum !== 0 && cells.length > 1) ratios.push(...parts.map((part) => part / sum));
    });
  }
  const all = operands.length > 2 ? [operands.reduce((sum, n) => sum + n, 0)] : [];
  const averages = averaged ? ratios.filter((ratio) => !Number.isInteger(ratio)) : [];
  const additions = [...averages, ...pairs.flatMap(([a, b]) => [a + b, a - b]), ...all];
  const added = (unit: Figure["unit"]) => [
    ...additions,
    ...sums.filter(([, kind]) => PROOFS[unit].includes(kind)).map(([sum]) => sum),
  ];
  const ofPercents = [...percents.map((a) => 100 - a), ...pairsOf(percents).flatMap(([a, b]) => [a + b, a - b])];
  return {
    people: added("people"),
    count: added("count"),
    money: added("money"),
    none: added("none"),
    percent: [...[...ratios, ...changes].map((ratio) => 100 * ratio), ...ofPercents],
    points: ofPercents,
    ratio: [...ratios, ...percents.map((percent) => percent / 100)],
  };
}

const TOGETHER = /\b(?:together|total(?:s|ling)?|combined|sum|all|altogether|overall|between them)\b/i;

function pairsOf(numbers: readonly number[]): [number, number][] {
  return numbers.flatMap((a, i) => numbers.slice(i + 1).map((b): [number, number] => [a, b]));
}

/** More stated numbers than that are a table, not a sentence. */
const MOST_OPERANDS = 40;

const LIMIT_BEFORE =
  /(?:\b(?:than|over|above|under|below|least|most|between|and|from|to|past|last|previous|next|within|ages?|aged|limit(?:ed)?|threshold|minimum|maximum|exceed(?:s|ed|ing)?|of|or|in)|[<>=≥≤])\s*[$€£]?$/;
const LIMIT_AFTER =
  /^(?:-?(?:days?|weeks?|months?|years?|hours?|quarters?)\b|\+|or (?:more|older|younger|fewer|less|over|under)\b|and (?:over|older|above|under|younger|below)\b|to \d|year-olds?)/;

/** A limit of the question or of a call, said as a limit: "over 40", "60 days", "at least 3 products" where that was asked. */
function isCondition(figure: Figure, { conditions }: Facts): boolean {
  const same = conditions.filter((condition) => Math.abs(condition.value) === Math.abs(figure.value));
  if (same.length === 0) return false;
  const word = (text: string) => /^[^\p{L}]*(\p{L}+?)s?\b/u.exec(text)?.[1] ?? "";
  if (same.some((condition) => word(figure.after) !== "" && word(condition.after) === word(figure.after))) return true;
  if (LIMIT_AFTER.test(figure.after)) return true;
  const counts = figure.unit === "people" || figure.unit === "count" || figure.unit === "percent";
  return LIMIT_BEFORE.test(figure.before) && !counts;
}

const LIST_BEFORE =
  /\b(?:top|first|bottom|best|leading|largest|biggest|highest|lowest|strongest|next|other|remaining|following|all|these|those)\s*$/;

const LIST_AFTER = /^(?:top|best|leading|largest|biggest|highest|lowest|strongest|weakest|smallest|most)\b/;

/** "the top three", "these 10", "two countries, US and IT": the length of a list that is there. */
function isLengthOfList({ value, before, after, unit }: Figure, { tables, names }: Facts, sentence: string): boolean {
  if (!Number.isInteger(value) || value < 1 || ["percent", "money", "ratio"].includes(unit)) return false;
  if (tables.some((table) => table && rowsAre(table, after) && lengthsOf(table).includes(value))) return true;
  const longest = Math.max(0, ...tables.map((table) => table?.rows.length ?? 0));
  if (LIST_BEFORE.test(before) || LIST_AFTER.test(after)) return value <= longest;
  // "the 10 customers with the highest revenue": as many as a LIMIT took.
  if (/\bthe\s*$/.test(before) && /\b(?:highest|lowest|most|least|best|largest|top)\b/.test(sentence))
    return tables.some((table) => table?.rows.length === value);
  const words = new Set(
    names.filter(
      (name) =>
        /\p{L}/u.test(name) &&
        new RegExp(`(?<![\\p{L}\\p{N}])${literally(name)}(?![\\p{L}\\p{N}])`, "iu").test(sentence),
    ),
  );
  return value > 1 && words.size === value;
}

/** Whether the rows of a result that was seen whole are what is counted: "products" of a column product_name. */
function rowsAre(table: Table, after: string): boolean {
  const noun = /^\p{L}+/u.exec(after)?.[0].replace(/ies$/, "y").replace(/s$/, "") ?? "";
  return table.complete && noun.length > 2 && table.columns.some((name) => name.includes(noun));
}

/** Its number of rows, and that without the row for blanks. */
function lengthsOf({ rows }: Table): number[] {
  return [rows.length, rows.filter((row) => row[0] !== null).length];
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** A count of rows beyond a limit, and that limit, where one sentence states both: "3 countries have more than 150". */
function rowCounts(count: Figure, stated: readonly Stated[], { tables }: Facts): Figure[] {
  const limits = stated
    .map(({ figure }) => figure)
    .filter(
      (figure) =>
        figure !== count &&
        figure.sentence === count.sentence &&
        (figure.hedge === "above" || figure.hedge === "below"),
    );
  return limits.flatMap((limit) => {
    const beyond = (cell: unknown) =>
      typeof cell === "number" && (limit.hedge === "above" ? cell > limit.value : cell < limit.value);
    const proven = tables.some(
      (table) =>
        table?.complete &&
        (count.unit === "none" || rowsAre(table, count.after)) &&
        table.columns.some(
          (_, c) => table.rows.filter((row) => beyond(row[c])).length === count.value && table.rows.length > 1,
        ),
    );
    return proven ? [count, limit] : [];
  });
}
