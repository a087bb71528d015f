import { describe, expect, it } from "vitest";
import { add, read, remove, SAVED, SEEN, type Shelf } from "../src/saved";

function shelf(): Shelf & { texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
  };
}

describe("the shelf", () => {
  it("puts the newest first, once each, and no more than its measure", () => {
    const phone = shelf();

    for (const code of [..."ABCDEFGHIJ", "C"]) add(phone, SEEN, { code, name: code });

    expect(
      read(phone, SEEN)
        .map(({ code }) => code)
        .join(""),
    ).toBe("CJIHGFED");
  });

  it("forgets one and keeps the others", () => {
    const phone = shelf();
    add(phone, SAVED, { code: "A", name: "a" });
    add(phone, SAVED, { code: "B", name: "b" });

    remove(phone, SAVED, "A");

    expect(read(phone, SAVED)).toEqual([{ code: "B", name: "b" }]);
  });

  it("takes a spoilt text for an empty shelf", () => {
    const phone = shelf();
    phone.texts.set(SAVED, "{");
    phone.texts.set(SEEN, '[{"code": 1}]');

    expect(read(phone, SAVED)).toEqual([]);
    expect(read(phone, SEEN)).toEqual([]);
  });

  it("says when the phone is full", () => {
    const full: Shelf = {
      getItem: () => null,
      setItem: () => {
        throw new Error("quota");
      },
    };

    expect(add(full, SAVED, { code: "A", name: "a" })).toBe(false);
  });
});
