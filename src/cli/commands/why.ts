import type { RecordedTurn } from "../../agent/recorded-sessions.js";
import type { ToolContext } from "../../agent/tool.js";
import { runTool } from "../../agent/tools/tools.js";
import { sayCriteria } from "../../criteria/say.js";
import type { Criteria } from "../../criteria/schema.js";
import { parseCriteria } from "../../criteria/shorthand.js";
import { AppError } from "../../lib/errors.js";
import type { Cell, Reason } from "../../render/answer.js";
import { renderRows } from "../../render/render-rows.js";
import { toolContext } from "../answering.js";
import type { WhyArgs } from "../command-args.js";
import type { CommandContext } from "../context.js";
import { lastTurn } from "../recorded.js";
import { createSettled } from "../settled.js";
import { withRuntime } from "../with-runtime.js";
import { writeOut } from "../write-out.js";

/** `audience why`: how many customers meet each condition of the last answer, or which of them one customer meets. */
export async function run({ customer }: WhyArgs, context: CommandContext): Promise<number> {
  const turn = lastTurn(context);
  const { columns, rows, head } = await withRuntime("why", context, (runtime) => {
    const settled = createSettled(runtime, async (catalogue) => toolContext(runtime, catalogue, context));
    return settled((tools) => explain(turn, customer, { ...tools, asOf: turn.answer.as_of ?? tools.asOf }), {
      signal: context.signal,
    });
  });
  if (context.output === "text") await writeOut(context.stdout, `${head}\n`);
  if (rows.length > 0 || context.output !== "text") {
    const gap = context.output === "text" ? "\n" : "";
    await writeOut(context.stdout, `${gap}${renderRows(columns, rows, context.output, context.render)}`);
  }
  return 0;
}

interface Explanation {
  head: string;
  columns: string[];
  rows: Cell[][];
}

async function explain(turn: RecordedTurn, customer: string | undefined, tools: ToolContext): Promise<Explanation> {
  const { answer } = turn;
  const head = `"${turn.question}" was read as: ${answer.reading || "nothing that could be answered"}`;
  if (!isOfCustomers(answer.criteria)) {
    if (customer === undefined) return { head, columns: ["condition", "customers"], rows: [] };
    throw new AppError("usage", "The last answer has no conditions that a customer could meet.", {
      hint: "Ask for customers, then why one of them is in the list or is not.",
    });
  }
  const conditions = conditionsOf(answer.criteria, tools);
  const intents = intentsOf(turn);
  if (customer !== undefined) return explainCustomer(customer, { conditions, intents }, tools);
  const rows: Cell[][] = [];
  for (const condition of conditions)
    rows.push([sayCriteria(condition, tools.catalogue), (await find(condition, [], tools)).total]);
  if (conditions.length > 1) rows.push(["all of these", (await find({ all: [...conditions] }, [], tools)).total]);
  for (const intent of intents)
    rows.push([`an interest close to "${intent}"`, (await find({ all: [] }, [intent], tools)).total]);
  return { head, columns: ["condition", "customers"], rows };
}

async function explainCustomer(
  id: string,
  { conditions, intents }: { conditions: readonly Criteria[]; intents: readonly string[] },
  tools: ToolContext,
): Promise<Explanation> {
  const self: Criteria = { attribute: "customer_id", op: "=", value: id };
  if ((await find(self, [], tools)).total === 0)
    throw new AppError("usage", `There is no customer ${JSON.stringify(id)}.`);
  const rows: Cell[][] = [];
  let inside = true;
  for (const condition of conditions) {
    const found = await find({ all: [self, condition] }, [], tools);
    inside &&= found.total === 1;
    rows.push([sayCriteria(condition, tools.catalogue), found.total === 1, evidence(found, condition)]);
  }
  for (const intent of intents) {
    const found = await find(self, [intent], tools);
    inside &&= found.total === 1;
    rows.push([`an interest close to "${intent}"`, found.total === 1, evidence(found)]);
  }
  const head = inside
    ? `Customer ${id} meets every condition of the last answer.`
    : `Customer ${id} does not meet every condition of the last answer.`;
  return { head, columns: ["condition", "met", "evidence"], rows };
}

/** Whether an answer says which customers it is about; one about events, or of several questions, says something else. */
function isOfCustomers(criteria: unknown): boolean {
  if (Array.isArray(criteria)) return false;
  return typeof criteria === "object" && criteria !== null && !["kind", "of", "parts"].some((key) => key in criteria);
}

/** The conditions that must hold together. Throws AppError "usage" where the answer has none. */
function conditionsOf(criteria: unknown, tools: ToolContext): readonly Criteria[] {
  if (criteria === null || criteria === undefined) return [];
  const parsed = parseCriteria(criteria, tools.catalogue).criteria;
  if ("all" in parsed) return parsed.all;
  return Object.keys(parsed).length === 0 ? [] : [parsed];
}

function intentsOf({ answer }: RecordedTurn): readonly string[] {
  const step = answer.table === undefined ? undefined : answer.steps[answer.table];
  const intents = (step?.args as { intents?: unknown } | null)?.intents;
  return Array.isArray(intents) ? intents.filter((intent) => typeof intent === "string") : [];
}

function find(criteria: Criteria, intents: readonly string[], tools: ToolContext) {
  return runTool({ tool: "hybrid_discovery", args: { criteria, intents, limit: 1 } }, tools);
}

/** What of the customer's record says so: matched interests, counts of events. */
function evidence({ columns, rows }: Awaited<ReturnType<typeof find>>, condition?: Criteria): string {
  const [row] = rows;
  if (!row) return "";
  const why = row[columns.indexOf("why")] as Reason | null | undefined;
  const parts = [
    ...(why?.interests ?? []).map(({ interest, similarity }) => `${interest} ${similarity.toFixed(2)}`),
    ...(why?.evidence ?? []).map(({ count, last }) => `${count}×${last === null ? "" : `, last ${last.slice(0, 10)}`}`),
  ];
  if (parts.length > 0) return parts.join("; ");
  const name = condition && "attribute" in condition ? condition.attribute : undefined;
  const value = name === undefined ? undefined : row[columns.indexOf(name)];
  return value === undefined || value === null ? "" : String(value);
}
