import type { Catalogue } from "../../criteria/catalogue.js";
import type { Word, Words } from "../../repl/editor/completion.js";
import { SLASH_COMMANDS } from "./slash-commands.js";

/** Values of one column that are offered. */
const MOST_VALUES = 5_000;
/** A longer value is a text, not a word. */
const LONGEST = 60;

/** What can be completed: slash commands with what may follow them, columns, stored values. */
export function completionWords(catalogue: Catalogue | undefined, named: { open: string[]; resume: string[] }): Words {
  const views = catalogue ? Object.keys(catalogue.views) : [];
  const values: Record<string, readonly string[]> = {
    ...named,
    schema: views,
    planner: ["auto", "rules", "model"],
    verbose: ["on", "off"],
    "as-of": ["newest"],
  };
  return {
    commands: SLASH_COMMANDS.map(({ name, usage, description }) => ({
      text: `/${name}`,
      note: usage ? `${usage}  ${description}` : description,
      values: values[name],
    })),
    data: catalogue ? dataWords(catalogue) : [],
  };
}

/** Columns first, then values, each as it is asked for: total spent, not total_spent. */
function dataWords({ views }: Catalogue): Word[] {
  const found = new Map<string, Word>();
  const add = (text: string, note: string) => {
    const key = text.toLowerCase();
    if (text.length > 1 && text.length <= LONGEST && !found.has(key)) found.set(key, { text, note });
  };
  for (const [view, { columns }] of Object.entries(views)) {
    if (view === "interests") continue;
    for (const { name, type } of columns) add(name.replaceAll("_", " "), `${view}.${name}, ${type}`);
  }
  for (const [view, { columns }] of Object.entries(views)) {
    for (const { name, type, values } of columns) {
      if (type !== "text" || !values) continue;
      for (const { value } of values.slice(0, MOST_VALUES)) add(value, `${view}.${name}`);
    }
  }
  return [...found.values()];
}
