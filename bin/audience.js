#!/usr/bin/env node
process.env.NODE_ENV = "production";
const { main } = await import("../dist/src/cli/main.js");
process.exitCode = await main(process.argv);
