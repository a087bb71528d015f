/** What one look at the states brought, as the API answers; other fields are of no use here. */
export interface Status {
  readonly data: {
    readonly stations: ReadonlyArray<{ readonly code: string; readonly state: string }>;
  };
}

/** A door as the page shows it. */
export interface Shown {
  readonly code: string;
  readonly state: string;
  readonly name: string;
}

/** One change worth saying aloud. */
export interface News {
  readonly kind: "closed" | "doubtful" | "open";
  readonly name: string;
  readonly isLoss: boolean;
}

/** What the watch needs of the page; tests hand in their own. */
export interface LivePage {
  readonly shown: () => Shown[];
  readonly status: (codes: string[]) => Promise<Status>;
  readonly fragment: () => Promise<string>;
  readonly swap: (html: string) => void;
  readonly say: (news: News[]) => void;
}

const MOST = 20;
const LIKELY = ["confirmed", "expected"];

/** Return one look: ask for the states, and draw anew when one of them moved. */
export function liveLook(page: LivePage): () => Promise<boolean> {
  const last = new Map<string, string>();
  return async () => {
    const before = page.shown().slice(0, MOST);
    if (before.length === 0) return true;
    const status = await page.status(before.map(({ code }) => code));
    const now = new Map(status.data.stations.map(({ code, state }) => [code, state]));
    // a list shows the state on arrival, the answer tells the one of now: what counts is a move
    const isMoved = before.some(({ code, state }) => {
      const found = now.get(code);
      return found !== undefined && found !== (last.get(code) ?? state);
    });
    if (!isMoved) {
      remember(last, now);
      return true;
    }
    const html = await page.fragment();
    remember(last, now);
    page.swap(html);
    page.say(newsBetween(before, page.shown(), now));
    return true;
  };
}

/** Tell what changed between two drawings; a door that left the list counts by its state of now. */
export function newsBetween(
  before: readonly Shown[],
  after: readonly Shown[],
  now: ReadonlyMap<string, string>,
): News[] {
  const drawn = new Map(after.map(({ code, state }) => [code, state]));
  const news: News[] = [];
  for (const { code, state, name } of before) {
    const then = drawn.get(code) ?? now.get(code);
    const kind = then === undefined ? undefined : kindOf(state, then);
    if (kind) news.push({ kind, name, isLoss: LIKELY.includes(state) && kind !== "open" });
  }
  return news;
}

function kindOf(before: string, after: string): News["kind"] | undefined {
  if (LIKELY.includes(after)) return LIKELY.includes(before) ? undefined : "open";
  if (before === after || (after !== "closed" && after !== "doubtful")) return undefined;
  return after;
}

function remember(last: Map<string, string>, now: ReadonlyMap<string, string>): void {
  for (const [code, state] of now) last.set(code, state);
}
