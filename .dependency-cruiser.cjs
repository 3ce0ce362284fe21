// Who may import whom; the order is the one in which data flows. A room may import the rooms on its left and itself.
const layers = [
  ["lib"],
  ["config"],
  ["db", "vectors", "embed", "ledger", "render", "criteria"],
  ["sql", "discovery", "model"],
  ["planner"],
  ["agent"],
  ["runtime"],
  ["repl", "ingest"],
  ["cli"],
];
const path = (room) => (room === "ingest" ? "^ingest/" : room === "runtime" ? "^src/runtime\\.ts$" : `^src/${room}/`);
/** All that imports llamaindex or openai. */
const LANGUAGE_MODEL = "^src/(agent/language-model|model/openai)/";
const forbidden = [];
layers.forEach((rooms, level) => {
  const later = layers.slice(level + 1).flat();
  for (const room of rooms) {
    const beside = rooms.filter((r) => r !== room && !(room === "vectors" && r === "db"));
    if (later.length + beside.length === 0) continue; // an empty list would match every import
    forbidden.push({
      name: `${room}-imports-upwards`,
      severity: "error",
      from: { path: path(room) },
      to: { path: [...later, ...beside].map(path) },
    });
  }
});
module.exports = {
  forbidden: [
    ...forbidden,
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "ink-only-in-repl",
      severity: "error",
      from: { path: "^(src|ingest)/", pathNot: "^src/repl/" },
      to: { path: "node_modules/(ink|react)/" },
    },
    {
      // llamaindex takes a second to import: only a question to a language model pays for it.
      name: "language-model-statically-only-by-itself",
      severity: "error",
      from: { path: "^(src|ingest|bin)/", pathNot: LANGUAGE_MODEL },
      to: { path: LANGUAGE_MODEL, dynamic: false, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "language-model-dynamically-only-by-runtime",
      severity: "error",
      from: { path: "^(src|ingest|bin)/", pathNot: "^src/runtime\\.ts$" },
      to: { path: LANGUAGE_MODEL, dynamic: true },
    },
    {
      name: "llamaindex-and-openai-only-in-the-language-model",
      severity: "error",
      from: { path: "^(src|ingest|bin)/", pathNot: LANGUAGE_MODEL },
      to: { path: "node_modules/(llamaindex|@llamaindex|openai)/" },
    },
    {
      name: "one-room-a-database-driver",
      severity: "error",
      from: { path: "^(src|ingest)/", pathNot: "^src/db/" },
      to: { path: "node_modules/(pg|pg-copy-streams|@electric-sql)/" },
    },
    {
      name: "qdrant-only-in-vectors",
      severity: "error",
      from: { path: "^(src|ingest)/", pathNot: "^src/vectors/" },
      to: { path: "node_modules/@qdrant/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.test\\.ts$" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".js"] },
  },
};
