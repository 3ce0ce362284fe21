import type { AttributeCondition, Scalar } from "../../criteria/schema.js";

/** How what is said now of an attribute stands to what was said of it before. */
export type Relation = "equal" | "inside" | "outside" | "disjoint" | "overlap";

interface Range {
  low: Scalar | undefined;
  lowIn: boolean;
  high: Scalar | undefined;
  highIn: boolean;
}

/** How the conditions of `now` (all of one attribute, all to hold) stand to those of `before`; "overlap" where it is not known. */
export function relation(before: readonly AttributeCondition[], now: readonly AttributeCondition[]): Relation {
  const [old, fresh] = [valuesOf(before), valuesOf(now)];
  if (old && fresh) return ofSets(old, fresh);
  const [from, to] = [rangeOf(before), rangeOf(now)];
  return from && to ? ofRanges(from, to) : "overlap";
}

/** The values that all conditions allow, where each of them lists values. */
function valuesOf(conditions: readonly AttributeCondition[]): Set<Scalar> | undefined {
  const sets = conditions.map(({ op, value }) =>
    op === "=" || op === "in" ? new Set([value].flat() as Scalar[]) : undefined,
  );
  const [first, ...others] = sets;
  if (!first || others.some((set) => set === undefined)) return undefined;
  return new Set([...first].filter((value) => others.every((set) => set?.has(value))));
}

function ofSets(old: Set<Scalar>, fresh: Set<Scalar>): Relation {
  const shared = [...fresh].filter((value) => old.has(value)).length;
  if (shared === 0) return "disjoint";
  if (shared === fresh.size) return shared === old.size ? "equal" : "inside";
  return shared === old.size ? "outside" : "overlap";
}

function rangeOf(conditions: readonly AttributeCondition[]): Range | undefined {
  const range: Range = { low: undefined, lowIn: true, high: undefined, highIn: true };
  const raise = (value: Scalar, included: boolean) => {
    if (range.low !== undefined && (range.low > value || (range.low === value && !range.lowIn))) return;
    range.low = value;
    range.lowIn = included;
  };
  const lower = (value: Scalar, included: boolean) => {
    if (range.high !== undefined && (range.high < value || (range.high === value && !range.highIn))) return;
    range.high = value;
    range.highIn = included;
  };
  for (const { op, value } of conditions) {
    const [first, second = first] = [value].flat() as Scalar[];
    if (first === undefined || second === undefined) return undefined;
    if (op === "between" || op === "=") {
      raise(first, true);
      lower(second, true);
    } else if (op === ">" || op === ">=") raise(first, op === ">=");
    else if (op === "<" || op === "<=") lower(first, op === "<=");
    else return undefined;
  }
  const kinds = new Set([range.low, range.high].filter((end) => end !== undefined).map((end) => typeof end));
  return kinds.size === 1 ? range : undefined;
}

function ofRanges(old: Range, fresh: Range): Relation {
  if (isEmpty(old.low, old.lowIn, fresh.high, fresh.highIn) || isEmpty(fresh.low, fresh.lowIn, old.high, old.highIn)) {
    return "disjoint";
  }
  const lowInside = notBelow(fresh, old);
  const highInside = notAbove(fresh, old);
  const lowOutside = notBelow(old, fresh);
  const highOutside = notAbove(old, fresh);
  if (lowInside && highInside) return lowOutside && highOutside ? "equal" : "inside";
  return lowOutside && highOutside ? "outside" : "overlap";
}

function isEmpty(low: Scalar | undefined, lowIn: boolean, high: Scalar | undefined, highIn: boolean): boolean {
  if (low === undefined || high === undefined) return false;
  return low > high || (low === high && !(lowIn && highIn));
}

/** Whether a begins no earlier than b. */
function notBelow(a: Range, b: Range): boolean {
  if (b.low === undefined) return true;
  if (a.low === undefined) return false;
  return a.low > b.low || (a.low === b.low && (b.lowIn || !a.lowIn));
}

/** Whether a ends no later than b. */
function notAbove(a: Range, b: Range): boolean {
  if (b.high === undefined) return true;
  if (a.high === undefined) return false;
  return a.high < b.high || (a.high === b.high && (b.highIn || !a.highIn));
}
