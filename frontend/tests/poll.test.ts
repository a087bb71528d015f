import { describe, expect, it, vi } from "vitest";
import { nextMs, type Surroundings, watch } from "../src/poll";

const PACE = { everyMs: 4_000, longestMs: 60_000 };

function setUp(look: () => Promise<boolean>) {
  const plans: Array<{ act: () => void; afterMs: number }> = [];
  const shown: Array<() => void> = [];
  const page = { isVisible: true };
  const around: Surroundings = {
    isVisible: () => page.isVisible,
    onVisible: (act) => shown.push(act),
    later: (act, afterMs) => plans.push({ act, afterMs }) - 1,
    cancel: (handle) => {
      plans[handle] = { act: () => undefined, afterMs: -1 };
    },
    chance: () => 0.5,
  };
  watch(look, PACE, around);
  const turn = async () => {
    plans[plans.length - 1]?.act();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { plans, shown, page, turn };
}

describe("nextMs", () => {
  it("is a little uneven and steps back while looking fails, up to a minute", () => {
    expect([nextMs(PACE, 0, 0), nextMs(PACE, 0, 1)]).toEqual([3_200, 4_800]);
    expect(nextMs(PACE, 2, 0.5)).toBe(16_000);
    expect(nextMs(PACE, 40, 0.5)).toBe(60_000);
  });
});

describe("watch", () => {
  it("looks, and looks again", async () => {
    const look = vi.fn(async () => true);
    const { turn, plans } = setUp(look);

    await turn();
    await turn();

    expect(look).toHaveBeenCalledTimes(2);
    expect(plans.map(({ afterMs }) => afterMs)).toEqual([4_000, 4_000, 4_000]);
  });

  it("waits longer after each failure and recovers", async () => {
    const look = vi.fn(async () => true);
    look.mockRejectedValueOnce(new Error()).mockRejectedValueOnce(new Error());
    const { turn, plans } = setUp(look);

    for (let i = 0; i < 3; i += 1) await turn();

    expect(plans.map(({ afterMs }) => afterMs)).toEqual([4_000, 8_000, 16_000, 4_000]);
  });

  it("rests while nobody sees the page and looks at once when somebody does", async () => {
    const look = vi.fn(async () => true);
    const { turn, shown, page, plans } = setUp(look);

    page.isVisible = false;
    await turn();
    expect(look).not.toHaveBeenCalled();
    expect(plans).toHaveLength(1);

    page.isVisible = true;
    shown[0]?.();
    expect(look).toHaveBeenCalledOnce();
  });

  it("ends when there is nothing more to wait for", async () => {
    const look = vi.fn(async () => false);
    const { turn, shown, plans } = setUp(look);

    await turn();
    shown[0]?.();

    expect(look).toHaveBeenCalledOnce();
    expect(plans).toHaveLength(1);
  });
});
