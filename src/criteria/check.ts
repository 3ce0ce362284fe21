import { didYouMean } from "../lib/nearest.js";
import { type Column, findColumn } from "./catalogue.js";
import { checkEvent } from "./check-event.js";
import { type Checking, checkNumberTest, checkTest, checkText, warnOfText } from "./check-value.js";
import { at, checkKeys, fail, failUnknown, isObject, type Raw, show } from "./fail.js";
import type { AttributeCondition, InterestCondition, NumberTest } from "./schema.js";
import { type Criteria, type Dimension, dimensions, engagementLevels } from "./schema.js";

const maxDepth = 20;
const maxConditions = 1_000;
const groups = ["all", "any", "not"] as const;

/** The keys by which a form of the language is known. */
export const languageKeys = [...groups, "attribute", "event", "interest", "engagement"];

/** Where a node stands. `required`: every customer of the answer must meet it (no `any` or `not` above). */
export interface Place {
  path: string;
  depth: number;
  required: boolean;
}

/** The state of one check; `expand` reads the keys that are not of the language (shorthand). */
export interface CriteriaCheck extends Checking {
  conditions: number;
  expand(node: Raw, place: Place): Criteria[];
}

/** Checks one node of the language, with shorthand keys beside or instead of it. */
export function checkNode(raw: unknown, place: Place, check: CriteriaCheck): Criteria {
  const { path, depth } = place;
  if (!isObject(raw)) fail(path, `expected a condition, not ${show(raw)}.`, "A condition is a JSON object.");
  if (depth > maxDepth) fail(path, `nested deeper than ${maxDepth} levels.`);
  if ("attribute" in raw) return countOne(check, path, checkAttribute(raw, path, check));
  if ("event" in raw) return countOne(check, path, checkEvent(raw, path, check));
  if ("interest" in raw) return countOne(check, path, checkInterest(raw, path, check));
  if ("engagement" in raw) return countOne(check, path, checkEngagement(raw, path));
  const group = groups.filter((key) => key in raw);
  if (group.length > 1) {
    fail(path, `${group.join(" and ")} stand in one object.`, 'Write {"all": [{"any": [...]}, {"not": {...}}]}.');
  }
  const [key] = group;
  const others = Object.fromEntries(Object.entries(raw).filter(([name]) => name !== key));
  const items = key === undefined ? [] : checkGroup(key, raw[key], place, check);
  if (Object.keys(others).length > 0) items.push(...check.expand(others, place));
  else if (key === undefined && depth > 0) fail(path, "the condition is empty.");
  return items.length === 1 ? items[0]! : items.length === 0 ? {} : { all: items };
}

/** Checks an attribute condition. */
export function checkAttribute(raw: Raw, path: string, checking: Checking): AttributeCondition {
  checkKeys(raw, ["attribute", "op", "value"], path, 'To combine conditions use {"all": [...]}.');
  const column = customerColumn(raw["attribute"], at(path, "attribute"), checking);
  const places = { opPath: at(path, "op"), valuePath: at(path, "value") };
  const test = checkTest({ op: raw["op"], value: raw["value"], ...places }, column, "customers", checking);
  return { attribute: column.name, ...test };
}

/** Counts a condition towards the limit. */
export function countOne<T>(check: CriteriaCheck, path: string, condition: T): T {
  check.conditions += 1;
  if (check.conditions > maxConditions) {
    fail(path, `more than ${maxConditions.toLocaleString("en")} conditions.`, "Use in with a list of values.");
  }
  return condition;
}

/** The column of customers, or an error that says where the name does occur or what is near. */
export function customerColumn(name: unknown, path: string, { catalogue }: Checking): Column {
  const column = typeof name === "string" ? findColumn(catalogue, "customers", name) : undefined;
  if (column !== undefined) return column;
  const names = catalogue.views.customers.columns.map((c) => c.name);
  if (typeof name === "string" && findColumn(catalogue, "events", name) !== undefined) {
    const use = `It is a column of events: use {"event": "any", "where": {${show(name)}: ...}}.`;
    const near = didYouMean(name, names);
    fail(path, `unknown attribute ${show(name)}.`, near === undefined ? use : `${use} ${near}`);
  }
  failUnknown(path, "attribute", name, names);
}

function checkGroup(key: "all" | "any" | "not", raw: unknown, place: Place, check: CriteriaCheck): Criteria[] {
  const path = at(place.path, key);
  const inside = { depth: place.depth + 1, required: place.required && key === "all" };
  if (key === "not") {
    const item = checkNode(raw, { path, ...inside }, check);
    if (Object.keys(item).length === 0) fail(path, "not of everyone is nobody.");
    return [{ not: item }];
  }
  if (!Array.isArray(raw)) fail(path, `expected a list of conditions, not ${show(raw)}.`);
  if (raw.length === 0) fail(path, "the list is empty.", key === "all" ? "{} stands for everyone." : undefined);
  const items = raw.map((item, i) => checkNode(item, { path: at(path, i), ...inside }, check));
  // Shorthand without a condition ({"gender": "any"}) is everyone: nothing in all, everything in any.
  if (key === "all") return items.filter((item) => Object.keys(item).length > 0);
  if (items.length === 1) return items;
  return items.some((item) => Object.keys(item).length === 0) ? [] : [{ any: items }];
}

function checkInterest(raw: Raw, path: string, checking: Checking): InterestCondition {
  checkKeys(raw, ["interest", "value", "share", "weight"], path, 'To combine conditions use {"all": [...]}.');
  const interest = raw["interest"];
  if (!isDimension(interest)) failUnknown(at(path, "interest"), "interest", interest, dimensions);
  const valuePath = at(path, "value");
  const written = raw["value"];
  if (Array.isArray(written) && written.length === 0) fail(valuePath, "an empty list matches nobody.");
  const value = Array.isArray(written)
    ? written.map((item, i) => checkText(item, at(valuePath, i)))
    : checkText(written, valuePath);
  const column = findColumn(checking.catalogue, "events", interest === "product" ? "product_name" : interest);
  if (column) for (const text of [value].flat()) warnOfText(text, column, "events", checking);
  const condition: InterestCondition = { interest, value };
  if (raw["share"] !== undefined) condition.share = checkShare(raw["share"], at(path, "share"));
  if (raw["weight"] !== undefined) condition.weight = checkNumberTest(raw["weight"], at(path, "weight"));
  return condition;
}

function checkShare(raw: unknown, path: string): NumberTest {
  const test = checkNumberTest(raw, path);
  if ([test.value].flat().some((share) => share < 0 || share > 1)) {
    fail(at(path, "value"), "a share is between 0 and 1.", "Write 0.3 for 30%.");
  }
  return test;
}

function checkEngagement(raw: Raw, path: string): Criteria {
  checkKeys(raw, ["engagement"], path, 'To combine conditions use {"all": [...]}.');
  const level = engagementLevels.find((known) => known === raw["engagement"]);
  if (level === undefined) failUnknown(at(path, "engagement"), "engagement level", raw["engagement"], engagementLevels);
  return { engagement: level };
}

const isDimension = (name: unknown): name is Dimension => dimensions.some((known) => known === name);
