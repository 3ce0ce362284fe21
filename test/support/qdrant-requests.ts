import { existsSync, readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { packagePath } from "../../src/config/package-root.js";

/** What Qdrant 1.18.2 publishes about its REST interface; beside the repository, not in it. */
const DESCRIPTION = packagePath("..", "shared", "qdrant", "openapi-1.18.2.json");

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Json }[];
  requestBody?: { content: { "application/json": { schema: Json } } };
  responses: Record<string, { content?: { "application/json"?: { schema: Json } } }>;
}

/** Checks requests and answers against the published description. */
export interface Requests {
  /** What is wrong with a request; undefined where nothing is. */
  wrongIn(method: string, path: string, query: URLSearchParams, body: unknown): string | undefined;
  /** What is wrong with an answer of the stand-in itself. */
  wrongInAnswer(method: string, path: string, answer: unknown): string | undefined;
}

/** Undefined, with a note, where the description is not there. */
export function loadRequests(): Requests | undefined {
  if (!existsSync(DESCRIPTION)) {
    process.stderr.write(`Not checked: requests to Qdrant, as ${DESCRIPTION} is not there.\n`);
    return undefined;
  }
  const description = strict(JSON.parse(readFileSync(DESCRIPTION, "utf8"))) as {
    paths: Record<string, Record<string, Operation>>;
    components: Json;
  };
  const ajv = new Ajv({ strict: false, coerceTypes: false });
  formats.default(ajv);
  for (const format of ["uint", "uint8", "uint16", "uint32", "uint64"]) {
    ajv.addFormat(format, { type: "number", validate: (n: number) => Number.isInteger(n) && n >= 0 });
  }
  ajv.addSchema({ $id: "qdrant", components: description.components });
  const validators = new Map<Json, ValidateFunction>();
  const wrong = (schema: Json, value: unknown): string | undefined => {
    const validate = validators.get(schema) ?? ajv.compile(inQdrant(schema) as Json);
    validators.set(schema, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  };
  const find = (method: string, path: string) => {
    // A path without parameters before one with: /collections/aliases is no collection.
    const paths = Object.keys(description.paths).sort((a, b) => Number(a.includes("{")) - Number(b.includes("{")));
    for (const known of paths) {
      const operation = description.paths[known]?.[method.toLowerCase()];
      const pattern = new RegExp(`^${known.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
      if (operation && pattern.test(path)) return operation;
    }
    return undefined;
  };
  return {
    wrongIn(method, path, query, body) {
      const operation = find(method, path);
      if (!operation) return `there is no ${method} ${path}`;
      const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
      for (const [name, text] of query) {
        const parameter = parameters.find((known) => known.name === name);
        if (!parameter) return `${operation.operationId} has no parameter ${name}`;
        const value = /^(true|false|\d+)$/.test(text) ? JSON.parse(text) : text;
        const error = wrong(parameter.schema, value);
        if (error) return `${name}: ${error}`;
      }
      const schema = operation.requestBody?.content["application/json"].schema;
      if (!schema) return body === undefined ? undefined : `${operation.operationId} takes no body`;
      return wrong(schema, body);
    },
    wrongInAnswer(method, path, answer) {
      const schema = find(method, path)?.responses["200"]?.content?.["application/json"]?.schema;
      return schema && wrong(schema, answer);
    },
  };
}

/**
 * OpenAPI 3.0 as JSON Schema: nullable becomes a type of its own. Stricter than the server, which ignores what it does not
 * know: a member that an object does not name is an error, since it would be a misspelling. Repeated ids are looked for by
 * the stand-in: ajv compares each with each.
 */
function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, uniqueItems: _, example: _example, ...rest } = node as Json;
  const schema = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, strict(value)]));
  if (schema["type"] === "object" && schema["properties"] && schema["additionalProperties"] === undefined) {
    schema["additionalProperties"] = false;
  }
  if (nullable !== true) return schema;
  return Object.keys(schema).some((key) => key !== "description" && key !== "default")
    ? { anyOf: [schema, { type: "null" }] }
    : { type: "null" };
}

/** References from the place where a schema is compiled on its own. */
function inQdrant(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(inQdrant);
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name,
      name === "$ref" && typeof value === "string" ? value.replace(/^#/, "qdrant#") : inQdrant(value),
    ]),
  );
}
