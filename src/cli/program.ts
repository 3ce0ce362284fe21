import { type Argument, Command, Option } from "commander";
import { packageVersion } from "../config/package-root.js";
import type { Config } from "../config/schema.js";
import type { ViewName } from "../criteria/catalogue.js";
import { COST_GROUPS } from "../ledger/summarise.js";
import { OUTPUT_FORMATS, type OutputFormat } from "../render/output.js";
import type { CommandArgs, CommandName, Shell } from "./command-args.js";
import { asOfTime, collect, day, integer, mapping, maxRejects } from "./option-parsers.js";

const PLANNERS: readonly Config["planner"][] = ["auto", "rules", "model"];
const VIEWS: readonly ViewName[] = ["customers", "events", "interests"];
const SHELLS: readonly Shell[] = ["bash", "zsh", "fish"];

/** The options that every command takes, before or after its name; settings arrive as text for `loadConfig`. */
export interface GlobalOptions {
  output: OutputFormat;
  limit?: string;
  mask?: boolean;
  asOf?: string;
  maxCost?: string;
  maxCostSession?: string;
  timeout?: string;
  planner?: string;
  model?: string;
  continue?: boolean;
  /** Id of a session; for batch a file of answers. */
  resume?: string;
  dataDir?: string;
  verbose?: boolean;
  color: boolean;
  rawCsv?: boolean;
  bom?: boolean;
  prompt?: string;
}

/** Called with the command that was asked for. `options` are its own, already parsed. */
export type Act = <Name extends CommandName>(name: Name, args: CommandArgs[Name], minScore?: string) => void;

/** The command line: parsing calls `act` for a command, and `actWithout` when none was named. */
export function createProgram(act: Act, actWithout: (words: string[]) => void): Command {
  const program = new Command("audience")
    .description("Find customer audiences: exact answers with their evidence, with or without a language model.")
    .usage("[options] [command]")
    .argument("[words...]")
    .version(packageVersion())
    .helpCommand(true)
    .exitOverride()
    .configureHelp({
      showGlobalOptions: true,
      visibleArguments: (cmd) => (cmd.parent ? [...cmd.registeredArguments] : []),
    })
    .addOption(new Option("--output <format>", "form of the answer").choices(OUTPUT_FORMATS).default("text"))
    .option("--limit <rows>", 'rows to show, or "all" (default: 50)')
    .addOption(new Option("--as-of <date>", "answer as of a date (its end) or time, UTC").argParser(asOfTime))
    .option("--max-cost <dollars>", "most that a question may cost (default: 0.05)")
    .option("--max-cost-session <dollars>", "most that a session or batch may cost (default: 5)")
    .option("--timeout <seconds>", "give up after so long (default: 120)")
    .addOption(offering(new Option("--planner <name>", "who reads the question"), PLANNERS))
    .option("--model <name>", "language model, as its endpoint names it")
    .option("--continue", "go on with the last session")
    .option("--resume <id>", "go on with an earlier session; batch: leave out what a file of answers holds")
    .option("--data-dir <folder>", "folder of the embedded database")
    .option("--mask", "show personal columns (names, e-mail, ...) as ***")
    .option("--verbose", "show SQL and filters")
    .option("--raw-csv", "leave formulas in csv cells as they are")
    .option("--bom", "begin csv with a byte order mark, for Excel")
    .option("--no-color", "no colours")
    .addOption(new Option("-p, --prompt <question>", "the same as the command ask"));
  program.action((words: string[]) => {
    const { prompt } = program.opts<GlobalOptions>();
    if (prompt !== undefined && words.length === 0) act("ask", { question: prompt, stream: false });
    else if (words.length === 0) act("repl", {});
    else actWithout(words);
  });
  declareQuestions(program, act);
  declareSessions(program, act);
  declareData(program, act);
  declareOperations(program, act);
  return program;
}

