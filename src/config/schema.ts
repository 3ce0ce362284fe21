import { z } from "zod";

/** What is known of a setting besides its type: where it may be set, and whether it must never be shown. */
export interface About {
  description: string;
  env?: string;
  flag?: string;
  secret?: boolean;
}

/** The About of each member of `configSchema`. */
export const aboutSetting = z.registry<About>();

const DEFAULT_WEIGHTS = { purchase: 3, add_to_cart: 2, view: 1 };

/** Flags and the environment bring text where the user file brings numbers. */
function fromText(value: unknown): unknown {
  return typeof value === "string" && value.trim() !== "" ? Number(value) : value;
}

function amount(rule: string, accepts: (value: number) => boolean) {
  return z.preprocess(fromText, z.number({ error: rule }).refine(accepts, { error: rule }));
}

function url(rule: string, protocols: readonly string[]) {
  return z.string({ error: rule }).refine(
    (text) => {
      const parsed = URL.canParse(text) ? new URL(text) : undefined;
      return parsed !== undefined && protocols.includes(parsed.protocol);
    },
    { error: rule },
  );
}

const postgresUrl = url("must be a URL such as postgres://user:password@host:5432/database", [
  "postgres:",
  "postgresql:",
]);
const webUrl = url("must be a URL that begins with http:// or https://", ["http:", "https:"]);
const secret = z.string({ error: "must be text" }).min(1, { error: "must not be empty" });
const path = z.string({ error: "must be a path" }).min(1, { error: "must not be empty" });

const LIMIT = 'must be a whole number of at least 1, or "all"';
const limit = z.preprocess(
  (value) => (value === "all" ? value : fromText(value)),
  z.union([z.literal("all"), z.number().int().min(1)], { error: LIMIT }),
);

const COLLECTION = "must be letters, digits, _ and -";
const COUNT = "must be a whole number of at least 1";

const WEIGHTS = 'must be event types with a number of at least 0, such as "purchase=3,view=1"';
const weights = z.preprocess(
  (value) => {
    if (typeof value !== "string") return value;
    const pairs = value.split(",").map((pair) => pair.split("=").map((part) => part.trim()));
    if (pairs.some((pair) => pair.length !== 2)) return value;
    return Object.fromEntries(pairs.map(([name, weight]) => [name, fromText(weight)]));
  },
  z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.number().min(0), { error: WEIGHTS }),
);

const NAMES = 'must be names of columns, * for any letters, such as "email,*phone*"';
const names = z.preprocess(
  (value) => (typeof value === "string" ? value.split(",").map((name) => name.trim()) : value),
  z.array(z.string().regex(/^[^\s,]+$/), { error: NAMES }),
);
const YES = "must be true or false";
const yes = z.preprocess(
  (value) => (value === "true" || value === "1" ? true : value === "false" || value === "0" ? false : value),
  z.boolean({ error: YES }),
);

/** Who somebody is, or how to reach them; what somebody is like (age, city, gender) is what questions are about. */
const PERSONAL_COLUMNS = [
  ..."first_name,middle_name,last_name,maiden_name,full_name,surname,name,customer_name,*email*,*e_mail*".split(","),
  ..."*phone*,mobile,mobile_number,fax,*address*,street,*street_*,zip,zip_code,postcode,postal_code,*birth*".split(","),
  ..."dob,ssn,*passport*,*iban*,tax_id,national_id".split(","),
];

