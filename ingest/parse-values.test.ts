import { describe, expect, it, test } from "vitest";
import {
  COUNTRY_BLANKS,
  DEFAULT_BLANKS,
  dateOrder,
  isBlank,
  parseBoolean,
  parseDate,
  parseDecimal,
  parseInteger,
  parseTimestamp,
  toEventType,
  toSnakeCase,
} from "./parse-values.js";

test("blanks are matched without case and spaces; NA is a country", () => {
  for (const text of ["", "  ", "null", "NULL", "\\N", "n/a", "NaN", " na "])
    expect(isBlank(text, DEFAULT_BLANKS)).toBe(true);
  for (const text of ["0", "none", "-", "nan1"]) expect(isBlank(text, DEFAULT_BLANKS)).toBe(false);
  expect(isBlank("NA", COUNTRY_BLANKS)).toBe(false);
  expect(isBlank("n/a", COUNTRY_BLANKS)).toBe(true);
});

test.each([
  ["1234.50", "1234.50"],
  ["1,234.50", "1234.50"],
  [" -3 ", "-3"],
  ["+4", "4"],
  [".5", "0.5"],
  ["-.5", "-0.5"],
  ["5.", "5"],
  ["1e3", "1000"],
  ["1.5E-3", "0.0015"],
  ["0.001e3", "1"],
  ["$1,234.5", "1234.5"],
  ["-$5", "-5"],
  ["$-5", "-5"],
  ["€5", "5"],
  ["£5", "5"],
  ["1.234,50", "1234.50"],
  ["1.234.567,8", "1234567.8"],
  ["1,234", "1234"],
  ["1,234,567", "1234567"],
  ["12,5", "12.5"],
  ["1234,5", "1234.5"],
  ["0,125", "0.125"],
  ["(12.50)", "-12.50"],
  ["($1,000)", "-1000"],
  ["12345678901234567890.123456789", "12345678901234567890.123456789"],
])("parseDecimal(%s) is %s", (text, value) => expect(parseDecimal(text)).toBe(value));

test.each([
  "",
  "abc",
  "12.0 %",
  "5%",
  "1.2.3",
  "1,23,456",
  "1,2,3",
  "--3",
  "-(3)",
  "(-3)",
  "+-3",
  "-$-5",
  "3+",
  "35-44",
  "0x10",
  "1e",
  "1e9999",
  "Infinity",
  "NaN",
  ".",
  ",",
  "1 234",
  "5 pcs",
  "１２",
  "1,234.5,6",
  "12.345,6.7",
])("parseDecimal(%j) is null", (text) => expect(parseDecimal(text)).toBeNull());

test("parseInteger takes whole numbers only", () => {
  expect(parseInteger("12.0")).toBe("12");
  expect(parseInteger("1,234")).toBe("1234");
  expect(parseInteger("-0.0")).toBe("0");
  expect(parseInteger("007")).toBe("7");
  expect(parseInteger("12.5")).toBeNull();
  expect(parseInteger("12,5")).toBeNull();
});

test("parseBoolean", () => {
  expect(["true", "T", "yes", "Y", "1"].map(parseBoolean)).toEqual(Array(5).fill(true));
  expect(["false", "f", "No", "n", " 0 "].map(parseBoolean)).toEqual(Array(5).fill(false));
  expect(["2", "", "on", "maybe"].map(parseBoolean)).toEqual(Array(4).fill(null));
});

