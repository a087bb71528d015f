import { describe, expect, it } from "vitest";
import { addressAt, rounded } from "../src/position";

describe("rounded", () => {
  it("keeps four decimals, never more", () => {
    expect(rounded(30.07604999, 120.48799)).toEqual({ lat: "30.0760", lon: "120.4880" });
  });

  it("keeps the sign", () => {
    expect(rounded(-0.00004, -120.5)).toEqual({ lat: "-0.0000", lon: "-120.5000" });
  });
});

describe("addressAt", () => {
  const position = { lat: "30.0760", lon: "120.4880" };

  it("keeps mode, filters and clock", () => {
    const address = addressAt(
      "https://nx.test/?by=walk&need=water&at=2026-02-14T09%3A30",
      position,
    );
    const query = new URL(address).searchParams;
    expect(query.get("by")).toBe("walk");
    expect(query.get("need")).toBe("water");
    expect(query.get("at")).toBe("2026-02-14T09:30");
    expect(query.get("lat")).toBe("30.0760");
  });

  it("replaces an earlier position and leaves the place search", () => {
    const address = addressAt("https://nx.test/places/?q=keqiao&lat=1&lon=2#top", position);
    expect(address).toBe("https://nx.test/?lat=30.0760&lon=120.4880");
  });
});
