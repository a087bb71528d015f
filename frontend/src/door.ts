import { type LivePage, liveLook, type News, type Status } from "./live";
import { enablePlace, forgetPlace, sendOnce } from "./place";
import { surroundings, watch } from "./poll";
import { swapIn } from "./swap";

const LIVE = { everyMs: 4_000, longestMs: 60_000 };
const BUZZ_MS = 200;

/** Everything a page with doors does: answers with a place, states that move, reports that grow. */
export function enableDoors(): void {
  enableForms(document);
  const said = document.querySelector<HTMLElement>("[data-nx-live]");
  if (said?.dataset.nxLive) watch(liveLook(livePage(said)), LIVE, surroundings());
  const report = document.querySelector<HTMLElement>("[data-nx-refresh]");
  if (report) watchReport(report);
}

/** Make forms ready again that the back button brings back waiting. */
export function forgetForms(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-nx-place]")) {
    forgetPlace(form);
  }
}

function enableForms(root: ParentNode): void {
  const geolocation =
    window.isSecureContext && "geolocation" in navigator ? navigator.geolocation : null;
  const phone = { geolocation, later: (act: () => void, ms: number) => setTimeout(act, ms) };
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-nx-place]")) {
    enablePlace(form, phone);
  }
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-nx-once]")) {
    sendOnce(form, isFreshVisit(), document.visibilityState === "visible");
  }
}

/** Whether somebody came just now: not by the back button, not by a page that was restored. */
function isFreshVisit(): boolean {
  const [visit] = performance.getEntriesByType("navigation");
  // Safari 14 knows the older interface only
  if (!visit) return performance.navigation.type === 0;
  return (visit as PerformanceNavigationTiming).type === "navigate";
}

async function textOf(address: string): Promise<string> {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.text();
}

function livePage(said: HTMLElement): LivePage {
  const { nxLive = "", nxTarget = "" } = said.dataset;
  const target = () => document.getElementById(nxTarget);
  return {
    shown: () =>
      [...(target()?.querySelectorAll<HTMLElement>("[data-nx-code]") ?? [])].map(({ dataset }) => ({
        code: dataset.nxCode ?? "",
        state: dataset.nxState ?? "",
        name: dataset.nxName ?? "",
      })),
    status: async (codes) => {
      const answer = await fetch(`${nxLive}?codes=${codes.map(encodeURIComponent).join(",")}`);
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      return (await answer.json()) as Status;
    },
    fragment: () => textOf(location.href),
    swap: (html) => {
      const old = target();
      const fresh = old && swapIn(old, html);
      if (fresh) enableForms(fresh);
    },
    say: (news) => say(said, news),
  };
}

function say(said: HTMLElement, news: News[]): void {
  if (news.length === 0) return;
  const sentences = {
    closed: said.dataset.nxSayClosed,
    doubtful: said.dataset.nxSayDoubtful,
    open: said.dataset.nxSayOpen,
  };
  said.textContent = news
    .map(({ kind, name }) => (sentences[kind] ?? "").replace("{name}", name))
    .join(" · ");
  if (news.some(({ isLoss }) => isLoss) && "vibrate" in navigator) navigator.vibrate(BUZZ_MS);
}

function watchReport(report: HTMLElement): void {
  const everyMs = Number(report.dataset.nxRefresh) * 1_000;
  const news = document.querySelector<HTMLElement>("[data-nx-news]");
  let shown = report;
  const look = async () => {
    const html = await textOf(location.href);
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(shown.id);
    // drawn anew only when something happened: a reader's voice need not start over
    if (fresh && fresh.innerHTML !== shown.innerHTML) {
      const before = titleOf(shown);
      shown = swapIn(shown, html) ?? shown;
      if (news && titleOf(shown) !== before) news.textContent = titleOf(shown);
    }
    return shown.dataset.nxRefresh !== undefined;
  };
  watch(look, { everyMs, longestMs: 60_000 }, surroundings());
}

function titleOf(report: HTMLElement): string {
  return report.querySelector("h1")?.textContent ?? "";
}
