import { describe, expect, it } from "vitest";
// @ts-expect-error: a plain script of the build, without types
import { cssFaults, jsFaults } from "../scripts/floor-rules.mjs";

describe("cssFaults", () => {
  it.each([
    ["a{display:flex;gap:4px}", "gap outside a grid"],
    ["a:has(b){color:red}", ":has()"],
    ["a{inset:0}", "inset"],
    ["a{aspect-ratio:1}", "aspect-ratio"],
    ["a{height:100dvh}", "dynamic viewport units"],
    ["a{color:color-mix(in srgb,red,blue)}", "newer colour functions"],
    ["@layer x{a{color:red}}", "@layer"],
    ["a{&:hover{color:red}}", "nesting"],
    ["@media (width>=400px){a{color:red}}", "range syntax in media queries"],
    ["a{margin-inline:auto}", "logical properties"],
  ])("finds the fault of %s", (css, fault) => {
    expect(cssFaults(css)).toContain(fault);
  });

  it("lets a grid have its gap", () => {
    expect(cssFaults("a{display:grid;gap:4px}a:hover{color:red}")).toEqual([]);
  });
});

describe("jsFaults", () => {
  it.each([
    "class A { static {} }",
    "class A { #x = 1 }",
    "[1].at(0)",
    "structuredClone({})",
  ])("finds the fault of %s", (source) => expect(jsFaults(source)).not.toEqual([]));

  it("knows ES2021, logical assignment too", () => {
    expect(jsFaults("let a = b?.c ?? 1; a ??= 2; export { a }")).toEqual([]);
  });
});
