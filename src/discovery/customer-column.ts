import { type Catalogue, type Column, findColumn } from "../criteria/catalogue.js";
import { AppError } from "../lib/errors.js";
import { didYouMean } from "../lib/nearest.js";

/** A column of the view customers, with its name as a quoted identifier. Throws AppError "usage" with the nearest. */
export function customerColumn(name: string, catalogue: Catalogue): Column & { quoted: string } {
  const column = findColumn(catalogue, "customers", name);
  if (column) return { ...column, quoted: `"${name.replaceAll('"', '""')}"` };
  const names = catalogue.views.customers.columns.map((known) => known.name);
  throw new AppError("usage", `The view customers has no column ${name}.`, {
    hint: didYouMean(name, names) ?? `Its columns are ${names.join(", ")}.`,
  });
}