function declareQuestions(program: Command, act: Act): void {
  program
    .command("ask")
    .description("answer one question")
    .argument("[question...]", "the question; - reads stdin")
    .option("--stream", "print each event as a line of JSON as it happens; the answer is the last")
    .action((words: string[], { stream = false }: { stream?: boolean }) => {
      const question = words.join(" ") || program.opts<GlobalOptions>().prompt;
      if (question === undefined || question.trim() === "")
        program.error('error: a question is missing\n(audience ask "How many customers bought jewelry?")');
      else act("ask", { question, stream });
    })
    .addHelpText(
      "after",
      examples('ask "which women over 40 bought jewelry in the last 60 days?"', "ask - < question.txt"),
    );
  program
    .command("batch")
    .description("answer many questions; one line of JSON an answer, in the order of the questions")
    .argument("<file>", "a question a line, or JSONL with id and question; - reads stdin")
    .option("--concurrency <n>", "questions at a time (default: 1)", integer(1))
    .action((file: string, { concurrency = 1 }: { concurrency?: number }) => {
      const { resume } = program.opts<GlobalOptions>();
      act("batch", { file, concurrency, ...(resume !== undefined && { resume }) });
    })
    .addHelpText(
      "after",
      examples(
        "batch questions.jsonl --limit all > answers.jsonl",
        "batch questions.jsonl --resume answers.jsonl >> answers.jsonl",
      ),
    );
  program
    .command("find")
    .description("run criteria, without any planner")
    .argument("<criteria.json>", "file of criteria; - reads stdin")
    .option("--intent <text>", "a wish for the vector stage; repeatable", collect)
    .option("--min-score <score>", "similarity below which an interest does not match (default: 0.25)")
    .action((file: string, options: { intent?: string[]; minScore?: string }) =>
      act("find", { file, intents: options.intent ?? [] }, options.minScore),
    )
    .addHelpText(
      "after",
      examples('find women.json --intent jewelry --intent "luxury watches"', "find - --output csv < women.json"),
    );
  program
    .command("like")
    .description("customers whose interests are most like those of given customers")
    .argument("<id...>", "ids of customers")
    .action((ids: string[]) => act("like", { ids }))
    .addHelpText("after", examples("like 123 --limit 20", "like 12 15 --output csv"));
  program
    .command("sql")
    .description("run one SELECT over the views customers, events and interests")
    .argument("<statement>", "the statement; - reads stdin")
    .action((statement: string) => act("sql", { statement }))
    .addHelpText("after", examples('sql "SELECT country, count(*) FROM customers GROUP BY country"'));
}

function declareSessions(program: Command, act: Act): void {
  program
    .command("why")
    .description("how many customers meet each condition of the last answer, or which of them one customer meets")
    .argument("[customer]", "id of a customer")
    .action((customer?: string) => act("why", { ...(customer !== undefined && { customer }) }))
    .addHelpText("after", examples("why", "why 123"));
  program
    .command("export")
    .description("write every row of the last answer to a file")
    .argument("<file>", "its name says the form: .csv, .json, .jsonl, .md or .txt")
    .option("--force", "in the place of a file that is there")
    .action((file: string, { force = false }: { force?: boolean }) => act("export", { file, force }))
    .addHelpText("after", examples("export buyers.csv", "export buyers.csv --resume 20250616-210411-3f2a1b"));
  program
    .command("save")
    .description("keep a question, or the last one asked, under a name")
    .argument("<name>")
    .argument("[question...]")
    .action((name: string, words: string[]) =>
      act("save", { name, ...(words.length > 0 && { question: words.join(" ") }) }),
    )
    .addHelpText("after", examples('save big-spenders "customers who spent more than 1000"', "save last-month"));
  program
    .command("open")
    .description("ask a saved question; without a name, list them")
    .argument("[name]")
    .action((name?: string) => act("open", { ...(name !== undefined && { name }) }));
  program
    .command("sessions")
    .description("list what was asked before")
    .action(() => act("sessions", {}));
}

