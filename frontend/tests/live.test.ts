import { describe, expect, it, vi } from "vitest";
import { type LivePage, liveLook, newsBetween, type Shown, type Status } from "../src/live";

const door = (code: string, state: string): Shown => ({ code, state, name: `N${code}` });

function status(...pairs: Array<[string, string]>): Status {
  return { data: { stations: pairs.map(([code, state]) => ({ code, state })) } };
}

function setUp(answers: Status[], drawings: Shown[][]) {
  let drawn = 0;
  const page = {
    shown: () => drawings[drawn] ?? [],
    status: vi.fn(async (_: string[]) => answers.shift() ?? status()),
    fragment: vi.fn(async () => "<p></p>"),
    swap: vi.fn(() => {
      drawn += 1;
    }),
    say: vi.fn(),
  } satisfies LivePage;
  return { page, look: liveLook(page) };
}

describe("liveLook", () => {
  it("asks for what is shown and leaves the page alone while nothing moves", async () => {
    const { page, look } = setUp([status(["A", "confirmed"])], [[door("A", "confirmed")]]);

    expect(await look()).toBe(true);

    expect(page.status).toHaveBeenCalledWith(["A"]);
    expect(page.fragment).not.toHaveBeenCalled();
  });

  it("draws anew and says so when a door shuts", async () => {
    const { page, look } = setUp(
      [status(["A", "closed"])],
      [[door("A", "confirmed")], [door("A", "closed")]],
    );

    await look();

    expect(page.swap).toHaveBeenCalledOnce();
    expect(page.say).toHaveBeenCalledWith([{ kind: "closed", name: "NA", isLoss: true }]);
  });

  it("does not draw again and again where arrival and now differ", async () => {
    const here = [door("A", "closed")];
    const answers = [1, 2, 3].map(() => status(["A", "confirmed"]));
    const { page, look } = setUp(answers, [here, here, here]);

    for (let turn = 0; turn < 3; turn += 1) await look();

    expect(page.swap).toHaveBeenCalledOnce();
    expect(page.say).toHaveBeenCalledWith([]);
  });

  it("tries the drawing again when it failed", async () => {
    const { page, look } = setUp(
      [status(["A", "closed"]), status(["A", "closed"])],
      [[door("A", "confirmed")], [door("A", "closed")]],
    );
    page.fragment.mockRejectedValueOnce(new Error("offline"));

    await expect(look()).rejects.toThrow("offline");
    await look();

    expect(page.swap).toHaveBeenCalledOnce();
  });

  it("asks for twenty doors at most, and not at all for none", async () => {
    const many = Array.from({ length: 30 }, (_, i) => door(`${i}`, "expected"));
    const full = setUp([status()], [many]);
    const empty = setUp([], [[]]);

    await full.look();
    await empty.look();

    expect(full.page.status.mock.calls[0]?.[0]).toHaveLength(20);
    expect(empty.page.status).not.toHaveBeenCalled();
  });
});

describe("newsBetween", () => {
  it.each([
    ["confirmed", "expected", undefined],
    ["confirmed", "doubtful", { kind: "doubtful", name: "NA", isLoss: true }],
    ["closed", "doubtful", { kind: "doubtful", name: "NA", isLoss: false }],
    ["closed", "confirmed", { kind: "open", name: "NA", isLoss: false }],
    ["doubtful", "doubtful", undefined],
    ["expected", "unknown", undefined],
  ])("from %s to %s", (before, after, news) => {
    const found = newsBetween([door("A", before)], [door("A", after)], new Map());

    expect(found).toEqual(news ? [news] : []);
  });

  it("takes a door that left the list for what it is now", () => {
    const gone = newsBetween([door("A", "expected")], [], new Map([["A", "closed"]]));

    expect(gone).toEqual([{ kind: "closed", name: "NA", isLoss: true }]);
  });
});
