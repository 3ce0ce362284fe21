import { packageVersion } from "../../config/package-root.js";
import type { Catalogue } from "../../criteria/catalogue.js";
import { asOfInWords } from "../../render/text.js";
import { inReplWords } from "./slash-commands.js";

export function title(): string {
  return `audience ${packageVersion()}`;
}

/** What to do first. */
export function headerWithoutData(): string {
  return `${title()} · no data yet
/demo loads a sample shop of 500 customers.
/ingest --crm FILE --events FILE loads your own.`;
}

/** What is loaded, as of when, which planner, and nothing more. */
export function header({ views, lastEventAt }: Catalogue, notes: readonly string[], planner: string): string {
  const count = (rows: number) => rows.toLocaleString("en-US");
  const loaded = `${count(views.customers.rows)} customers, ${count(views.events.rows)} events`;
  const asOf = asOfInWords({ as_of: lastEventAt });
  return [
    [title(), loaded, asOf.charAt(0).toLowerCase() + asOf.slice(1), planner].filter((part) => part).join(" · "),
    ...notes.map(inReplWords),
  ].join("\n");
}
