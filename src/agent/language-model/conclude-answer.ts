import type { Catalogue } from "../../criteria/catalogue.js";
import { sayCriteria } from "../../criteria/say.js";
import { parseCriteria } from "../../criteria/shorthand.js";
import type { FinalAnswer, Observation } from "../../model/model.js";
import type { AnswerKind, Usage } from "../../render/answer.js";
import { CANNOT } from "./prompt.js";

interface Conclusion {
  observations: readonly Observation[];
  /** What the text states without proof. */
  objections: readonly string[];
  catalogue: Catalogue;
  llm: Usage["llm"];
  /** Calls that broke before anybody said what they cost. */
  uncounted: number;
}

/** A model's last words as an answer: the table is that of the result it names, never what the text says. */
export function concludeAnswer(
  text: string,
  { observations, objections, catalogue, llm, uncounted }: Conclusion,
): FinalAnswer {
  const refused = text.trimStart().toUpperCase().startsWith(CANNOT);
  const said = text
    .replace(/\s*\[r\d+\]/gi, "")
    .replace(/^\s*CANNOT ANSWER:\s*/i, "")
    .trim();
  const warnings = [
    ...(objections.length > 0 ? [`Not proven by any result: ${objections.join(", ")}.`] : []),
    ...(uncounted > 0 ? [`The cost lacks ${uncounted} ${uncounted === 1 ? "call" : "calls"} that broke off.`] : []),
    ...(llm.cost_usd === null ? ["The cost is unknown: neither the endpoint nor the price table states it."] : []),
  ];
  const base = { criteria: null, reading: "", llm, warnings, value: null };
  if (said === "" || refused) {
    return { ...base, kind: "refusal", answer: said || "The language model cannot answer this.", table: null };
  }
  const table = evidenceOf(text, observations);
  const observation = table === null ? undefined : observations[table];
  const { kind, value } = observation ? kindOf(observation) : { kind: "text" as const, value: null };
  return { ...base, kind, value, answer: said, table, ...(observation && readingOf(observation, catalogue)) };
}

/** The result that the text names last, else the latest that holds rows of data. */
function evidenceOf(text: string, observations: readonly Observation[]): number | null {
  const usable = (o: Observation | undefined) => o !== undefined && !o.failure && o.outcome.columns.length > 0;
  const named = [...text.matchAll(/\[r(\d+)\]/gi)].map(([, n]) => Number(n) - 1).filter((i) => usable(observations[i]));
  if (named.length > 0) return named.at(-1) ?? null;
  const latest = observations.findLastIndex((o) => usable(o) && o.call.tool !== "describe_data");
  return latest < 0 ? null : latest;
}

function kindOf({ outcome }: Observation): { kind: AnswerKind; value: number | null } {
  const { columns, rows, total } = outcome;
  if (columns.includes("customer_id")) return { kind: "customers", value: null };
  const numbers = rows[0]?.filter((cell) => typeof cell === "number") ?? [];
  if (total === 1 && rows.length === 1 && numbers.length === 1 && columns.length === 1) {
    const counts = /count|number|customers|orders|purchases|events|_n$|^n$/.test(columns[0] ?? "");
    return { kind: counts && Number.isInteger(numbers[0]) ? "count" : "number", value: numbers[0] as number };
  }
  return { kind: "table", value: null };
}

/** What was asked of the data, in words: criteria are said, a statement stands for itself. */
function readingOf({ call, outcome }: Observation, catalogue: Catalogue): Pick<FinalAnswer, "reading" | "criteria"> {
  const args = (typeof call.args === "object" ? call.args : null) as Record<string, unknown> | null;
  const intents = Array.isArray(args?.["intents"]) ? args["intents"].map(String) : [];
  const ranked = intents.length > 0 ? `ranked by interest in ${intents.map((i) => `"${i}"`).join(" and ")}` : "";
  const criteria = args?.["criteria"];
  if (criteria !== undefined || (intents.length > 0 && args?.["sql_where"] === undefined)) {
    const parsed = parseCriteria(criteria ?? {}, catalogue).criteria;
    return { criteria: parsed, reading: [sayCriteria(parsed, catalogue), ranked].filter((part) => part).join("; ") };
  }
  const sql =
    outcome.stages
      .find((stage) => stage.stage === "query")
      ?.sql?.replace(/\s+/g, " ")
      .trim() ?? "";
  return {
    criteria: null,
    reading: [sql.length > 200 ? `${sql.slice(0, 200)}...` : sql, ranked].filter((p) => p).join("; "),
  };
}
