import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { AppError } from "../lib/errors.js";

/** The text of stdin. */
async function readStdin(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** An argument that is a text, or "-" for stdin. */
export async function textArgument(argument: string, stdin: Readable): Promise<string> {
  return argument === "-" ? (await readStdin(stdin)).trim() : argument;
}

/** JSON from a file, or from stdin for "-". Throws AppError "usage" that says where it is wrong. */
export async function jsonArgument(file: string, stdin: Readable): Promise<unknown> {
  const name = file === "-" ? "stdin" : file;
  let text: string;
  try {
    text = file === "-" ? await readStdin(stdin) : await readFile(file, "utf8");
  } catch (cause) {
    throw new AppError("usage", `${name} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new AppError("usage", `${name} is not JSON: ${(cause as Error).message}.`, {
      hint: 'Criteria look like {"all": [{"attribute": "age", "op": ">", "value": 30}]}.',
      cause,
    });
  }
}
