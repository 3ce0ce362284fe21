import { type Catalogue, findColumn } from "../criteria/catalogue.js";
import { compileCriteria, compileEventKeys } from "../criteria/compile.js";
import { sameCustomer } from "../criteria/same-customer.js";
import { type Criteria, type EventCondition, foldCriteria } from "../criteria/schema.js";
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
  const stageOf = (engine: string, gate: Int32Array, sql: string, params: unknown[]) => ({
    gate,
    stage: { stage: "gate" as const, engine, sql, params, rows: gate.length, ms: clock() - start },
  });
  const statement = (catalogue.keyed && eventsAlone(request, catalogue)) || gateStatement(request, catalogue);
  const known = statement.everyone ? refiner.everyone?.(catalogue.version) : undefined;
  if (known) return stageOf("memory", known.keys, known.sql, []);
  const { sql, params } = statement;
  const { rows } = await tx.query(sql, params, { signal: request.signal });
  return stageOf("postgres", unpackInts(rows[0]?.[0] as Uint8Array | null), sql, params);
}

interface GateStatement {
  /** Gives the keys as bytes (int4send). */
  sql: string;
  params: unknown[];
  /** Whether the gate is open. */
  everyone: boolean;
}

/**
 * Where one condition on events is all, it is not looked for beside each customer: those that only events know, few or
 * none, are taken from those that it finds.
 */
function eventsAlone({ criteria, asOf, asOfGiven }: GateRequest, catalogue: Catalogue): GateStatement | null {
  const only = (items: readonly Criteria[]) => (items.length === 1 ? find(items[0] as Criteria) : null);
  const none = () => null;
  const find = (item: Criteria): EventCondition | null =>
    foldCriteria<EventCondition | null>(item, {
      ...{ all: only, any: only, not: none, attribute: none, interest: none, engagement: none },
      event: (condition) => condition,
    });
  const condition = find(criteria);
  const params: unknown[] = [];
  const keys = condition && compileEventKeys(condition, { catalogue, asOf, asOfGiven, params, keyed: true });
  if (keys === null) return null;
  const sql = `select string_agg(int4send(g.customer_key), '') from (${keys}) g
where not exists (select 1 from app.customers c where c.customer_key = g.customer_key and not c.in_crm)`;
  return { sql, params, everyone: false };
}

/** The view has no keys, and to join it with its table takes as long as all the rest: only where there is no other way. */
function gateStatement(request: GateRequest, catalogue: Catalogue): GateStatement {
  const derived = readsDerived(request.criteria, catalogue);
  const { condition, params } = gateCondition(request, catalogue, catalogue.keyed && !derived);
  const everyone = condition === "true";
  if (derived) {
    const sql = `select string_agg(int4send(k.customer_key), '') from audience.customers c
join app.customers k on ${sameCustomer("c", "k", catalogue)} where ${condition}`;
    return { sql, params, everyone };
  }
  const more = everyone ? "" : ` and (${condition})`;
  const sql = `select string_agg(int4send(c.customer_key), '') from app.customers c where c.in_crm${more}`;
  return { sql, params, everyone };
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
