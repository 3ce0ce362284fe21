import type { Catalogue } from "./catalogue.js";

/** SQL that two rows are of one customer: by the key as well where the tables are distributed by it. */
export function sameCustomer(a: string, b: string, { distributed }: Catalogue): string {
  const id = `${a}.customer_id = ${b}.customer_id`;
  return distributed ? `${id} and ${a}.customer_key = ${b}.customer_key` : id;
}

/** What `sameCustomer` needs of a subquery's rows, for SELECT and GROUP BY. */
export function customerColumns(alias: string, { distributed }: Catalogue): string {
  return `${alias}.customer_id${distributed ? `, ${alias}.customer_key` : ""}`;
}
