import { packagePath } from "../../config/package-root.js";
import { renderAnswer } from "../../render/render-answer.js";
import { demoDirectory } from "../../runtime.js";
import { createAsker, toolContext } from "../answering.js";
import type { CommandContext } from "../context.js";
import { withRuntime } from "../with-runtime.js";
import { writeOut } from "../write-out.js";
import { runIngest } from "./ingest.js";

const QUESTIONS = [
  "How many customers bought red socks in the last 60 days?",
  "Suggest customers for a luxury red-themed fashion campaign.",
  "Find users who bought socks and are interested in high-end lifestyle.",
];

const SHOWN = 5;

/**
 * `audience demo`: loads the sample data into a folder of its own, so that it never mixes with anybody's customers, and
 * answers the sample questions. Always embedded and by rules: it needs no server, key or network.
 */
export async function run(_args: Record<string, never>, given: CommandContext): Promise<number> {
  const { databaseUrl: _server, readerUrl: _reader, qdrantUrl: _vectors, ...config } = given.config;
  const dataDir = demoDirectory(config.dataDir);
  const context: CommandContext = { ...given, config: { ...config, dataDir, limit: SHOWN, planner: "rules" } };
  await writeOut(context.stderr, "Loading the sample data: 500 customers of a fashion shop.\n");
  const summary = await runIngest(
    {
      crm: [packagePath("data", "sample", "crm.csv")],
      events: [packagePath("data", "sample", "clickstream.csv")],
      map: new Map(),
      maxRejects: { share: 0.1 },
      dryRun: false,
      reindex: false,
    },
    context,
  );
  const { customers, events } = summary.totals;
  await writeOut(context.stderr, `Loaded ${customers} customers and ${events} events into ${dataDir}.\n\n`);
  await withRuntime("demo", context, async (runtime) => {
    const catalogue = await runtime.catalogue();
    const asker = await createAsker(runtime, catalogue, context);
    const tools = toolContext(runtime, catalogue, context);
    for (const question of QUESTIONS) {
      const answer = await asker(question, tools);
      const title = context.output === "text" || context.output === "md" ? `> ${question}\n\n` : "";
      await writeOut(context.stdout, `${title}${renderAnswer(answer, context.output, context.render)}${title && "\n"}`);
    }
  });
  await writeOut(
    context.stderr,
    'Ask your own: npx audience ask "how many women bought jewelry last month?"\n' +
      "Load your own: npx audience ingest --crm customers.csv --events events.csv\n",
  );
  return 0;
}
