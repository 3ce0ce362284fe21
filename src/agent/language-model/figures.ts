/** A number as a text states it. */
export interface Figure {
  /** As written: "1,203", "12.5%", "$1.2k", "three". */
  text: string;
  value: number;
  /** Half a unit of the last written place: how far rounding can have moved it. */
  tolerance: number;
  percent: boolean;
}

const WORDS = new Map(
  (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen " +
    "nineteen twenty"
  )
    .split(" ")
    .map((word, i) => [word, i + 2] as const),
);
for (const [i, word] of "thirty forty fifty sixty seventy eighty ninety".split(" ").entries())
  WORDS.set(word, 30 + 10 * i);
WORDS.set("dozen", 12).set("hundred", 100).set("thousand", 1_000);

const FIGURE =
  /(?<![\p{L}\p{N}_.-])[-−]?[$€£]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?(%|percent\b|k\b|K\b|M\b|m\b|thousand\b|million\b|billion\b)?(?![\p{L}\p{N}_])/gu;
const SCALES: Record<string, number> = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, billion: 1e9 };

/** Every number that a text states, in digits or in words. Dates, times, citations such as [r2] and ordinals are none. */
export function figuresIn(text: string): Figure[] {
  const bare = text
    .replace(/\[r\d+\]/gi, " ")
    .replace(/\d{4}-\d\d(-\d\d)?(T[\d:.]+Z?)?/g, " ")
    .replace(/\b\d{1,2}:\d\d(:\d\d)?\b/g, " ")
    .replace(/\b\d+(st|nd|rd|th)\b/gi, " ")
    .replace(/^\s*\d+[.)]\s/gm, " ");
  const figures: Figure[] = [];
  for (const [whole, integer = "", fraction = "", unit = ""] of bare.matchAll(FIGURE)) {
    const scale = SCALES[unit.toLowerCase()] ?? 1;
    const negative = /^[-−]/.test(whole);
    const value = Number(integer.replaceAll(",", "") + fraction) * scale * (negative ? -1 : 1);
    const places = Math.max(0, fraction.length - 1);
    figures.push({
      text: whole.trim(),
      value,
      tolerance: (0.5 * scale) / 10 ** places,
      percent: /%|percent/.test(unit),
    });
  }
  for (const [word] of bare.matchAll(/\p{L}+/gu)) {
    const value = WORDS.get(word.toLowerCase());
    if (value !== undefined) figures.push({ text: word, value, tolerance: 0, percent: false });
  }
  return figures;
}
