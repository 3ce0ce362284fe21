// The data sets of the bench: customers, and the days of events that make about so many of them.
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { appendEvents, sampleCustomers, sampleEvents } from "../../dist/ingest/sample-data.js";

export const SIZES = {
  small: { customers: 6_000, days: 180, about: "6,000 customers, 150,000 events" },
  medium: { customers: 100_000, days: 56, about: "100,000 customers, 1 million events" },
  large: { customers: 500_000, days: 56, about: "500,000 customers, 5 million events" },
};

async function write(path, lines) {
  if (existsSync(path)) return;
  const file = createWriteStream(`${path}.new`);
  let held = "";
  for (const line of lines) {
    held += `${line}\n`;
    if (held.length < 1_000_000) continue;
    if (!file.write(held)) await once(file, "drain");
    held = "";
  }
  file.end(held);
  await once(file, "finish");
  renameSync(`${path}.new`, path);
}

/** Writes a data set once, the same on every machine; without bad rows, which \copy would refuse. */
export async function dataSet(folder, size) {
  const { customers, days } = SIZES[size];
  const options = { customers, days, dirt: false };
  const at = (name) => join(folder, `${size}-${name}.csv`);
  mkdirSync(folder, { recursive: true });
  await write(at("crm"), sampleCustomers(options));
  await write(at("events"), sampleEvents(options));
  const after = new Date("2025-06-30T20:00:00Z");
  await write(at("fresh"), appendEvents({ ...options, after, firstEventId: 100_000_000, count: 1000 }));
  return { crm: at("crm"), events: at("events"), fresh: at("fresh") };
}
