import { type ZodType, z } from "zod";

/** Keywords that Gemini's function declarations refuse. */
const REFUSED = new Set([
  "$schema",
  "additionalProperties",
  "propertyNames",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "const",
  "default",
]);

type Node = Record<string, unknown>;

/**
 * A tool's parameters as a JSON Schema that every provider takes: no defaults made required, nothing that Gemini refuses,
 * one type a node and no null (what may be null may as well be left out).
 */
export function portableSchema(schema: ZodType): Node {
  return strip(z.toJSONSchema(schema, { io: "input" })) as Node;
}

/** `names` is true where the keys are names of properties and not keywords. */
function strip(node: unknown, names = false): unknown {
  if (Array.isArray(node)) return node.map((item) => strip(item));
  if (node === null || typeof node !== "object") return node;
  const kept = Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => names || !(REFUSED.has(key) || isBoundOfIntegers(value)))
      .map(([key, value]) => [key, strip(value, !names && key === "properties")]),
  );
  return names ? kept : oneType(kept);
}

/** zod bounds every integer by what JavaScript can count, which tells a model nothing. */
function isBoundOfIntegers(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) === Number.MAX_SAFE_INTEGER;
}

function oneType({ type, anyOf, ...rest }: Node): Node {
  const branches: Node[] = Array.isArray(type) ? type.map((type) => ({ type })) : ((anyOf as Node[]) ?? []);
  const real = branches.filter((branch) => branch["type"] !== "null");
  if (real.length === 0) return type === undefined ? rest : { type, ...rest };
  return real.length === 1 ? { ...real[0], ...rest } : { anyOf: real, ...rest };
}
