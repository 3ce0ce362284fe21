import { didYouMean } from "../lib/nearest.js";
import type { Catalogue, Column } from "./catalogue.js";
import {
  type CriteriaCheck,
  checkAttribute,
  checkNode,
  countOne,
  customerColumn,
  languageKeys,
  type Place,
} from "./check.js";
import { checkEvent, eventKeys } from "./check-event.js";
import { checkText } from "./check-value.js";
import { at, checkKeys, fail, isObject, type Raw, show } from "./fail.js";
import { type Criteria, engagementLevels } from "./schema.js";
import { genderValues, locationConditions } from "./shorthand-values.js";

/** Criteria that have been checked against the data. */
export interface ParsedCriteria {
  criteria: Criteria;
  /** Wishes for the vector stage, from the shorthand `interests`. */
  intents: string[];
  /** What is right but may not be meant: values that no row holds, with the nearest. */
  warnings: string[];
}

type Expand = (value: unknown, path: string, check: CriteriaCheck) => Criteria[];

/** Meaning of each shorthand key but `interests`. */
const shorthand: Record<string, Expand> = {
  age_range: (value, path, check) => [attribute({ attribute: "age", op: "between", value }, path, check)],
  location: (value, path, check) =>
    locationConditions(texts(value, path), path, check).map((found) => countOne(check, path, found)),
  gender: (value, path, check) => {
    if (value === "any") return [];
    const column = customerColumn("gender", path, check);
    return plain(
      column,
      typeof value === "string" || Array.isArray(value) ? genderValues(value, column) : value,
      path,
      check,
    );
  },
  purchase_history: purchaseHistory,
  last_active_days: (days, path, check) => [event({ event: "any", within: { days } }, path, check)],
  engagement_level: (value, path, check) => {
    if (value === "any") return [];
    const level = engagementLevels.find((known) => known === value);
    if (level === undefined)
      fail(path, `${show(value)} is no engagement level.`, 'Use "low", "medium", "high" or "any".');
    return [countOne(check, path, { engagement: level })];
  },
};
const shorthandNames = [...Object.keys(shorthand), "interests"];

/**
 * Checks criteria in the language, in shorthand, or in a mix of both against what the data knows; see product.md,
 * "Criteria". `{}` is everyone. Throws AppError "usage" with the path of what is wrong and the nearest known name.
 */
export function parseCriteria(input: unknown, catalogue: Catalogue): ParsedCriteria {
  const intents: string[] = [];
  const check: CriteriaCheck = {
    catalogue,
    warnings: [],
    conditions: 0,
    expand: (node, place) => expand(node, place, check, intents),
  };
  const criteria = checkNode(input, { path: "", depth: 0, required: true }, check);
  return { criteria, intents: [...new Set(intents)], warnings: [...new Set(check.warnings)] };
}

function expand(node: Raw, place: Place, check: CriteriaCheck, intents: string[]): Criteria[] {
  return Object.entries(node).flatMap(([key, value]) => {
    const path = at(place.path, key);
    if (key !== "interests") return expandKey(key, value, path, check);
    if (!place.required) fail(path, "interests cannot stand inside any or not.", "Put them at the top.");
    intents.push(...texts(value, path));
    return [];
  });
}

function expandKey(key: string, value: unknown, path: string, check: CriteriaCheck): Criteria[] {
  const meaning = Object.hasOwn(shorthand, key) ? shorthand[key] : undefined;
  if (meaning !== undefined) return meaning(value, path, check);
  const { columns } = check.catalogue.views.customers;
  const column = columns.find((c) => c.name === key);
  if (column !== undefined) return plain(column, value, path, check);
  if (eventKeys.includes(key)) {
    fail(path, `${key} belongs to an event condition.`, `Write {"event": ..., "${key}": ...}.`);
  }
  const near = didYouMean(key, [...columns.map((c) => c.name), ...shorthandNames, ...languageKeys]);
  const hint = `Shorthand: ${shorthandNames.join(", ")}; language: ${languageKeys.join(", ")}; or an attribute.`;
  fail(path, `unknown attribute or key ${show(key)}.`, near ?? hint);
}

/** `{attribute: value}`: a value, [lower, upper] of numbers and dates, [values] of text, or {op, value}. */
function plain(column: Column, value: unknown, path: string, check: CriteriaCheck): Criteria[] {
  const attributeName = column.name;
  if (isObject(value)) {
    checkKeys(value, ["op", "value"], path);
    return [attribute({ attribute: attributeName, ...value }, path, check)];
  }
  const list = column.type === "text" || column.type === "boolean" ? "in" : "between";
  return [attribute({ attribute: attributeName, op: Array.isArray(value) ? list : "=", value }, path, check)];
}

function purchaseHistory(value: unknown, path: string, check: CriteriaCheck): Criteria[] {
  const keys = ["min_purchases", "max_purchases", "total_spent_min", "total_spent_max"];
  if (!isObject(value)) fail(path, `expected an object, not ${show(value)}.`, `Keys: ${keys.join(", ")}.`);
  checkKeys(value, keys, path);
  if (Object.keys(value).length === 0) fail(path, "purchase_history is empty.", `Keys: ${keys.join(", ")}.`);
  const found: Criteria[] = [];
  const count = range(value["min_purchases"], value["max_purchases"]);
  if (count !== undefined) found.push(event({ event: "purchase", count }, path, check));
  const spent = range(value["total_spent_min"], value["total_spent_max"]);
  if (spent !== undefined) found.push(attribute({ attribute: "total_spent", ...spent }, path, check));
  return found;
}

function range(low: unknown, high: unknown): { op: string; value: unknown } | undefined {
  if (low !== undefined && high !== undefined) return { op: "between", value: [low, high] };
  if (low !== undefined) return { op: ">=", value: low };
  return high === undefined ? undefined : { op: "<=", value: high };
}

function attribute(raw: Raw, path: string, check: CriteriaCheck): Criteria {
  return countOne(check, path, checkAttribute(raw, path, check));
}

function event(raw: Raw, path: string, check: CriteriaCheck): Criteria {
  return countOne(check, path, checkEvent(raw, path, check));
}

/** One text or a list of texts, without surrounding spaces. */
function texts(value: unknown, path: string): string[] {
  if (!Array.isArray(value)) return [checkText(value, path)];
  if (value.length === 0) fail(path, "the list is empty.", "Leave it out, or give at least one.");
  return value.map((item, i) => checkText(item, at(path, i)));
}
