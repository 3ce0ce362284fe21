import { readAudience } from "../audience.js";
import { AudienceDraft, finishAudience } from "../audience-draft.js";
import { readGroupCut, readGroupings, readStatistic } from "../dimensions.js";
import { readColumns } from "../list-question.js";
import { readAverage, readCounted, readRevenue } from "../measures.js";
import { readNumber } from "../numbers.js";
import type { Query } from "../query.js";
import { filledColumn, problem, type Reading } from "../reading.js";
import { readColumn, readNumericColumn } from "../values.js";
import type { Change } from "./change.js";

const COUNT = [
  "how many are there",
  "how many is that",
  "how many is it",
  "how many are that",
  "how many are they",
  "how many were there",
  "how many of them are there",
  "how many of them",
  "how many",
  "count them",
  "count those",
  "their number",
];

const NAMES = [
  "list them",
  "list those",
  "list these",
  "show me them",
  "show them to me",
  "show them",
  "show those",
  "who are they",
  "who are those",
  "who are these",
  "which ones",
];

const SPLIT = [
  "break it down",
  "break that down",
  "break them down",
  "break this down",
  "show me that",
  "show that",
  "show it",
  "show them",
  "show this",
  "split it",
  "split that",
  "split them",
  "split this",
  "group it",
  "group them",
  "show me",
  "show",
  "that",
  "it",
  "them",
  "this",
];

/** "who?", and nothing more. */
function readWho({ cursor }: Reading): boolean {
  return cursor.tokens.length === 1 && cursor.take("who");
}

/** How the same is to be told: "how many", "list them", "their emails", "as a share", "top 5", "the average age". */
export function readShape(reading: Reading, query: Query): Change | undefined {
  return (
    readShare(reading) ??
    readSpent(reading) ??
    readStatisticOf(reading, query) ??
    readColumnsOf(reading) ??
    readOrder(reading) ??
    readTop(reading) ??
    (reading.cursor.take(...COUNT) ? { kind: "count" } : undefined) ??
    (reading.cursor.take(...NAMES) || readWho(reading) ? { kind: "names" } : undefined)
  );
}

export function readGroupsOf(reading: Reading): Change | undefined {
  reading.cursor.take(...SPLIT);
  const by = readGroupings(reading);
  return by && { kind: "grouping", groups: { by, ...readGroupCut(reading) } };
}

function readShare(reading: Reading): Change | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const said =
      cursor.take(
        "what percentage is that",
        "what percent is that",
        "what share is that",
        "as a percentage",
        "as percentage",
        "as a percent",
        "as percent",
        "as a share",
        "as share",
        "as a proportion",
        "as a fraction",
        "in percentage",
        "in percent",
      ) || cursor.attempt(() => cursor.take("in", "as a", "as") && cursor.mark("%"));
    if (!said) return undefined;
    if (!cursor.take("of", "out of", "among")) return { kind: "share", of: undefined };
    if (cursor.take("all", "everyone", "everybody") && cursor.done) return { kind: "share", of: {} };
    const draft = new AudienceDraft();
    const audience = readAudience(reading, draft) ? finishAudience(reading, draft) : undefined;
    return audience?.intents.length === 0 && cursor.done ? { kind: "share", of: audience.criteria } : undefined;
  });
}

/** "what did they spend on average" */
function readSpent(reading: Reading): Change | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (!cursor.take("how much money", "how much", "what") || !cursor.take("did", "do", "have")) return undefined;
    if (!cursor.take("they spend", "those spend", "these spend") || !filledColumn(reading, "total_spent"))
      return undefined;
    const average = cursor.take("on average", "each on average", "per person", "per customer");
    return { kind: "statistic", statistic: average ? "avg" : "sum", column: "total_spent", spending: true };
  });
}

/** "the average age", "their median total spent" */
function readStatisticOf(reading: Reading, query: Query): Change | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take("what is", "what was", "show me", "show");
    cursor.take("the", "their");
    const statistic = readStatistic(reading);
    // "and the median?" of the same column
    const averaged = query.kind === "statistic" || query.kind === "groups" ? query.column : undefined;
    const column = statistic && (readNumericColumn(reading) || (cursor.done ? averaged : undefined));
    if (!statistic || !column) return undefined;
    return { kind: "statistic", statistic, column, spending: false };
  });
}

/** "show their emails", "with their email and city" */
function readColumnsOf(reading: Reading): Change | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    const asked = cursor.take("show me", "give me", "show", "list", "get", "with", "include", "including");
    if (!cursor.sees("their")) return undefined;
    const start = cursor.pos;
    const columns = readColumns(reading);
    // "their revenue": of each, or of all together?
    const figure = !asked && columns?.some((name) => isNumber(reading, name));
    if (figure) {
      const words = cursor.textOf(start + 1, cursor.pos);
      return problem(reading, `It is not clear whether the ${words} of each is meant, or a figure of all.`, [
        `show their ${words}`,
        `their total ${words}`,
        `their average ${words}`,
      ]);
    }
    return columns && { kind: "columns", columns };
  });
}

function isNumber({ catalogue }: Reading, name: string): boolean {
  const column = catalogue.views.customers.columns.find((one) => one.name === name);
  return column !== undefined && /^(integer|bigint|numeric)$/.test(column.type);
}

/** "sorted by total spent", "highest first" */
function readOrder(reading: Reading): Change | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    if (cursor.take("highest first", "from highest to lowest")) return { kind: "ranked" };
    if (
      !cursor.take(
        "sort them by",
        "order them by",
        "rank them by",
        "sorted by",
        "ordered by",
        "ranked by",
        "sort by",
        "order by",
        "rank by",
      )
    )
      return undefined;
    cursor.take("the", "their", "number of");
    const column = readOrdered(reading);
    const ascending = cursor.take("ascending", "lowest first");
    cursor.take("descending", "highest first");
    return column ? { kind: "order", column, descending: !ascending } : undefined;
  });
}

function readOrdered(reading: Reading): string | undefined {
  return readColumn(reading, "customers", ({ column }) => column.filled > 0 && column.type !== "text")?.column.name;
}

/** "top 5", "the first 10", "top 5 by total spent" */
function readTop(reading: Reading): Change | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take("show me", "show");
    if (!cursor.take("the top", "top", "the first", "first")) return undefined;
    const number = readNumber(cursor);
    if (!number || !Number.isInteger(number.value) || number.value < 1 || number.money || number.percent)
      return undefined;
    cursor.take("only");
    if (!cursor.take("by")) return { kind: "top", top: number.value, column: undefined };
    cursor.take("the", "their", "number of");
    const column = readOrdered(reading);
    return column ? { kind: "top", top: number.value, column } : undefined;
  });
}

/** "the number of orders", "average order value": another measure of events. */
export function readMeasureOf(reading: Reading): Change | undefined {
  const { cursor } = reading;
  return cursor.attempt(() => {
    cursor.take("the");
    const counted = cursor.take("number of", "how many", "count of");
    const measure = counted
      ? readCounted(reading)
      : (readRevenue(reading) ?? readAverage(reading) ?? readCounted(reading));
    return measure && { kind: "measure", measure };
  });
}