function declareData(program: Command, act: Act): void {
  program
    .command("ingest")
    .description("load or add customers and events")
    .option("--crm <files...>", "customers: .csv, .csv.gz or -")
    .option("--events <files...>", "events: .csv, .csv.gz or -")
    .option("--map <column=field>", "a column's field, where its name does not say it; repeatable", mapping)
    .option("--event-type <name>", "type of every event, where the file has none")
    .option("--encoding <name>", "encoding of the files (default: utf-8)")
    .option("--null <list>", "cells that count as blank, divided by commas")
    .addOption(new Option("--date-order <order>", "how 03/04/2025 is read").choices(["dmy", "mdy"]))
    .option("--max-rejects <n|p%>", "bad rows beyond which a file fails (default: 10%)", maxRejects)
    .option("--rejects <file>", "where bad rows are written, with their reasons")
    .option("--dry-run", "read and check, change nothing")
    .option("--reindex", "build the vectors anew")
    .option("--init", "prepare a PostgreSQL server: schema, views, the role of AUDIENCE_READER_URL")
    .option("--distributed", "with --init: spread the tables over the nodes of a Citus cluster")
    .action(
      ({
        crm = [],
        events = [],
        map,
        null: nulls,
        maxRejects = { share: 0.1 },
        dryRun,
        reindex,
        init,
        distributed,
        ...rest
      }) =>
        act("ingest", {
          ...rest,
          crm,
          events,
          map: map ?? new Map(),
          ...(nulls === undefined
            ? {}
            : {
                nulls: String(nulls)
                  .split(",")
                  .map((cell) => cell.trim()),
              }),
          maxRejects,
          dryRun: dryRun === true,
          reindex: reindex === true,
          init: init === true,
          distributed: distributed === true,
        }),
    )
    .addHelpText(
      "after",
      examples(
        "ingest --crm customers.csv --events events.csv.gz",
        "ingest --events today.csv --map ts=event_time --dry-run",
        "ingest --init",
      ),
    );
  program
    .command("sample")
    .description("write a synthetic data set, the same for the same seed")
    .option("--customers <n>", "number of customers", integer(1))
    .option("--seed <n>", "seed of the generator", integer(0))
    .option("--out <folder>", "where the files are written")
    .option("--append <count>", "add so many fresh events instead", integer(1))
    .action((options: CommandArgs["sample"]) => act("sample", options))
    .addHelpText("after", examples("sample --customers 10000 --out big", "sample --append 500 --out big"));
}

function declareOperations(program: Command, act: Act): void {
  program
    .command("schema")
    .description("show the views, columns, types and values")
    .addArgument(offering(program.createArgument("[view]"), VIEWS))
    .argument("[column]")
    .action((view?: string, column?: string) =>
      act("schema", { ...(view === undefined ? {} : { view }), ...(column === undefined ? {} : { column }) }),
    )
    .addHelpText("after", examples("schema", "schema events category"));
  program
    .command("doctor")
    .description("check everything, change nothing")
    .action(() => act("doctor", {}));
  program
    .command("cost")
    .description("show what models have cost, in tokens and dollars")
    .addOption(new Option("--by <what>", "what is added up by").choices(COST_GROUPS).default("day"))
    .option("--since <date>", "from this day on, UTC", day)
    .action((options: CommandArgs["cost"]) => act("cost", options))
    .addHelpText("after", examples("cost", "cost --by model --output csv", "cost --by question --since 2025-06-01"));
  program
    .command("config")
    .description("show every setting with its origin")
    .addArgument(program.createArgument("[action]", "show").choices(["show"]))
    .action(() => act("config", {}));
  program
    .command("demo")
    .description("load the sample data and answer the sample questions")
    .action(() => act("demo", {}));
  program
    .command("completion")
    .description("print a script that completes commands, options and values at Tab")
    .addArgument(program.createArgument("<shell>").choices(SHELLS))
    .action((shell: Shell) => act("completion", { shell }))
    .addHelpText("after", examples("completion bash > ~/.local/share/bash-completion/completions/audience"));
}

/** Shown and completed, but checked where the value is used: only there is it known what is nearest, or who set it. */
function offering<Place extends Option | Argument>(place: Place, choices: readonly string[]): Place {
  place.argChoices = [...choices];
  return place;
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  audience ${line}`).join("\n")}`;
}
