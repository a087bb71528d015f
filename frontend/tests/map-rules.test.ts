import { describe, expect, it } from "vitest";
import { clusterSize, shortCount, tileAddress, zoomInto } from "../src/map-rules";

describe("shortCount", () => {
  it("stays as it is below ten thousand and grows no wider above", () => {
    expect(shortCount(9_999, "zh-Hans")).toBe("9999");
    expect(shortCount(12_345, "zh-Hans")).toBe("1.2万");
    expect(shortCount(12_345, "en")).toBe("12k");
  });
});

describe("clusterSize", () => {
  it("grows with the power of ten between a thumb's width and what covers no neighbour", () => {
    expect([1, 9, 10, 100, 1e9].map(clusterSize)).toEqual([48, 48, 54, 60, 72]);
  });
});

describe("zoomInto", () => {
  it("goes two steps and never past the deepest", () => {
    expect([zoomInto(8, 18), zoomInto(17, 18), zoomInto(18, 18)]).toEqual([10, 18, 18]);
  });
});

describe("tileAddress", () => {
  it("names the tile", () => {
    expect(tileAddress("/map/{z}/{x}/{y}", { z: 4, x: 13, y: 6 })).toBe("/map/4/13/6");
  });

  it("knows no tile beyond the edge of the world", () => {
    expect(tileAddress("/{z}/{x}/{y}", { z: 1, x: 2, y: 0 })).toBeNull();
    expect(tileAddress("/{z}/{x}/{y}", { z: 1, x: 0, y: -1 })).toBeNull();
  });
});
