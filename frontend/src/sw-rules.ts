/** What the service worker may keep, under which address, and how much of it. */

export const VERSION = "1";
export const PAGES = `nuanxin-pages-${VERSION}`;
export const SAVED = `nuanxin-saved-${VERSION}`;
export const ASSETS = `nuanxin-assets-${VERSION}`;
export const CACHES: readonly string[] = [PAGES, SAVED, ASSETS];
export const OFFLINE_PAGE = "/saved/";
/** A desk checks members' cards with it where there is no network. */
export const CARD_CHECK = "/card/check/";
/** Asks for a copy without forms; the server writes it back where it may be kept: no session, no
 * cookie set, no other clock. */
export const MARK = "X-Nuanxin-Copy";
export const HANG_MS = 3_000;
export const MOST: Readonly<Record<string, number>> = { [PAGES]: 20, [SAVED]: 20, [ASSETS]: 30 };

/** The address a page is kept under: never its query, which may hold a position. */
export function keyOf(path: string): string | null {
  if (path === "/" || path === OFFLINE_PAGE || path === CARD_CHECK) return path;
  return /^\/s\/[^/]+\/$/.test(path) ? path : null;
}

/** Whether a page that cannot be reached is answered with what the phone has. */
export function isPublic(path: string): boolean {
  return keyOf(path) !== null || path === "/places/";
}

export function isAsset(path: string): boolean {
  return path.startsWith("/static/bundle/");
}

/** Whether an answer of the network may be kept. */
export function isKeepable(answer: Response): boolean {
  return answer.status === 200 && !answer.redirected && answer.headers.has(MARK);
}

export function isOld(cache: string): boolean {
  return cache.startsWith("nuanxin-") && !CACHES.includes(cache);
}

/** Style sheets and scripts a page needs, from its text. */
export function assetsOf(html: string): string[] {
  const found = html.matchAll(/(?:href|src)="(\/static\/bundle\/[^"]+\.(?:css|js))"/g);
  return [...new Set([...found].map(([, address]) => address ?? ""))];
}

/** Say in a page's own text that it is a copy, and since when. */
export function marked(html: string, keptMs: number): string {
  return html.replace("<html", `<html data-nx-copy="${keptMs}"`);
}

/** Which entries to let go, oldest first, when there are more than may be kept. */
export function surplus<T>(entries: readonly T[], most: number): T[] {
  return entries.slice(0, Math.max(0, entries.length - most));
}
