import { checkTree } from "./guard/check-tree.js";
import { parseStatement } from "./guard/parse-statement.js";

/**
 * Checks that a text is one SELECT over the views, built of nothing but the allowed parts (guard/): the second layer of
 * the SQL path, in front of a role that could do nothing else either (jail.ts). Gives the statement without what
 * surrounds it. Throws AppError "query" that says what is not allowed, and with a hint how to say it otherwise.
 */
export async function checkStatement(input: string): Promise<string> {
  const { text, node } = await parseStatement(input);
  checkTree(node);
  return text;
}