/** Every setting with its type and default; dataDir alone has its default in `load.ts`, because XDG decides it. */
export const configSchema = z.object({
  dataDir: path.register(aboutSetting, {
    description: "Folder of the embedded database",
    env: "AUDIENCE_DATA_DIR",
    flag: "--data-dir",
  }),
  databaseUrl: postgresUrl.optional().register(aboutSetting, {
    description: "PostgreSQL server; absent: the embedded database",
    env: "DATABASE_URL",
  }),
  readerUrl: postgresUrl.optional().register(aboutSetting, {
    description: "The same server as a role that may only read; absent: DATABASE_URL",
    env: "AUDIENCE_READER_URL",
  }),
  qdrantUrl: webUrl.optional().register(aboutSetting, {
    description: "Qdrant server; absent: vectors are compared in SQL",
    env: "QDRANT_URL",
  }),
  qdrantApiKey: secret.optional().register(aboutSetting, {
    description: "Key of the Qdrant server",
    env: "QDRANT_API_KEY",
    secret: true,
  }),
  qdrantCollection: z
    .string({ error: COLLECTION })
    .regex(/^[A-Za-z0-9_-]{1,100}$/, { error: COLLECTION })
    .default("customers")
    .register(aboutSetting, {
      description: "Alias of the collection in Qdrant; databases that share a server need one each",
      env: "AUDIENCE_QDRANT_COLLECTION",
    }),
  qdrantShards: amount(COUNT, (n) => Number.isInteger(n) && n >= 1)
    .optional()
    .register(aboutSetting, {
      description: "Shards of a collection when it is built; absent: the server's default",
      env: "QDRANT_SHARDS",
    }),
  qdrantReplicas: amount(COUNT, (n) => Number.isInteger(n) && n >= 1)
    .optional()
    .register(aboutSetting, {
      description: "Copies of each shard when a collection is built; absent: the server's default",
      env: "QDRANT_REPLICATION",
    }),
  qdrantTimeoutSeconds: amount("must be a number of seconds above 0", (n) => n > 0 && n <= 3_600)
    .default(10)
    .register(aboutSetting, {
      description: "Seconds that one call of Qdrant may take; a question then goes on in SQL",
      env: "AUDIENCE_QDRANT_TIMEOUT",
    }),
  openrouterApiKey: secret.optional().register(aboutSetting, {
    description: "Key of OpenRouter, for the model planner",
    env: "OPENROUTER_API_KEY",
    secret: true,
  }),
  openaiApiKey: secret.optional().register(aboutSetting, {
    description: "Key of OpenAI or of the compatible endpoint",
    env: "OPENAI_API_KEY",
    secret: true,
  }),
  baseUrl: webUrl.optional().register(aboutSetting, {
    description: "OpenAI-compatible endpoint",
    env: "AUDIENCE_BASE_URL",
  }),
  model: z
    .string({ error: "must be a model's name" })
    .min(1, { error: "must not be empty" })
    .optional()
    .register(aboutSetting, {
      description: "Model that plans; absent: google/gemini-2.5-flash, with OpenAI's own endpoint gpt-4.1-mini",
      env: "AUDIENCE_MODEL",
    }),
  modelSilenceSeconds: amount("must be a number of seconds above 0", (n) => n > 0 && n <= 3_600)
    .default(60)
    .register(aboutSetting, {
      description: "Seconds without a sign of the model after which a call is given up",
      env: "AUDIENCE_MODEL_SILENCE",
    }),
  planner: z
    .enum(["auto", "rules", "model"], { error: "must be auto, rules or model" })
    .default("auto")
    .register(aboutSetting, {
      description: "Who reads the question: auto takes the model when there is a key, else the rules",
      env: "AUDIENCE_PLANNER",
      flag: "--planner",
    }),
  luxuryAbove: amount("must be a number of at least 0", (n) => n >= 0)
    .default(800)
    .register(aboutSetting, {
      description: "likes_luxury is true above this total_spent",
      env: "AUDIENCE_LUXURY_ABOVE",
    }),
  minScore: amount("must be a number from 0 to 1", (n) => n >= 0 && n <= 1)
    .default(0.25)
    .register(aboutSetting, {
      description: "Similarity below which an interest does not match an intent",
      env: "AUDIENCE_MIN_SCORE",
      flag: "--min-score",
    }),
  weights: weights.default(DEFAULT_WEIGHTS).register(aboutSetting, {
    description: "Weight of an event by type; types that are not named weigh 0",
    env: "AUDIENCE_WEIGHTS",
  }),
  maxCost: amount("must be a number of dollars of at least 0", (n) => n >= 0)
    .default(0.05)
    .register(aboutSetting, {
      description: "Dollars that one question may cost",
      env: "AUDIENCE_MAX_COST",
      flag: "--max-cost",
    }),
  maxCostSession: amount("must be a number of dollars of at least 0", (n) => n >= 0)
    .default(5)
    .register(aboutSetting, {
      description: "Dollars that one session, or one batch, may cost",
      env: "AUDIENCE_MAX_COST_SESSION",
      flag: "--max-cost-session",
    }),
  // Timers overflow beyond 2^31 milliseconds and would then fire at once.
  timeoutSeconds: amount("must be a number of seconds above 0, at most 2000000", (n) => n > 0 && n <= 2_000_000)
    .default(120)
    .register(aboutSetting, {
      description: "Seconds after which a question is given up",
      env: "AUDIENCE_TIMEOUT",
      flag: "--timeout",
    }),
  mask: yes.default(false).register(aboutSetting, {
    description: "Personal columns are shown as *** to you too; a language model never sees them",
    env: "AUDIENCE_MASK",
    flag: "--mask",
  }),
  personalColumns: names.default(PERSONAL_COLUMNS).register(aboutSetting, {
    description: "Columns that tell who somebody is, * for any letters",
    env: "AUDIENCE_PERSONAL_COLUMNS",
  }),
  limit: limit.default(50).register(aboutSetting, {
    description: 'Rows to show; "all" for every row',
    env: "AUDIENCE_LIMIT",
    flag: "--limit",
  }),
});

/** The settings a command runs with; an absent member means that nothing was configured. */
export type Config = z.infer<typeof configSchema>;

/** The name of a setting, as it stands in the user file. */
export type Setting = keyof Config;

/** The names of all settings, in the order in which they are shown. */
export const SETTINGS = Object.keys(configSchema.shape) as Setting[];
