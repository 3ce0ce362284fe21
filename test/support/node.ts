/**
 * How tests start Node (vitest.config.ts starts its own workers so too): WebAssembly is compiled again, for speed, only
 * where it runs for long. Most tests ask Postgres a few small questions, and that compiler took half of the processors.
 */
export const NODE_FLAGS = ["--wasm-tiering-budget=200000000"];

/** The binary as words of a shell. */
export const SHELL_NODE = [process.execPath, ...NODE_FLAGS].map((word) => `"${word}"`).join(" ");
