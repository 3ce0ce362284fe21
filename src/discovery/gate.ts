import { type Catalogue, findColumn } from "../criteria/catalogue.js";
import { compileCriteria } from "../criteria/compile.js";
import { sameCustomer } from "../criteria/same-customer.js";
import { type Criteria, foldCriteria } from "../criteria/schema.js";
import { unpackInts } from "../db/unpack-ints.js";
import type { Stage } from "../render/answer.js";
import type { Discovery } from "./discovery.js";

export interface GateRequest {
  criteria: Criteria;
  asOf: string;
  asOfGiven: boolean;
  signal?: AbortSignal | undefined;
}

/** Whether a column of the view customers is not the column of app.customers of the same name (ingest/views.ts). */
export function isDerived(name: string, catalogue: Catalogue): boolean {
  if (name === "age") return findColumn(catalogue, "customers", "birth_date") !== undefined;
  return name === "total_spent" || name === "likes_luxury";
}

/** The part of a statement that gives everyone inside the gate, of customers c; `keyed`: of app.customers c. */
export function gateCondition(
  { criteria, asOf, asOfGiven }: GateRequest,
  catalogue: Catalogue,
  keyed = false,
): { condition: string; params: unknown[] } {
  const params: unknown[] = [];
  return { condition: compileCriteria(criteria, { catalogue, asOf, asOfGiven, params, keyed }), params };
}

/** The surrogate keys of everyone inside the gate. */
export async function findGate(
  request: GateRequest,
  { tx, catalogue, refiner, clock }: Discovery,
): Promise<{ gate: Int32Array; stage: Stage }> {
  const start = clock();
  const derived = readsDerived(request.criteria, catalogue);
  const { condition, params } = gateCondition(request, catalogue, catalogue.keyed && !derived);
  const stageOf = (engine: string, gate: Int32Array, sql: string) => ({
    gate,
    stage: { stage: "gate" as const, engine, sql, params, rows: gate.length, ms: clock() - start },
  });
  const known = condition === "true" ? refiner.everyone?.(catalogue.version) : undefined;
  if (known) return stageOf("memory", known.keys, known.sql);
  const sql = gateSql(derived, condition, catalogue);
  const { rows } = await tx.query(sql, params, { signal: request.signal });
  return stageOf("postgres", unpackInts(rows[0]?.[0] as Uint8Array | null), sql);
}

/** The view has no keys, and to join it with its table takes as long as all the rest: only where there is no other way. */
function gateSql(derived: boolean, condition: string, catalogue: Catalogue): string {
  if (derived) {
    return `select string_agg(int4send(k.customer_key), '') from audience.customers c
join app.customers k on ${sameCustomer("c", "k", catalogue)} where ${condition}`;
  }
  const more = condition === "true" ? "" : ` and (${condition})`;
  return `select string_agg(int4send(c.customer_key), '') from app.customers c where c.in_crm${more}`;
}

function readsDerived(criteria: Criteria, catalogue: Catalogue): boolean {
  const reads = (item: Criteria) => readsDerived(item, catalogue);
  const any = (items: readonly Criteria[]) => items.some(reads);
  const no = () => false;
  return foldCriteria<boolean>(criteria, {
    ...{ all: any, any, not: reads, event: no, interest: no, engagement: no },
    attribute: ({ attribute }) => isDerived(attribute, catalogue),
  });
}