describe("parseTimestamp", () => {
  it.each([
    ["2025-04-01T12:00:27Z", "2025-04-01T12:00:27.000Z"],
    ["2010-12-01T08:26:00", "2010-12-01T08:26:00.000Z"],
    ["2025-04-01", "2025-04-01T00:00:00.000Z"],
    ["2025-04-01 12:00", "2025-04-01T12:00:00.000Z"],
    ["2025-04-01 12:00:27 UTC", "2025-04-01T12:00:27.000Z"],
    ["2011-12-09 12:50:00.0", "2011-12-09T12:50:00.000Z"],
    ["2025-04-01T12:00:27.123456Z", "2025-04-01T12:00:27.123456Z"],
    ["2025-04-01T12:00:27.123456789Z", "2025-04-01T12:00:27.123456Z"],
    ["2025-04-01T12:00:27.5+02:00", "2025-04-01T10:00:27.500Z"],
    ["2025-04-01T23:30:00-0530", "2025-04-02T05:00:00.000Z"],
    ["2025-04-01T12:00:00+02", "2025-04-01T10:00:00.000Z"],
    ["1743508827", "2025-04-01T12:00:27.000Z"],
    ["1743508827.25", "2025-04-01T12:00:27.250Z"],
    ["1743508827123", "2025-04-01T12:00:27.123Z"],
    ["1743508827123.456", "2025-04-01T12:00:27.123456Z"],
    ["2025/4/1", "2025-04-01T00:00:00.000Z"],
    ["31/12/2024", "2024-12-31T00:00:00.000Z"],
    ["12/31/2024 11:59 PM", "2024-12-31T23:59:00.000Z"],
    ["12/31/2024 12:05:06 a.m.", "2024-12-31T00:05:06.000Z"],
    ["5/5/2025", "2025-05-05T00:00:00.000Z"],
    ["1.4.2025 8:05", "2025-04-01T08:05:00.000Z"],
    ["12 Mar 2025", "2025-03-12T00:00:00.000Z"],
    ["Mar 12, 2025", "2025-03-12T00:00:00.000Z"],
    ["March 12, 2025 5:30 PM", "2025-03-12T17:30:00.000Z"],
    ["01Apr2025", "2025-04-01T00:00:00.000Z"],
    ["12-Mar-2025", "2025-03-12T00:00:00.000Z"],
    ["Tue, 01 Apr 2025 12:00:00 GMT", "2025-04-01T12:00:00.000Z"],
    ["Tue, 01 Apr 2025 12:00:00 +0200", "2025-04-01T10:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2200-12-31", "2200-12-31T00:00:00.000Z"],
  ])("%s", (text, iso) => expect(parseTimestamp(text)).toBe(iso));

  it.each([
    "",
    "today",
    "2025-02-31",
    "2025-02-29",
    "2025-13-01",
    "2025-00-10",
    "2025-04-01 25:00",
    "2025-04-01 12:60",
    "2025-04-01T12:00:61Z",
    "2025-04-01T24:00:00",
    "1899-12-31",
    "2201-01-01",
    "0025-04-01",
    "3/4/2025",
    "3-4-2025",
    "13/13/2025",
    "1.13.2025",
    "12 Foo 2025",
    "12/31/2024 13:00 PM",
    "20250401",
    "12345",
    "2025-04-01Tx",
    "2025-04-01T12:00:00+25:00",
    "2025-04/01",
    "35-44",
    "1/2/25",
    "2025",
  ])("%j is none", (text) => expect(parseTimestamp(text)).toBeNull());

  it("reads slashes by the order given, dots always day first", () => {
    expect(parseDate("3/4/2025", "dmy")).toBe("2025-04-03");
    expect(parseDate("3/4/2025", "mdy")).toBe("2025-03-04");
    expect(parseDate("3-4-2025", "mdy")).toBe("2025-03-04");
    expect(parseDate("3.4.2025", "mdy")).toBe("2025-04-03");
    expect(parseDate("25/12/2025", "mdy")).toBeNull();
  });
});

test("dateOrder", () => {
  expect(dateOrder(["2025-01-02", "", "x", "1.2.2025"])).toBe("either");
  expect(dateOrder(["1/2/2025", "3-4-2025"])).toBe("unknown");
  expect(dateOrder(["1/2/2025", "31/12/2024 10:00"])).toBe("dmy");
  expect(dateOrder(["1/2/2025", "12/31/2024"])).toBe("mdy");
  expect(dateOrder(["13/1/2025", "1/13/2025"])).toBe("conflict");
});

test("toEventType", () => {
  for (const t of [
    "Purchase",
    "PURCHASED",
    "order",
    "order_completed",
    "Order Completed",
    "orderPlaced",
    "buy",
    "Bought",
  ])
    expect(toEventType(t)).toBe("purchase");
  for (const t of ["AddToCart", "addtocart", "added_to_cart", "cart-add", "Add To Basket"])
    expect(toEventType(t)).toBe("add_to_cart");
  for (const t of ["Product Viewed", "page_view", "viewed", "ProductView", "view_item", "View"])
    expect(toEventType(t)).toBe("view");
  for (const t of ["return", "Returned", "refunded", "refund"]) expect(toEventType(t)).toBe("refund");
  expect(toEventType("ViewCart")).toBe("view_cart");
  expect(toEventType(" transaction ")).toBe("transaction");
  expect(toEventType("constructor")).toBe("constructor");
});

test.each([
  ["YearlyIncome", "yearly_income"],
  ["Zip Code", "zip_code"],
  ["customerID", "customer_id"],
  ["CustomerIDs", "customer_ids"],
  ["HTMLPage", "html_page"],
  ["SKU#", "sku"],
  ["Größe", "größe"],
  ["Płeć klienta", "płeć_klienta"],
  ["2nd Line", "c_2nd_line"],
  ["Address1Line", "address1_line"],
  ["MntGoldProds", "mnt_gold_prods"],
  ["customer's age", "customers_age"],
  ["  ", "column"],
  ["%%", "column"],
  ["already_snake", "already_snake"],
])("toSnakeCase(%j) is %s", (header, name) => expect(toSnakeCase(header)).toBe(name));
