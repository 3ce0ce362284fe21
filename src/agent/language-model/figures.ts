/** What a number counts or measures, as the words around it say. */
export type Unit = "people" | "count" | "money" | "percent" | "points" | "ratio" | "none";

/** A number as a text states it. */
export interface Figure {
  /** As written: "1,203", "12.5%", "$1.2k", "half". */
  text: string;
  value: number;
  /** Half a unit of the last written place: how far rounding can have moved it. */
  tolerance: number;
  /** Written in thousands or millions. */
  scaled: boolean;
  unit: Unit;
  /** "about 1,200", "more than 1,200", "nearly 1,200". */
  hedge: "about" | "above" | "below" | undefined;
  /** The words before and after it, in lower case. */
  before: string;
  after: string;
  /** The sentence it stands in, by number. */
  sentence: number;
}

const FIGURE =
  /(?<![\p{L}\p{N}_.-])([-−]?)([$€£]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?((?:k|m|bn|thousand|million|billion)\b)?\s?(%|percent\b|percentage points?\b|pp\b|points?\b|[x×](?![\p{L}\p{N}])|-?fold\b|times(?= (?:as|that|those|more|less|the|higher|larger|bigger|lower|fewer|greater)\b)|[€£]|(?:dollars?|euros?|pounds?|usd|eur|gbp|pln|zł)(?!\p{L}))?(?![\p{L}\p{N}_])/giu;
const SCALES: Record<string, number> = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, bn: 1e9, billion: 1e9 };

const PEOPLE =
  /^(?:\p{L}+ )?(?:customers?|people|persons?|women|men|buyers?|shoppers?|users?|clients?|members?|visitors?|spenders?)\b/u;
const THINGS = /^(?:\p{L}+ )?(?:orders?|purchases?|events?|units?|items?|products?|refunds?|views?|sales)\b/u;

const ABOUT =
  /(?:\babout|\baround|\broughly|\bapproximately|\bapprox\.|\bsome|\bcirca|\bclose to|~|≈)(?: an?)?\s*[$€£]?$/;
const ABOVE =
  /(?:\b(?:more|greater|higher|larger|older) than|\bover|\babove|\bat least|\bexceed(?:s|ed|ing)?|\bbeyond|>=?|≥)(?: an?)?\s*[$€£]?$/;
const BELOW =
  /(?:\b(?:less|fewer|lower|smaller|younger) than|\bunder|\bbelow|\bat most|\bup to|\bnearly|\balmost|<=?|≤)(?: an?)?\s*[$€£]?$/;

/** How near a fraction in words has to be. */
const FRACTION_TOLERANCE = 0.03;
const FRACTIONS: [RegExp, number][] = [
  [
    /\bhalf(?= (?:of )?(?:the|all|them|these|those|its|our|customers|buyers|women|men|as)\b(?! (?:year|month|week|\w+ (?:less|more)|less|more|under|over|below|above|spend|spent)\b))/gi,
    0.5,
  ],
  [/\b(?:two[- ]thirds)\b/gi, 2 / 3],
  [/\b(?:three[- ]quarters)\b/gi, 0.75],
  [/\b(?:a|one)[- ]third\b/gi, 1 / 3],
  [/\b(?:a|one)[- ]quarter(?= (?:of|as)\b(?! (?:the )?(?:year|\d)))/gi, 0.25],
  [/\b(?:twice|double)(?= (?:as|the)\b)|\bdoubled\b/gi, 2],
  [/\b(?:triple|thrice)(?= (?:as|the)\b)|\btripled\b/gi, 3],
  [/\bhalved\b/gi, 0.5],
];

/**
 * Every number that a text states, in digits or in words. Citations such as [r2], ordinals and the numbers of lists are
 * none; nor are dates, which the caller takes out before.
 */
