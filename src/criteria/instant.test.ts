import { describe, expect, it } from "vitest";
import { boundsOf, compareInstants, parseDay, parseInstant } from "./instant.js";

describe("parseInstant", () => {
  it("reads days as midnight UTC and keeps microseconds", () => {
    expect(parseInstant("2025-05-01")).toBe("2025-05-01T00:00:00Z");
    expect(parseInstant("2025-05-01T10:20:30.123456Z")).toBe("2025-05-01T10:20:30.123456Z");
    expect(parseInstant("2025-05-01 10:20")).toBe("2025-05-01T10:20:00Z");
    expect(parseInstant("2025-05-01T00:30:00+02:00")).toBe("2025-04-30T22:30:00Z");
  });

  it("refuses what is no time", () => {
    const wrong = [
      "",
      "yesterday",
      "2025-02-30",
      "2025-13-01",
      "0000-01-01",
      "2025-5-1",
      "2025-05-01T25:00Z",
      "20250501",
    ];
    for (const text of wrong) expect(parseInstant(text), text).toBeUndefined();
    expect(parseDay("2024-02-29")).toBe("2024-02-29");
    expect(parseDay("2025-02-29")).toBeUndefined();
  });

  it("orders by microseconds", () => {
    expect(compareInstants("2025-05-01T00:00:00Z", "2025-05-01T00:00:00.000001Z")).toBe(-1);
    expect(compareInstants("2025-05-01T00:00:00.5Z", "2025-05-01T00:00:00.5Z")).toBe(0);
  });
});

describe("boundsOf", () => {
  it("goes back by hours, days and weeks", () => {
    const asOf = "2025-06-16T21:04:11.123456Z";
    expect(boundsOf({ hours: 1 }, asOf)).toEqual({ after: "2025-06-16T20:04:11.123456Z" });
    expect(boundsOf({ days: 60 }, asOf)).toEqual({ after: "2025-04-17T21:04:11.123456Z" });
    expect(boundsOf({ weeks: 2 }, asOf)).toEqual({ after: "2025-06-02T21:04:11.123456Z" });
  });

  it("goes back by the calendar, to the last day of a shorter month", () => {
    expect(boundsOf({ months: 1 }, "2025-03-31T12:00:00Z")).toEqual({ after: "2025-02-28T12:00:00Z" });
    expect(boundsOf({ months: 15 }, "2025-03-31T12:00:00Z")).toEqual({ after: "2023-12-31T12:00:00Z" });
    expect(boundsOf({ years: 1 }, "2024-02-29T00:00:00Z")).toEqual({ after: "2023-02-28T00:00:00Z" });
  });

  it("stops at the beginning of dates", () => {
    for (const within of [{ days: 1e12 }, { months: 30_000 }, { years: 9e12 }]) {
      expect(boundsOf(within, "2025-01-01T00:00:00Z")).toEqual({ after: "0001-01-01T00:00:00Z" });
    }
  });

  it("takes fixed bounds at midnight", () => {
    expect(boundsOf({ from: "2025-05-01", to: "2025-06-01" }, "2025-06-16T00:00:00Z")).toEqual({
      from: "2025-05-01T00:00:00Z",
      to: "2025-06-01T00:00:00Z",
    });
  });
});
