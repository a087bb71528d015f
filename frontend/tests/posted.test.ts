import { describe, expect, it } from "vitest";
import { ageWords, doorWords, postedWords, type Words } from "../src/posted";

const WORDS: Words = {
  top: "kept {age}",
  posted: "posted {hours}",
  shut: "shut",
  none: "none",
  unsure: "unsure",
  over: "over",
  allday: "all day",
  confirmed: "confirmed {age}",
  unconfirmed: "unconfirmed",
  now: "now",
  minutes: "{count} min",
  hours: "{count} h",
  days: "{count} d",
};
const MIDNIGHT_S = Date.parse("2026-03-10T00:00:00+08:00") / 1_000;
const at = (day: number, minute: number) => MIDNIGHT_S * 1_000 + (day * 1_440 + minute) * 60_000;

describe("postedWords", () => {
  it.each([
    ["510-1080", 0, "posted 08:30–18:00"],
    ["510-720,780-1080", 0, "posted 08:30–12:00, 13:00–18:00"],
    ["510-1080", 1, "shut"],
    ["1320-1800", 0, "posted 22:00–24:00"],
    ["1320-1800", 1, "posted 00:00–06:00"],
    ["0-10080", 3, "posted all day"],
    ["0-10080", 7, "over"],
    ["0-10080", -1, "over"],
    ["", 0, "shut"],
  ])("says of %s on day %i: %s", (spans, day, sentence) => {
    expect(postedWords(`${MIDNIGHT_S};;${spans}`, WORDS, at(day, 600))).toBe(sentence);
  });

  it("promises nothing of a day whose arrangement is not announced", () => {
    expect(postedWords(`${MIDNIGHT_S};2,3;0-10080`, WORDS, at(2, 0))).toBe("unsure");
    expect(postedWords(`${MIDNIGHT_S};2,3;0-10080`, WORDS, at(4, 0))).toBe("posted all day");
  });

  it("changes the day at the midnight of Shanghai", () => {
    const posted = `${MIDNIGHT_S};;510-1080`;

    expect(postedWords(posted, WORDS, at(1, 0) - 1)).toBe("posted 08:30–18:00");
    expect(postedWords(posted, WORDS, at(1, 0))).toBe("shut");
  });

  it("knows a door without hours, and a page that carries none", () => {
    expect(postedWords("-", WORDS, at(0, 0))).toBe("none");
    expect(postedWords("", WORDS, at(0, 0))).toBe("over");
  });
});

describe("doorWords", () => {
  it("tells the age of the last confirmation, or that there was none", () => {
    const posted = `${MIDNIGHT_S};;510-1080`;

    expect(doorWords({ posted, confirmedS: MIDNIGHT_S }, WORDS, at(0, 185))).toBe(
      "posted 08:30–18:00 · confirmed 3 h",
    );
    expect(doorWords({ posted, confirmedS: null }, WORDS, at(0, 0))).toContain("unconfirmed");
  });
});

describe("ageWords", () => {
  it.each([
    [0, "now"],
    [59, "59 min"],
    [60, "1 h"],
    [1_440, "1 d"],
  ])("after %i minutes", (minutes, age) => {
    expect(ageWords(at(0, 0), WORDS, at(0, minutes))).toBe(age);
  });
});
