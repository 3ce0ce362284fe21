import { z } from "zod";
import { findColumn } from "../../criteria/catalogue.js";
import { AppError } from "../../lib/errors.js";
import { didYouMean } from "../../lib/nearest.js";
import type { Cell } from "../../render/answer.js";
import type { Tool } from "../tool.js";

const parameters = z.object({
  customer_ids: z.array(z.string()).min(1).max(10_000),
  columns: z.array(z.string()).optional().describe("Columns of customers; all of them when left out."),
});

/** Full records of customers by id. */
export const sqlDataRetriever: Tool<z.output<typeof parameters>> = {
  name: "sql_data_retriever",
  description:
    "Full records of customers whose ids are known, from the question or from an earlier result; with `columns` only those.",
  parameters,
  async run({ customer_ids, columns }, { db, catalogue, limit, signal, clock }) {
    const names = catalogue.views.customers.columns.map((column) => column.name);
    for (const name of columns ?? []) {
      if (findColumn(catalogue, "customers", name)) continue;
      throw new AppError("usage", `The view customers has no column ${name}.`, { hint: didYouMean(name, names) });
    }
    const shown = [...new Set(["customer_id", ...(columns ?? names)])];
    const sql = `select ${shown.map((name) => `"${name}"`).join(", ")} from audience.customers c
join unnest($1::text[]) with ordinality wanted (id, place) on wanted.id = c.customer_id order by wanted.place`;
    const start = clock();
    const { rows } = await db.query(sql, [customer_ids], { signal });
    const found = new Set(rows.map((row) => row[0]));
    const missing = customer_ids.filter((id) => !found.has(id));
    const kept = limit === null ? rows : rows.slice(0, limit);
    return {
      columns: shown,
      rows: kept as Cell[][],
      total: rows.length,
      truncated: kept.length < rows.length,
      stages: [
        { stage: "query", engine: "postgres", sql, params: [customer_ids], rows: rows.length, ms: clock() - start },
      ],
      warnings: missing.length > 0 ? [`No customer has the id ${missing.slice(0, 10).join(", ")}.`] : [],
      embeddingTokens: 0,
    };
  },
};
