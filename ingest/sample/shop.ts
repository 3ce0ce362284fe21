import { readFileSync } from "node:fs";
import { z } from "zod";
import { packagePath } from "../../src/config/package-root.js";
import { csvLine, money } from "./csv-line.js";
import { type Weighted, weigh } from "./random.js";

const shopSchema = z.object({
  /** Color -> how often it is liked. */
  colors: z.record(z.string(), z.number().positive()),
  categories: z.array(
    z.object({
      name: z.string(),
      /** How often the category is liked; times `women` for women. */
      weight: z.number().positive(),
      women: z.number().positive(),
      /** Whether luxury buyers favour it. */
      luxury: z.boolean(),
      colors: z.array(z.string()).min(1),
      subcategories: z.array(
        z.object({ name: z.string(), products: z.array(z.object({ name: z.string(), price: z.number().positive() })) }),
      ),
    }),
  ),
});

export interface Product {
  id: string;
  name: string;
  category: string;
  subcategory: string;
  /** Price of one piece in cents. */
  cents: number;
  /** The same as "12.34". */
  price: string;
  /** id, name, category and subcategory as fields of a CSV line. */
  csv: string;
}

export interface Category {
  name: string;
  weight: number;
  women: number;
  luxury: boolean;
  colors: Weighted<string>;
  /** Products by subcategory, cheapest first. */
  subcategories: readonly { name: string; products: readonly Product[] }[];
}

export interface Shop {
  colors: Weighted<string>;
  categories: readonly Category[];
  /** Categories as often as the public at large looks at them. */
  popular: Weighted<Category>;
  /** Categories as often as a customer favours them. */
  tastes: Record<"F" | "M", Record<"luxury" | "ordinary", Weighted<Category>>>;
}

let shop: Shop | undefined;

/** The fashion shop of the sample data (data/catalog/sample-shop.json), read once. */
export function sampleShop(): Shop {
  shop ??= build(
    shopSchema.parse(JSON.parse(readFileSync(packagePath("data", "catalog", "sample-shop.json"), "utf8"))),
  );
  return shop;
}

function build(data: z.output<typeof shopSchema>): Shop {
  const liked = (color: string) => data.colors[color] ?? 1;
  const categories = data.categories.map((category, c): Category => {
    let number = 100 * (c + 1);
    const subcategories = category.subcategories.map(({ name, products }) => ({
      name,
      products: products
        .map((p) => product(`P${++number}`, p.name, category.name, name, Math.round(p.price * 100)))
        .sort((a, b) => a.cents - b.cents),
    }));
    return { ...category, colors: palette(category.colors, liked), subcategories };
  });
  const tastes = (women: (c: Category) => number) => ({
    ordinary: weigh(categories, (c) => c.weight * women(c)),
    luxury: weigh(categories, (c) => c.weight * women(c) * (c.luxury ? 2 : 0.3)),
  });
  return {
    colors: weigh(Object.keys(data.colors), liked),
    categories,
    popular: weigh(categories, (c) => c.weight),
    tastes: { F: tastes((c) => c.women), M: tastes((c) => 1 / c.women) },
  };
}

function product(id: string, name: string, category: string, subcategory: string, cents: number): Product {
  const csv = csvLine([id, name, category, subcategory]);
  return { id, name, category, subcategory, cents, price: money(cents), csv };
}

/** The colors of a category are listed with the most usual first. */
function palette(colors: readonly string[], liked: (color: string) => number): Weighted<string> {
  return weigh(colors, (color) => Math.sqrt(liked(color)) / (colors.indexOf(color) + 1));
}