export function figuresIn(text: string): Figure[] {
  const bare = wordsAsDigits(
    text
      .replace(/\[r\d+\]/gi, " ")
      .replace(/(?<=\d)[\u00a0\u2009\u202f](?=\d{3})/g, "")
      .replace(/\b\d+(?:st|nd|rd|th)\b/gi, " ")
      .replace(/^\s*\d+[.)]\s/gm, " ")
      .replace(/\(\d\)\s/g, " ")
      .replace(/(\d)\s?[-–—]\s?(?=\d)/g, "$1 to "),
  );
  const figures: Figure[] = [];
  const add = (at: number, text: string, figure: Pick<Figure, "value" | "tolerance" | "scaled" | "unit">) => {
    const before = bare.slice(Math.max(0, at - 40), at).toLowerCase();
    const after = bare.slice(at + text.length, at + text.length + 40).toLowerCase();
    const hedge = ABOUT.test(before)
      ? "about"
      : ABOVE.test(before)
        ? "above"
        : BELOW.test(before)
          ? "below"
          : undefined;
    const sentence = bare.slice(0, at).split(/[.!?]\s|\n/).length;
    figures.push({
      text: text.trim(),
      ...figure,
      hedge,
      before,
      after: after.replace(/^[^\p{L}\d+%-]+/u, ""),
      sentence,
    });
  };
  const rest = bare.replace(
    /\b(\d) (?:in|out of) (?:every )?(\d+)\b/g,
    (whole, part: string, all: string, at: number) => {
      const ratio = Number(part) / Number(all);
      add(at, whole, { value: ratio, tolerance: FRACTION_TOLERANCE, scaled: false, unit: "ratio" });
      return " ".repeat(whole.length);
    },
  );
  for (const [pattern, value] of FRACTIONS) {
    for (const match of rest.matchAll(pattern))
      add(match.index, match[0], {
        value,
        tolerance: FRACTION_TOLERANCE * Math.max(1, value),
        scaled: false,
        unit: "ratio",
      });
  }
  for (const match of rest.matchAll(FIGURE)) {
    const [whole, sign = "", currency = "", integer = "", fraction = "", scale = "", unit = ""] = match;
    const factor = SCALES[scale.toLowerCase()] ?? 1;
    const tolerance = (0.5 * factor) / 10 ** Math.max(0, fraction.length - 1);
    add(match.index, whole, {
      value: Number(integer.replaceAll(",", "") + fraction) * factor * (sign === "" ? 1 : -1),
      tolerance,
      scaled: factor > 1,
      unit: unitOf(currency + unit.trim().toLowerCase(), rest.slice(match.index + whole.length)),
    });
  }
  return figures;
}

function unitOf(written: string, rest: string): Unit {
  if (/[$€£]|dollar|euro|pound|usd|eur|gbp|pln|zł/.test(written)) return "money";
  if (/^point|^percentage|^pp/.test(written)) return "points";
  if (/%|percent/.test(written)) return "percent";
  if (/[x×]|fold|times/.test(written)) return "ratio";
  const after = rest.toLowerCase().replace(/^[\s*_]+(?:more |other |different )?/, "");
  return PEOPLE.test(after) ? "people" : THINGS.test(after) ? "count" : "none";
}

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const LARGE: Record<string, number> = { dozen: 12, hundred: 100, thousand: 1e3, million: 1e6 };
const ONE_WORD = `(?:${[...SMALL, ...TENS].join("|")})`;
const IN_WORDS = new RegExp(
  `\\b(?:${ONE_WORD}|an?)(?:[ -](?:and )?(?:${ONE_WORD}|${Object.keys(LARGE).join("|")}))*\\b(?! ?(?:third|quarter|half|-))`,
  "gi",
);

/** "two hundred and six" as "206"; "one", "a hundred times" in passing and the like stay words. */
function wordsAsDigits(text: string): string {
  return text.replace(IN_WORDS, (whole) => {
    const words = whole
      .toLowerCase()
      .split(/[ -]+/)
      .filter((word) => word !== "and");
    if (/^(?:an?|one)$/.test(words.join(" ")) || (/^an?$/.test(words[0] ?? "") && !LARGE[words[1] ?? ""])) return whole;
    let sum = 0;
    let part = 0;
    for (const word of words) {
      const scale = LARGE[word];
      if (scale === undefined) {
        part += /^an?$/.test(word) ? 1 : SMALL.includes(word) ? SMALL.indexOf(word) : 20 + 10 * TENS.indexOf(word);
      } else if (scale >= 1_000) {
        sum += (part || 1) * scale;
        part = 0;
      } else part = (part || 1) * scale;
    }
    return String(sum + part);
  });
}
