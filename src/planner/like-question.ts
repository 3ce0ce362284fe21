import { readNumber } from "./numbers.js";
import { customersWord, figure, type Plan } from "./plan.js";
import type { Query } from "./query.js";
import { LEADS, type Reading } from "./reading.js";

type LookAlikes = Extract<Query, { kind: "look-alikes" }>;

/** "customers like 123", "20 customers similar to customers 12 and 15", "look-alikes of 123", "who is most like customer 7" */
export function readLike(reading: Reading): LookAlikes | undefined {
  const { cursor, vocabulary } = reading;
  cursor.take(...LEADS, "who is", "who are", "which", "find me", "get me", "suggest");
  cursor.take("the", "all", "our", "some");
  const said = cursor.take("top");
  const top = cursor.attempt(() => readTop(reading));
  if (said && top === undefined) return undefined;
  const alike =
    cursor.take("look alike of", "look alike for", "look alike to", "lookalike of", "lookalike for", "lookalike to") ||
    readAlike(reading, cursor.phrase(vocabulary.customers) !== undefined || reading.cursor.pos > 0);
  const ids = alike ? readIdList(reading) : undefined;
  return ids && { kind: "look-alikes", ids, top };
}

function readTop({ cursor }: Reading): number | undefined {
  const number = readNumber(cursor);
  return number && Number.isInteger(number.value) && number.value >= 1 && !number.money && !number.percent
    ? number.value
    : undefined;
}

/** "(customers) who are most similar to" */
function readAlike({ cursor }: Reading, customers: boolean): boolean {
  cursor.take("who are", "that are", "who is", "which are", "are", "is");
  cursor.take("most", "very", "more");
  return (
    customers &&
    cursor.take("similar to", "like", "alike", "resembling", "resemble", "comparable to", "comparable with")
  );
}

/** "123", "customer 12 and 15", "customers 12, 15 and 18", "\"C-12\"" */
function readIdList({ cursor }: Reading): string[] | undefined {
  const ids: string[] = [];
  for (;;) {
    cursor.take("customer", "user", "client", "household", "the customer");
    cursor.take("with the id", "with id", "id", "number", "no");
    cursor.mark("#");
    const token = cursor.peek();
    const isId = token?.kind === "quote" || /^\w*\d\w*$/.test(token?.text ?? "");
    if (!token || !isId) return undefined;
    ids.push(token.text);
    cursor.advance();
    const comma = cursor.mark(",");
    if (!cursor.take("and", "or") && !comma) return ids;
  }
}

/** The tool call for look-alikes, and the words around it. */
export function composeLike({ ids, top }: LookAlikes): Plan {
  const who = `${customersWord(ids.length)} ${ids.join(", ")}`;
  return {
    call: { tool: "similar_customers", args: { customer_ids: ids, ...(top !== undefined && { limit: top }) } },
    reading: `customers by how much their interests are like those of ${who}${top === undefined ? "" : `; first ${top}`}`,
    criteria: null,
    tell: ({ rows, total }) => ({
      kind: "customers",
      value: null,
      answer: `The ${figure(rows.length)} of ${figure(total)} customers most like ${who}.`,
    }),
  };
}
