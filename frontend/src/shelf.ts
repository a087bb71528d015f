import { enableCopy } from "./copy";
import { add, type Kept, read, remove, SAVED, SEEN } from "./saved";

/** What a phone keeps: copies through the service worker, stations by name on its own shelf. */
export function enableShelf(): void {
  const note = document.querySelector<HTMLElement>("[data-nx-offline]");
  if (note) enableCopy(note);
  for (const list of document.querySelectorAll<HTMLElement>("[data-nx-shelf]")) fill(list);
  const button = document.querySelector<HTMLButtonElement>("[data-nx-keep]");
  const worker = window.isSecureContext ? navigator.serviceWorker : undefined;
  if (button) enableKeep(button, worker);
  const isKept = note !== null || document.querySelector("[data-nx-kept]") !== null;
  if (worker) void register(worker, isKept);
}

async function register(worker: ServiceWorkerContainer, isKept: boolean): Promise<void> {
  try {
    await worker.register("/sw.js", { scope: "/" });
    // the worker has not seen this page come: it came before
    if (isKept && !worker.controller) tell(worker, { keep: location.pathname + location.search });
  } catch {
    return;
  }
}

function tell(worker: ServiceWorkerContainer, message: Record<string, string>): void {
  void worker.ready.then(({ active }) => active?.postMessage(message));
}

function enableKeep(button: HTMLButtonElement, worker?: ServiceWorkerContainer): void {
  const { nxKeep: code = "", nxName: name = "", nxSayKept = "", nxSayKeep = "" } = button.dataset;
  const isKept = () => read(localStorage, SAVED).some((kept) => kept.code === code);
  const draw = () => {
    button.textContent = isKept() ? nxSayKept : nxSayKeep;
    button.setAttribute("aria-pressed", `${isKept()}`);
  };
  try {
    add(localStorage, SEEN, { code, name });
    draw();
  } catch {
    return; // storage is forbidden here: there is nothing to keep on
  }
  button.hidden = false;
  button.addEventListener("click", () => {
    const isDropped = isKept();
    if (isDropped) remove(localStorage, SAVED, code);
    else add(localStorage, SAVED, { code, name });
    if (worker) tell(worker, { [isDropped ? "drop" : "save"]: location.pathname });
    draw();
  });
}

function fill(list: HTMLElement): void {
  let kept: Kept[] = [];
  try {
    kept = read(localStorage, list.dataset.nxShelf ?? "");
  } catch {
    return;
  }
  if (kept.length === 0) return;
  list.replaceChildren(...kept.map(row));
}

function row({ code, name }: Kept): HTMLLIElement {
  const link = document.createElement("a");
  link.href = `/s/${encodeURIComponent(code)}/`;
  link.textContent = name;
  const item = document.createElement("li");
  item.append(link);
  return item;
}
