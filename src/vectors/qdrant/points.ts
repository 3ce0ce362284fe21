import { type Profile, profileVector, type VectorOf } from "../profiles.js";

/** A customer as read for the index. */
export interface IndexedCustomer extends Profile {
  customer_id: string;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  country: string | null;
  age: number | null;
  total_spent: number | null;
  favorite_color: string | null;
  likes_luxury: boolean | null;
  /** At most two each, by weight. */
  primaryInterests: string[];
  preferredColors: string[];
  /** Of each phrase, in the order of phraseIds: its part of the customer's weight. */
  shares: number[];
}

/** A point of the collection: payload as in product.md, "Interests and vectors". */
export interface Point {
  /** The surrogate customer_key. */
  id: number;
  /** A customer without interests has no vectors: nobody's wish finds them. */
  vector: { interests?: number[][]; profile?: number[] };
  payload: { customer_id: string; text: string; metadata: Record<string, string | number | boolean | string[] | null> };
}

export function toPoint(customer: IndexedCustomer, vectorOf: VectorOf): Point {
  const { phraseIds, shares } = customer;
  const interests = phraseIds.map((id, i) => scaled(vectorOf(id), 0.95 + 0.05 * (shares[i] as number)));
  const profile = profileVector(customer, vectorOf);
  return {
    id: customer.customerKey,
    vector: {
      ...(interests.length > 0 && { interests }),
      ...(profile && { profile: scaled(profile, 1) }),
    },
    payload: payloadOf(customer),
  };
}

function payloadOf(customer: IndexedCustomer): Point["payload"] {
  const { customer_id, first_name, last_name, email, country, age, total_spent, favorite_color } = customer;
  return {
    customer_id,
    text: textOf(customer),
    metadata: {
      customer_id,
      first_name,
      last_name,
      email,
      country,
      age,
      total_spent,
      favorite_color,
      calculated_interests: [...customer.primaryInterests, ...customer.preferredColors],
      likes_luxury: customer.likes_luxury ?? false,
    },
  };
}

/** "Customer User1 Test1 (user1@demo.com) from PL, age 19, favorite color red. ..."; what is blank is left out. */
function textOf(customer: IndexedCustomer): string {
  const { first_name, last_name, email, country, age, total_spent, favorite_color } = customer;
  const name = [first_name, last_name].filter((part) => part !== null).join(" ") || customer.customer_id;
  const who = [
    `Customer ${name}${email === null ? "" : ` (${email})`}${country === null ? "" : ` from ${country}`}`,
    ...(age === null ? [] : [`age ${age}`]),
    ...(favorite_color === null ? [] : [`favorite color ${favorite_color}`]),
  ];
  return [
    who.join(", "),
    ...(total_spent === null ? [] : [`Total spent: ${total_spent.toFixed(2)}`]),
    ...(customer.primaryInterests.length === 0 ? [] : [`Primary interests: ${customer.primaryInterests.join(", ")}`]),
    ...(customer.preferredColors.length === 0 ? [] : [`Preferred colors: ${customer.preferredColors.join(", ")}`]),
    ...(customer.likes_luxury ? ["This customer likes luxury items"] : []),
  ]
    .map((sentence) => `${sentence}.`)
    .join(" ");
}

/** Eight decimals: what a float32 of at most 1 holds, in half the characters. */
function scaled(vector: Float32Array | Float64Array, factor: number): number[] {
  return Array.from(vector, (x) => Math.round(x * factor * 1e8) / 1e8);
}

/** About how many bytes the points take in a request. */
export function requestBytes(point: Point): number {
  const numbers = (point.vector.interests?.length ?? 0) + (point.vector.profile ? 1 : 0);
  const dimensions = point.vector.profile?.length ?? point.vector.interests?.[0]?.length ?? 0;
  // "-0.12345678," is 12 characters; letters of a payload may take several bytes.
  return numbers * dimensions * 12 + Buffer.byteLength(JSON.stringify(point.payload)) + 100;
}
