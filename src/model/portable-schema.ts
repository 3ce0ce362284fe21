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

/** A tool's parameters as a JSON Schema that every provider takes: no defaults made required, nothing that Gemini refuses. */
export function portableSchema(schema: ZodType): Record<string, unknown> {
  return strip(z.toJSONSchema(schema, { io: "input" })) as Record<string, unknown>;
}

/** `names` is true where the keys are names of properties and not keywords. */
function strip(node: unknown, names = false): unknown {
  if (Array.isArray(node)) return node.map((item) => strip(item));
  if (node === null || typeof node !== "object") return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => names || !REFUSED.has(key))
      .map(([key, value]) => [key, strip(value, !names && key === "properties")]),
  );
}
