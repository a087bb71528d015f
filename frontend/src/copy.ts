import { ageWords, doorWords, type Words } from "./posted";

const TICK_MS = 30_000;
const TRY_MS = 10_000;
const PROMPT_MS = 3_000;

/** Say of every door on a copy what is posted and how old that is; the network's return ends it. */
export function enableCopy(note: HTMLElement): void {
  const root = document.documentElement;
  const words = JSON.parse(note.dataset.nxOffline ?? "{}") as Words;
  const tell = () => tellAll(note, words, Number(root.dataset.nxCopy));
  const begin = () => {
    tell();
    setInterval(tell, TICK_MS);
    setInterval(returnWhenPrompt, TRY_MS);
  };
  if (root.dataset.nxCopy) begin();
  window.addEventListener("offline", () => {
    if (root.dataset.nxCopy) return;
    root.dataset.nxCopy = `${performance.timeOrigin}`;
    begin();
  });
  window.addEventListener("online", () => {
    if (root.dataset.nxCopy) void returnWhenPrompt();
  });
}

/** Show the page itself again once the network brings it sooner than a copy would be taken. */
async function returnWhenPrompt(): Promise<void> {
  const asked = Date.now();
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (answer?.ok && Date.now() - asked < PROMPT_MS) location.reload();
}

function tellAll(note: HTMLElement, words: Words, keptMs: number): void {
  const nowMs = Date.now();
  note.textContent = words.top.replace("{age}", ageWords(keptMs, words, nowMs));
  for (const live of document.querySelectorAll("[data-nx-now]")) live.remove();
  for (const door of document.querySelectorAll<HTMLElement>("[data-nx-posted]")) {
    const { nxPosted = "", nxConfirmed } = door.dataset;
    const confirmedS = nxConfirmed ? Number(nxConfirmed) : null;
    // without its number the door is no longer asked after
    delete door.dataset.nxCode;
    const told = document.createElement("p");
    told.className = "note";
    told.textContent = doorWords({ posted: nxPosted, confirmedS }, words, nowMs);
    door.replaceChildren(told);
  }
}
