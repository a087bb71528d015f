import { describe, expect, it } from "vitest";
import {
  assetsOf,
  CACHES,
  isKeepable,
  isOld,
  isPublic,
  keyOf,
  marked,
  surplus,
} from "../src/sw-rules";

describe("keyOf", () => {
  it.each(["/", "/saved/", "/card/check/", "/s/KQ001/"])("keeps %s", (path) => {
    expect(keyOf(path)).toBe(path);
  });

  it.each([
    "/desk/",
    "/office/",
    "/k/x/",
    "/s/KQ001/answer/",
    "/d/KQ001/x/",
    "/r/x/",
    "/demo/",
    "/me/",
    "/me/card/",
  ])("leaves %s to the network", (path) => {
    expect(keyOf(path)).toBeNull();
    expect(isPublic(path)).toBe(false);
  });
});

describe("isKeepable", () => {
  it("needs the server's mark and a whole answer", () => {
    const headers = { "X-Nuanxin-Copy": "1" };

    expect(isKeepable(new Response("", { headers }))).toBe(true);
    expect(isKeepable(new Response(""))).toBe(false);
    expect(isKeepable(new Response("", { headers, status: 503 }))).toBe(false);
  });
});

describe("the caches", () => {
  it("forgets those of other versions and leaves foreign ones alone", () => {
    expect(isOld("nuanxin-pages-0")).toBe(true);
    expect(isOld("somebody-else")).toBe(false);
    expect(CACHES.some(isOld)).toBe(false);
  });

  it("lets the oldest go first", () => {
    expect(surplus(["a", "b", "c"], 2)).toEqual(["a"]);
    expect(surplus(["a"], 2)).toEqual([]);
  });
});

describe("a kept page", () => {
  it("names its style and script once", () => {
    const html = '<link href="/static/bundle/a.css"><script src="/static/bundle/b.js"></script>';

    expect(assetsOf(html + html)).toEqual(["/static/bundle/a.css", "/static/bundle/b.js"]);
  });

  it("says that it is a copy before anything is drawn", () => {
    expect(marked('<!DOCTYPE html><html lang="en">', 7)).toBe(
      '<!DOCTYPE html><html data-nx-copy="7" lang="en">',
    );
  });
});
