import type { IncomingHttpHeaders } from "node:http";

interface ToolCallPart {
  id: string;
  type: string;
  function: { name: string; arguments: string };
}

export interface ChatMessage {
  role: string;
  content: string | null;
  tool_call_id?: string;
  tool_calls?: ToolCallPart[];
  [field: string]: unknown;
}

/** A request as the scripted model got it. */
export interface ChatRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: {
    model?: string;
    messages?: ChatMessage[];
    tools?: { type: string; function: { name: string; description: string; parameters: Record<string, unknown> } }[];
    tool_choice?: string;
    stream?: boolean;
    stream_options?: { include_usage?: boolean };
    [field: string]: unknown;
  };
  messages: ChatMessage[];
}

/** The results that the model was given since it last spoke, parsed. */
export function resultsIn({ messages }: ChatRequest): Record<string, unknown>[] {
  const spoke = messages.findLastIndex(({ role }) => role === "assistant");
  return messages
    .slice(spoke + 1)
    .filter(({ role }) => role === "tool")
    .map(({ content }) => JSON.parse(content ?? "{}") as Record<string, unknown>);
}

/** The first cell of a result, as a text for an answer. */
export function cellOf(result: Record<string, unknown> | undefined, row = 0, column = 0): string {
  return String((result?.["rows"] as unknown[][] | undefined)?.[row]?.[column]);
}

/** What a strict endpoint would refuse about a request: empty for a good one. */
export function problemsOf({ path, headers, body }: ChatRequest): string[] {
  return [
    ...(path === "/v1/chat/completions" ? [] : [`path ${path}`]),
    ...(/^Bearer \S+$/.test(headers.authorization ?? "") ? [] : ["no bearer"]),
    ...(typeof body.model === "string" && body.model !== "" ? [] : ["no model"]),
    ...(body.stream === true && body.stream_options?.include_usage === true ? [] : ["usage is not asked for"]),
    ...messageProblems(body.messages ?? []),
    ...(body.tools ?? []).flatMap(({ function: { name, parameters } }) => schemaProblems(parameters, name)),
  ];
}

/** Each tool message answers a call of the assistant message right before it; each call is answered once. */
function messageProblems(messages: readonly ChatMessage[]): string[] {
  const problems: string[] = [];
  let open = new Set<string>();
  messages.forEach((message, i) => {
    const { role, content, tool_calls: calls = [], tool_call_id: id = "" } = message;
    if (role === "tool") {
      if (!open.delete(id)) problems.push(`message ${i}: a result for no open call (${id})`);
      if (typeof content !== "string" || content === "") problems.push(`message ${i}: an empty result`);
      return;
    }
    if (open.size > 0) problems.push(`message ${i}: ${[...open].join()} not answered`);
    open = new Set(calls.map((call) => call.id));
    if (open.size !== calls.length) problems.push(`message ${i}: two calls of one id`);
    if (!["system", "user", "assistant"].includes(role)) problems.push(`message ${i}: role ${role}`);
    if ((role === "system") !== (i === 0)) problems.push(`message ${i}: system message out of place`);
    if (role !== "assistant" && (typeof content !== "string" || content === "")) problems.push(`message ${i}: empty`);
    if (role === "assistant" && calls.length === 0 && !content) problems.push(`message ${i}: says nothing`);
    for (const call of calls) {
      if (!isObject(call.function.arguments)) problems.push(`message ${i}: arguments are no JSON object`);
    }
  });
  if (open.size > 0) problems.push("the last calls are not answered");
  if (messages.length === 0 || messages.at(-1)?.role === "assistant") problems.push("nothing to answer");
  return problems;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Keywords beyond the OpenAPI subset that Gemini takes. */
const KEYWORDS = new Set(
  "type format title description nullable enum items minItems maxItems properties required minimum maximum minLength maxLength pattern anyOf".split(
    " ",
  ),
);

function schemaProblems(schema: unknown, path: string): string[] {
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) return [`${path}: no schema`];
  const node = schema as Record<string, unknown>;
  const list = (name: string) => Object.entries((node[name] ?? {}) as Record<string, unknown>);
  return [
    ...Object.keys(node)
      .filter((key) => !KEYWORDS.has(key))
      .map((key) => `${path}: ${key}`),
    ...(Array.isArray(node["type"]) ? [`${path}: several types`] : []),
    ...(node["type"] === undefined && node["anyOf"] === undefined ? [`${path}: no type`] : []),
    ...(node["type"] === "null" ? [`${path}: type null`] : []),
    ...(node["type"] === "array" && node["items"] === undefined ? [`${path}: array of anything`] : []),
    ...list("properties").flatMap(([name, inner]) => schemaProblems(inner, `${path}.${name}`)),
    ...list("anyOf").flatMap(([name, inner]) => schemaProblems(inner, `${path}|${name}`)),
    ...(node["items"] === undefined ? [] : schemaProblems(node["items"], `${path}[]`)),
  ];
}
