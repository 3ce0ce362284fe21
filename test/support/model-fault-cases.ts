import type { Failure, Reply } from "./model-server.js";

/** A fault of the endpoint that ends the question. */
interface FaultCase {
  fault: string;
  scene: Reply | Failure;
  /** Settings of the question. */
  with?: { silenceSeconds: number };
  /** Requests until it gives up. */
  requests: number;
  exit: number;
  message: RegExp;
  hint: RegExp;
}

const page = "<html><body>Sign in</body></html>";
/** What the endpoint does, how often it is asked again, and what the user is told. */
export const FATAL_FAULTS: readonly FaultCase[] = [
  {
    fault: "401",
    scene: { status: 401, body: { error: { message: "No auth" } } },
    requests: 1,
    exit: 2,
    message: /does not accept the key \(401\)/,
    hint: /OPENROUTER_API_KEY/,
  },
  {
    fault: "403",
    scene: { status: 403 },
    requests: 1,
    exit: 2,
    message: /refuses this key or model \(403\): failed\./,
    hint: /OPENAI_API_KEY/,
  },
  {
    fault: "402",
    scene: { status: 402 },
    requests: 1,
    exit: 1,
    message: /no credit left \(402\)/,
    hint: /--planner rules/,
  },
  {
    fault: "404",
    scene: { status: 404, body: { error: { message: "No endpoints found" } } },
    requests: 1,
    exit: 2,
    message: /\(404\): No endpoints found\./,
    hint: /AUDIENCE_MODEL/,
  },
  {
    fault: "400",
    scene: { status: 400, body: { error: { message: "tools are not supported" } } },
    requests: 1,
    exit: 1,
    message: /refused the call \(400\): tools are not supported\./,
    hint: /tools/,
  },
  {
    fault: "429 that asks for too long a wait",
    scene: { status: 429, headers: { "retry-after": "120" } },
    requests: 1,
    exit: 3,
    message: /\(429\); it asks to wait 120 s/,
    hint: /--planner rules/,
  },
  {
    fault: "429 with a date far away",
    scene: { status: 429, headers: { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() } },
    requests: 1,
    exit: 3,
    message: /it asks to wait 3[56]\d\d s/,
    hint: /Wait/,
  },
  {
    fault: "429 again and again",
    scene: { status: 429, headers: { "retry-after": "0" } },
    requests: 3,
    exit: 3,
    message: /\(429\)/,
    hint: /Wait/,
  },
  {
    fault: "503 that asks for an hour",
    scene: { status: 503, headers: { "retry-after": "3600" } },
    requests: 1,
    exit: 3,
    message: /failed \(503\)/,
    hint: /later/,
  },
  {
    fault: "500 again and again",
    scene: { status: 500, headers: { "retry-after": "0" } },
    requests: 3,
    exit: 3,
    message: /failed \(500\): failed\./,
    hint: /later/,
  },
  {
    fault: "a cut stream",
    scene: { content: ["One", "two"], after: 1, ends: "cut" },
    requests: 3,
    exit: 3,
    message: /ended its answer in the middle/,
    hint: /Ask again/,
  },
  {
    fault: "a stream cut before anything was said",
    scene: { content: "One", after: 0, ends: "cut" },
    requests: 3,
    exit: 3,
    message: /in the middle|cannot be reached/,
    hint: /./,
  },
  {
    fault: "no finish reason",
    scene: { content: "One", finish: null },
    requests: 3,
    exit: 3,
    message: /ended its answer in the middle/,
    hint: /Ask again/,
  },
  {
    fault: "an error in the stream",
    scene: { content: "One", after: 1, ends: { error: { code: 502, message: "Upstream down" } } },
    requests: 3,
    exit: 3,
    message: /failed \(502\): Upstream down\./,
    hint: /later/,
  },
  {
    fault: "402 in the stream",
    scene: { content: "One", after: 0, ends: { error: { code: 402, message: "Insufficient credits" } } },
    requests: 1,
    exit: 1,
    message: /no credit left/,
    hint: /./,
  },
  {
    fault: "silence",
    scene: { content: "One", after: 1, ends: "silence" },
    with: { silenceSeconds: 0.1 },
    requests: 2,
    exit: 4,
    message: /said nothing for 0\.1 s/,
    hint: /AUDIENCE_MODEL_SILENCE/,
  },
  {
    fault: "an empty answer",
    scene: { content: "" },
    requests: 2,
    exit: 1,
    message: /gave no answer \(finish reason stop\)/,
    hint: /AUDIENCE_MODEL/,
  },
  {
    fault: "a filtered answer",
    scene: { content: "", finish: "content_filter" },
    requests: 2,
    exit: 1,
    message: /finish reason content_filter/,
    hint: /./,
  },
  {
    fault: "a page",
    scene: { status: 200, body: page },
    requests: 1,
    exit: 3,
    message: /answered something that is no completion/,
    hint: /\/v1/,
  },
  {
    fault: "JSON that is no completion",
    scene: { status: 200, body: { ok: true } },
    requests: 1,
    exit: 3,
    message: /no completion/,
    hint: /AUDIENCE_BASE_URL/,
  },
  {
    fault: "an error as an answer",
    scene: { status: 200, body: { error: { code: 401, message: "bad" } } },
    requests: 1,
    exit: 2,
    message: /does not accept the key/,
    hint: /./,
  },
  {
    fault: "a prompt that is too long, with nothing to leave out",
    scene: { status: 400, body: { error: { message: "This endpoint's maximum context length is 1000 tokens." } } },
    requests: 1,
    exit: 1,
    message: /longer than the model takes/,
    hint: /less at a time/,
  },
];
