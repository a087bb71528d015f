import {
  ASSETS,
  assetsOf,
  HANG_MS,
  isAsset,
  isKeepable,
  isOld,
  isPublic,
  keyOf,
  MARK,
  MOST,
  marked,
  OFFLINE_PAGE,
  PAGES,
  SAVED,
  surplus,
} from "./sw-rules";

/** What TypeScript's page library lacks of a worker; the worker library clashes with it. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchCall extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Message extends Extendable {
  readonly data: { readonly keep?: string; readonly save?: string; readonly drop?: string };
}
interface Worker_ {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(kind: "install" | "activate", act: (event: Extendable) => void): void;
  addEventListener(kind: "fetch", act: (event: FetchCall) => void): void;
  addEventListener(kind: "message", act: (event: Message) => void): void;
}

const worker = self as unknown as Worker_;
const KEPT_AT = "X-Kept-At";
const YOUNG_MS = 60_000;

worker.addEventListener("install", (event) => {
  event.waitUntil(fetchAndKeep(OFFLINE_PAGE, SAVED).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const clear = caches
    .keys()
    .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))));
  event.waitUntil(clear.then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && isPublic(pathname)) event.respondWith(page(event, pathname));
  else if (isAsset(pathname)) event.respondWith(asset(request.url));
});

worker.addEventListener("message", (event) => {
  const { keep, save, drop } = event.data;
  if (keep) event.waitUntil(fetchAndKeep(keep, PAGES));
  if (save) event.waitUntil(fetchAndKeep(save, SAVED));
  if (drop) event.waitUntil(forget(drop));
});

async function page(event: FetchCall, path: string): Promise<Response> {
  const network = fetch(event.request).then((answer) => {
    if (answer.ok) event.waitUntil(renew(event.request.url, path).catch(() => undefined));
    return answer;
  });
  const hang = new Promise<null>((done) => setTimeout(done, HANG_MS, null));
  const answer = await Promise.race([network.catch(() => null), hang]);
  return answer ?? (await copyOf(path)) ?? network;
}

async function copyOf(path: string): Promise<Response | null> {
  const key = keyOf(path);
  const kept = (key && (await matchKept(key))) || (await matchKept(OFFLINE_PAGE));
  if (!kept) return null;
  const keptMs = Number(kept.headers.get(KEPT_AT));
  return new Response(marked(await kept.text(), keptMs), { headers: kept.headers });
}

async function matchKept(key: string): Promise<Response | undefined> {
  return (await (await caches.open(PAGES)).match(key)) ?? (await caches.open(SAVED)).match(key);
}

/** Take a copy beside the page that is shown, unless a young one is here. */
async function renew(address: string, path: string): Promise<void> {
  const key = keyOf(path);
  if (!key) return;
  const kept = await matchKept(key);
  if (key !== "/" && kept && Date.now() - Number(kept.headers.get(KEPT_AT)) < YOUNG_MS) return;
  const saved = await (await caches.open(SAVED)).match(key);
  await fetchAndKeep(address, saved ? SAVED : PAGES);
}

async function fetchAndKeep(address: string, cache: string): Promise<void> {
  const { origin, pathname } = new URL(address, location.origin);
  const key = keyOf(pathname);
  if (!key || origin !== location.origin) return;
  const answer = await fetch(address, { cache: "no-store", headers: { [MARK]: "1" } });
  if (isKeepable(answer)) await put(cache, key, answer);
}

/** Keep a page with what it needs to be shown; a full phone keeps what it has. */
async function put(name: string, key: string, answer: Response): Promise<void> {
  const html = await answer.text();
  const headers = new Headers(answer.headers);
  for (const stale of ["Content-Encoding", "Content-Length"]) headers.delete(stale);
  headers.set(KEPT_AT, `${Date.now()}`);
  try {
    const cache = await caches.open(name);
    await cache.delete(key);
    await cache.put(key, new Response(html, { headers }));
    if (name === SAVED) await (await caches.open(PAGES)).delete(key);
    await trim(name);
    await Promise.all(assetsOf(html).map(asset));
  } catch {
    return;
  }
}

async function trim(name: string): Promise<void> {
  const cache = await caches.open(name);
  const keys = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== OFFLINE_PAGE);
  await Promise.all(surplus(keys, MOST[name] ?? 0).map((request) => cache.delete(request)));
}

async function asset(address: string): Promise<Response> {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(address);
  if (kept) return kept;
  const answer = await fetch(address);
  if (answer.status === 200) {
    await cache
      .put(address, answer.clone())
      .then(() => trim(ASSETS))
      .catch(() => undefined);
  }
  return answer;
}

async function forget(address: string): Promise<void> {
  const key = keyOf(new URL(address, location.origin).pathname);
  if (key) await (await caches.open(SAVED)).delete(key);
}
