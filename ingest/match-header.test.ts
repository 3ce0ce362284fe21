import { describe, expect, it } from "vitest";
import { AppError } from "../src/lib/errors.js";
import { mapsOf, rejectUnusedMaps } from "./column-maps.js";
import { type FileKind, knownFields } from "./known-fields.js";
import { type ColumnMapping, matchHeader } from "./match-header.js";
import { normaliseHeader } from "./normalise-header.js";

function match(kind: FileKind, header: string, options: { sample?: string[][]; maps?: Record<string, string> } = {}) {
  return matchHeader(kind, header.split(","), options.sample ?? [], new Map(Object.entries(options.maps ?? {})));
}

/** column -> field of the known ones. */
function fields(mappings: readonly ColumnMapping[]): Record<string, string> {
  return Object.fromEntries(mappings.filter((m) => m.field !== null).map((m) => [m.column, m.field as string]));
}

function foreign(mappings: readonly ColumnMapping[]): string[] {
  return mappings.filter((m) => m.field === null).map((m) => m.name);
}

function failure(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

describe("the catalogue of fields", () => {
  it.each(["crm", "events"] as const)("has each name once (%s)", (kind) => {
    const names = knownFields(kind).flatMap((f) =>
      [f.name, ...f.synonyms.flat(), ...f.weak.flat()].map(normaliseHeader),
    );
    expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
  });

  it("describes each field", () => {
    for (const kind of ["crm", "events"] as const) {
      for (const field of knownFields(kind)) expect(field.comment, field.name).toMatch(/^[A-Z].+\.$/);
    }
  });
});

describe("real headers", () => {
  it("retail-demo and online-retail", () => {
    const crm = match(
      "crm",
      "customer_id,first_name,last_name,email,country,city,age,gender,signup_date,favourite_colour_derived,total_spent,n_orders,state,zipcode,address1,username,source_file",
    );
    expect(fields(crm)["favourite_colour_derived"]).toBe("favorite_color");
    expect(foreign(crm)).toEqual(["n_orders", "state", "zipcode", "address1", "username", "source_file"]);
    const events = match(
      "events",
      "event_id,customer_id,event_type,timestamp,product_id,product_name,category,subcategory,colour,price,quantity,order_or_session_id,discount,orig_event_type,orig_timestamp",
    );
    expect(fields(events)).toMatchObject({ colour: "color", timestamp: "event_time", event_id: "event_id" });
    expect(foreign(events)).toEqual(["order_or_session_id", "discount", "orig_event_type", "orig_timestamp"]);
    const online = match("events", "event_id,customer_id,event_type,timestamp,product_id,country,orig_customer_id");
    expect(foreign(online)).toEqual(["country", "orig_customer_id"]);
  });

  it("UCI Online Retail", () => {
    const result = match("events", "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
    expect(fields(result)).toEqual({
      InvoiceNo: "order_id",
      StockCode: "product_id",
      Description: "product_name",
      Quantity: "quantity",
      InvoiceDate: "event_time",
      UnitPrice: "price",
      CustomerID: "customer_id",
    });
    expect(foreign(result)).toEqual(["country"]);
    expect(fields(match("events", "Invoice,StockCode,InvoiceDate,Price,Customer ID"))).toMatchObject({
      Invoice: "order_id",
      "Customer ID": "customer_id",
    });
  });

  it("AdventureWorks: the order date wins over due and ship dates", () => {
    const result = match(
      "events",
      "ProductKey,OrderDateKey,DueDateKey,ShipDateKey,CustomerKey,SalesOrderNumber,SalesOrderLineNumber,OrderQuantity,UnitPrice,ExtendedAmount,ProductStandardCost,SalesAmount,TaxAmt,Freight,DueDate,ShipDate,OrderDate,EnglishProductName,EnglishProductSubcategoryName,EnglishProductCategoryName,Color",
    );
    expect(fields(result)).toEqual({
      ProductKey: "product_id",
      CustomerKey: "customer_id",
      SalesOrderNumber: "order_id",
      OrderQuantity: "quantity",
      UnitPrice: "price",
      SalesAmount: "amount",
      OrderDate: "event_time",
      EnglishProductName: "product_name",
      EnglishProductSubcategoryName: "subcategory",
      EnglishProductCategoryName: "category",
      Color: "color",
    });
    expect(foreign(result)).toEqual(
      expect.arrayContaining(["due_date", "ship_date", "extended_amount", "order_date_key", "product_standard_cost"]),
    );
    // A column of the file's own cannot take the name that the surrogate key has.
    const crm = match(
      "crm",
      "CustomerKey,CustomerAlternateKey,FirstName,LastName,BirthDate,Gender,EmailAddress,YearlyIncome,DateFirstPurchase",
    );
    expect(fields(crm)).toMatchObject({ CustomerKey: "customer_id", BirthDate: "birth_date", EmailAddress: "email" });
    expect(foreign(crm)).toEqual(["customer_alternate_key", "yearly_income", "date_first_purchase"]);
  });

  it("RetailRocket", () => {
    const sample = [["1433221332117", "257597", "view", "355908", ""]];
    expect(fields(match("events", "timestamp,visitorid,event,itemid,transactionid", { sample }))).toEqual({
      timestamp: "event_time",
      visitorid: "customer_id",
      event: "event_type",
      itemid: "product_id",
      transactionid: "order_id",
    });
  });

  it("Dunnhumby: a day that is a date counts, a day number does not", () => {
    const header =
      "household_key,BASKET_ID,DAY,PRODUCT_ID,QUANTITY,SALES_VALUE,STORE_ID,RETAIL_DISC,TRANS_TIME,WEEK_NO";
    const row = (day: string) => ["2375", "26984851472", day, "1004906", "1", "1.39", "364", "-0.6", "1631", "1"];
    expect(fields(match("events", header, { sample: [row("2017-01-01")] }))).toEqual({
      household_key: "customer_id",
      BASKET_ID: "order_id",
      DAY: "event_time",
      PRODUCT_ID: "product_id",
      QUANTITY: "quantity",
      SALES_VALUE: "amount",
    });
    const error = failure(() => match("events", header, { sample: [row("1"), row("2")] }));
    expect(error.message).toContain("No column holds event_time");
    expect(error.hint).toContain("DAY was not taken, as its values do not fit (1, 2)");
    const journey = match(
      "events",
      "household_id,store_id,basket_id,product_id,quantity,sales_value,week,transaction_timestamp,department,product_category",
    );
    expect(fields(journey)).toMatchObject({
      household_id: "customer_id",
      transaction_timestamp: "event_time",
      product_category: "category",
    });
    expect(foreign(journey)).toContain("department");
  });

  it("Kaggle eCommerce and Olist", () => {
    const kaggle = match(
      "events",
      "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
    );
    expect(fields(kaggle)).toMatchObject({ category_code: "category", user_id: "customer_id" });
    expect(foreign(kaggle)).toEqual(["category_id", "brand", "user_session"]);
    const olist = match(
      "events",
      "order_id,customer_unique_id,order_purchase_timestamp,order_approved_at,order_delivered_customer_date,order_estimated_delivery_date,price,product_category_name,product_category_name_english",
    );
    expect(fields(olist)).toMatchObject({
      customer_unique_id: "customer_id",
      order_purchase_timestamp: "event_time",
      product_category_name_english: "category",
    });
    expect(foreign(olist)).toContain("product_category_name");
  });

  it("Shopify customers", () => {
    const header =
      "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,Default Address Country Code,Total Spent,Total Orders,Tags";
    expect(fields(match("crm", header))).toMatchObject({
      "Customer ID": "customer_id",
      "Default Address City": "city",
      "Default Address Country Code": "country",
      "Total Spent": "total_spent",
    });
  });
});

describe("preference", () => {
  it("takes the field's own name before any synonym, and the other stays", () => {
    const crm = match("crm", "household_key,Customer ID,id,email");
    expect(fields(crm)).toEqual({ "Customer ID": "customer_id", email: "email" });
    expect(foreign(crm)).toEqual(["household_key", "id"]);
    const events = match("events", "customer_id,created_at,order_date,event_time,updated_at,load_date");
    expect(fields(events)).toEqual({ customer_id: "customer_id", event_time: "event_time" });
    expect(foreign(events)).toEqual(["created_at", "order_date", "updated_at", "load_date"]);
  });

  it("takes a weak name only where nothing better exists and its values fit", () => {
    expect(fields(match("crm", "id,email"))["id"]).toBe("customer_id");
    expect(
      fields(match("events", "user_id,date,type", { sample: [["1", "2025-01-01", "Online"]] }))["type"],
    ).toBeUndefined();
    expect(fields(match("events", "user_id,date,type", { sample: [["1", "2025-01-01", "purchase"]] }))["type"]).toBe(
      "event_type",
    );
  });

  it("does not take an id that repeats for the event's", () => {
    const repeated = [
      ["7", "1", "2025-01-01"],
      ["7", "1", "2025-01-01"],
    ]; // an order's id on each of its lines
    expect(foreign(match("events", "id,user_id,date", { sample: repeated }))).toEqual(["id"]);
    expect(fields(match("events", "id,user_id,date", { sample: repeated.slice(1) }))["id"]).toBe("event_id");
  });

  it("asks when two columns are equally good", () => {
    const error = failure(() => match("events", "user_id,member_id,date"));
    expect(error).toMatchObject({ code: "usage", message: "customer_id could be user_id or member_id." });
    expect(error.hint).toBe("Say which with --map COLUMN=FIELD.");
    expect(fields(match("events", "user_id,member_id,date", { maps: { member_id: "customer_id" } }))).toEqual({
      member_id: "customer_id",
      date: "event_time",
    });
    expect(failure(() => match("crm", "email,customer_id,customer_id")).message).toContain("customer_id (column 3)");
  });
});

describe("missing fields", () => {
  it("lists the columns and offers the nearest", () => {
    const error = failure(() => match("crm", "custmer_id,first_name,email"));
    expect(error.code).toBe("usage");
    expect(error.message).toContain("No column holds customer_id");
    expect(error.message).toContain("custmer_id, first_name, email");
    expect(error.hint).toBe("Did you mean custmer_id? Name it with --map COLUMN=customer_id.");
    expect(failure(() => match("events", "customer_id,OrderDt")).hint).toContain("OrderDt");
  });

  it("recognises files given for one another", () => {
    expect(failure(() => match("events", "customer_id,first_name,email,country")).hint).toContain(
      "looks like a CRM file",
    );
    const events = "event_id,customer_id,event_type,timestamp,product_id";
    expect(failure(() => match("crm", events)).message).toContain("looks like a file of events");
    expect(match("crm", events, { maps: { customer_id: "customer_id" } })).toHaveLength(5);
  });
});

describe("--map", () => {
  it("ignores case and punctuation, wins over names, leaves out columns", () => {
    const result = match("crm", "customer_id,Loyalty No.,email,notes", {
      maps: { "loyalty-no": "Customer ID", NOTES: "-" },
    });
    expect(result).toEqual([
      { column: "customer_id", index: 0, field: null, name: "crm_customer_id" },
      { column: "Loyalty No.", index: 1, field: "customer_id", name: "customer_id" },
      { column: "email", index: 2, field: "email", name: "email" },
    ]);
  });

  it("names the nearest column or field", () => {
    expect(failure(() => match("crm", "customer_id,email", { maps: { emial: "email" } })).hint).toBe(
      "Did you mean email?",
    );
    expect(failure(() => match("crm", "customer_id,email", { maps: { email: "emal" } })).hint).toBe(
      "Did you mean email?",
    );
    expect(failure(() => match("crm", "customer_id,a,b", { maps: { a: "city", b: "city" } })).message).toContain(
      "city twice",
    );
    expect(failure(() => match("crm", "customer_id,A b,a_b", { maps: { ab: "city" } })).message).toContain(
      "A b or a_b",
    );
  });

  it("concerns each file that has the column, unless the field is one of the other kind", () => {
    const maps = new Map([
      ["cust", "customer_id"],
      ["id", "event_id"],
      ["other", "email"],
    ]);
    expect([...mapsOf("events", ["Cust", "id"], maps).keys()]).toEqual(["cust", "id"]);
    expect([...mapsOf("crm", ["Cust", "id"], maps).keys()]).toEqual(["cust"]);
  });

  it("refuses an entry that no file uses", () => {
    const files = [
      { kind: "crm" as const, columns: ["customer_id", "mail"] },
      { kind: "events" as const, columns: ["customer_id", "when"] },
    ];
    const refused = (maps: Record<string, string>) =>
      failure(() => rejectUnusedMaps(files, new Map(Object.entries(maps))));
    expect(refused({ when: "event_time", mial: "email" })).toMatchObject({
      code: "usage",
      message: "--map: there is no column mial in any file.",
      hint: "Did you mean mail?",
    });
    expect(refused({ mail: "event_time" }).message).toBe("--map: event_time is no field of a CRM file.");
    rejectUnusedMaps(files, new Map(Object.entries({ when: "event_time", mail: "-" })));
  });
});

describe("a number or date whose values are something else", () => {
  const ages = (...values: string[]) => ({ sample: values.map((value) => ["c1", value]) });

  it("is a text column under a name of its own", () => {
    const [, age] = match("crm", "customer_id,Age", ages("35-44", "65+", "NULL", "18-24"));
    expect(age).toMatchObject({ field: null, name: "age_band", unreadable: "age" });
    expect(foreign(match("crm", "customer_id,age", ages("young", "old")))).toEqual(["age_text"]);
    expect(foreign(match("crm", "customer_id,signup_date", ages("2024 or so", "?")))).toEqual(["signup_date_band"]);
    expect(foreign(match("crm", "customer_id,total_spent", ages("$100-200")))).toEqual(["total_spent_band"]);
  });

  it("leaves its field to the next best column", () => {
    const mappings = match("crm", "customer_id,age,customer_age", { sample: [["c1", "35-44", "40"]] });
    expect(fields(mappings)).toEqual({ customer_id: "customer_id", customer_age: "age" });
  });

  it("stays where most values can be read, where all are blank, and where --map says so", () => {
    for (const sample of [ages("35", "old"), ages("", "N/A"), ages()])
      expect(fields(match("crm", "customer_id,age", sample))).toHaveProperty("age", "age");
    expect(fields(match("crm", "customer_id,signup_date", ages("3/4/2025")))).toHaveProperty("signup_date");
    expect(fields(match("crm", "customer_id,age", { ...ages("35-44"), maps: { age: "age" } }))).toHaveProperty("age");
  });
});

describe("names of foreign columns", () => {
  it("stay clear of known and derived names and of each other", () => {
    const header = "customer_id,Revenue,events,YearlyIncome,yearly income,Yearly-Income,,likes_luxury";
    expect(match("crm", header).map((m) => m.name)).toEqual([
      "customer_id",
      "crm_revenue",
      "crm_events",
      "yearly_income",
      "crm_yearly_income",
      "crm_yearly_income_2",
      "column_7",
      "crm_likes_luxury",
    ]);
    expect(match("events", "customer_id,date,load_id,\uFEFFviews").map((m) => m.name)).toEqual([
      "customer_id",
      "event_time",
      "event_load_id",
      "event_views",
    ]);
  });

  it("fit into 63 bytes", () => {
    const long = "ü".repeat(60);
    const names = match("crm", `customer_id,${long},${long} `).map((m) => m.name);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
  });
});
