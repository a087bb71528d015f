/** How often to look, and how far to step back while looking fails. */
export interface Pace {
  readonly everyMs: number;
  readonly longestMs: number;
}

/** What a watch needs of the browser; tests hand in their own. */
export interface Surroundings {
  readonly isVisible: () => boolean;
  readonly onVisible: (act: () => void) => void;
  readonly later: (act: () => void, afterMs: number) => number;
  readonly cancel: (handle: number) => void;
  readonly chance: () => number;
}

const JITTER = 0.2;

/** The time until the next look: a little uneven, so that phones do not knock all at once. */
export function nextMs(pace: Pace, failures: number, chance: number): number {
  const steady = Math.min(pace.everyMs * 2 ** failures, pace.longestMs);
  return Math.round(steady * (1 - JITTER + 2 * JITTER * chance));
}

/** Look again and again while the page is seen; `look` says whether to go on. */
export function watch(look: () => Promise<boolean>, pace: Pace, around: Surroundings): void {
  let failures = 0;
  let handle: number | undefined;
  let isLooking = false;
  let isOver = false;

  const plan = () => {
    handle = around.later(turn, nextMs(pace, failures, around.chance()));
  };
  const turn = async () => {
    handle = undefined;
    if (isOver || isLooking || !around.isVisible()) return;
    isLooking = true;
    try {
      isOver = !(await look());
      failures = 0;
    } catch {
      failures += 1;
    }
    isLooking = false;
    if (!isOver && around.isVisible()) plan();
  };
  around.onVisible(() => {
    if (handle !== undefined) around.cancel(handle);
    void turn();
  });
  if (around.isVisible()) plan();
}

/** The real browser. */
export function surroundings(): Surroundings {
  return {
    isVisible: () => document.visibilityState === "visible",
    onVisible: (act) =>
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") act();
      }),
    later: (act, afterMs) => window.setTimeout(act, afterMs),
    cancel: (handle) => window.clearTimeout(handle),
    chance: Math.random,
  };
}
