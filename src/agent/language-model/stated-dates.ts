import type { Facts } from "./facts.js";

const MONTHS = "january february march april may june july august september october november december".split(" ");
const NAME = `(${MONTHS.map((month) => `${month}|${month.slice(0, 3)}\\.?`).join("|")})`;
const FORMS: { pattern: RegExp; read(groups: string[]): { year: string; month: number; day: number } }[] = [
  {
    pattern: /\b(\d{4})-(\d\d)-(\d\d)(?:T[\d:.]+Z?)?/g,
    read: ([year = "", month, day]) => ({ year, month: Number(month), day: Number(day) }),
  },
  {
    pattern: new RegExp(`\\b${NAME} (\\d{1,2})(?:st|nd|rd|th)?(?!\\d|[,.]\\d)(?:,? (\\d{4}))?\\b`, "gi"),
    read: ([month = "", day, year = ""]) => ({ year, month: monthOf(month), day: Number(day) }),
  },
  {
    pattern: new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${NAME}(?:,? (\\d{4}))?\\b`, "gi"),
    read: ([day, month = "", year = ""]) => ({ year, month: monthOf(month), day: Number(day) }),
  },
];
const DAY = 86_400_000;

const YEAR = /\b((?:19|20)\d\d)(?:-\d\d)?\b(?!,?\d|\.\d)/g;
const DATED = new RegExp(
  `(?:\\b(?:in|since|until|till|during|year|before|after|through|(?:quarter|half|rest|start|end|course|beginning|spring|summer|autumn|winter) of)|\\b${NAME}|\\bq[1-4])\\s$`,
  "i",
);
const PERHAPS_DATED = /(?:\b(?:of|from|to|by|and|than|vs\.?|for)|[(,-])\s?$/i;
const COUNTED = /^ ?(?:%|\p{L})/u;

/**
 * The text without its dates, months, years and times, and those of them that nothing bears out. A day has to stand in a
 * result, in the question or in a call, be as_of or so many days, weeks or months before it as was asked for, or be the
 * first or last of a month; years and months only have to lie within the data.
 */
export function withoutDates(text: string, facts: Facts): { rest: string; unproven: string[] } {
  const unproven: string[] = [];
  let rest = text;
  const days = knownDays(facts);
  for (const { pattern, read } of FORMS) {
    rest = rest.replace(pattern, (whole: string, ...groups: unknown[]) => {
      const { year, month, day } = read(groups.slice(0, 3).map((group) => String(group ?? "")));
      const wanted = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
      const found = day > 31 || month < 1 || [...days].some((known) => known.endsWith(wanted));
      const edge = day === 1 || (day >= 28 && day === new Date(Date.UTC(Number(year) || 2023, month, 0)).getUTCDate());
      if (!found && !(edge && withinData(year, facts))) unproven.push(whole);
      return " ";
    });
  }
  rest = rest.replace(/\b\d{1,2}:\d\d(?::\d\d)?\b/g, (time) => {
    const hour = /^(\d{1,2}):00$/.exec(time)?.[1];
    if (!facts.held.includes(time) && !(hour && isHour(Number(hour), facts))) unproven.push(time);
    return " ";
  });
  rest = rest.replace(YEAR, (whole: string, year: string, at: number, all: string) => {
    const before = all.slice(0, at);
    const counts = COUNTED.test(all.slice(at + whole.length));
    if (!DATED.test(before) && (counts || !PERHAPS_DATED.test(before))) return whole;
    if (!withinData(year, facts)) unproven.push(whole);
    return " ";
  });
  return { rest, unproven };
}

/** Hours of the day in a column that is called so. */
function isHour(hour: number, { tables }: Facts): boolean {
  return tables.some((table) =>
    table?.columns.some((name, c) => name.includes("hour") && table.rows.some((row) => Number(row[c]) === hour)),
  );
}

function monthOf(name: string): number {
  return MONTHS.findIndex((month) => month.startsWith(name.toLowerCase().replace(".", ""))) + 1;
}

function withinData(year: string, { catalogue, held }: Facts): boolean {
  if (year === "" || held.includes(year)) return true;
  const { firstEventAt, lastEventAt } = catalogue;
  return year >= (firstEventAt ?? "9").slice(0, 4) && year <= (lastEventAt ?? "0").slice(0, 4);
}

/** Days that were seen, and those that lie before as_of by what was asked for. */
function knownDays({ held, asOf, conditions }: Facts): Set<string> {
  const days = new Set([...held.matchAll(/\d{4}-\d\d-\d\d/g)].map(([day]) => day));
  const from = new Date(asOf);
  if (Number.isNaN(from.getTime())) return days;
  const add = (date: Date) => {
    for (const near of [-DAY, 0, DAY]) days.add(new Date(date.getTime() + near).toISOString().slice(0, 10));
  };
  for (const value of new Set([0, ...conditions.map((condition) => condition.value)])) {
    if (!Number.isInteger(value) || value < 0 || value > 1_000) continue;
    add(new Date(from.getTime() - value * DAY));
    add(new Date(from.getTime() - value * 7 * DAY));
    const back = new Date(from);
    back.setUTCMonth(back.getUTCMonth() - value);
    add(back);
  }
  return days;
}
