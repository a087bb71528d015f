const FOCUSABLE = "a[href], button, summary, input";

/** Put a fresh drawing in the place of an old one; focus and opened parts stay where they were. */
export function swapIn(old: HTMLElement, html: string): HTMLElement | null {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(old.id);
  if (!fresh) return null;
  const focused = document.activeElement;
  const key = focused && old.contains(focused) ? keyOf(focused) : null;
  const opened = [...old.querySelectorAll("details[open] > summary")].map(keyOf);
  old.replaceWith(fresh);
  for (const summary of fresh.querySelectorAll("details > summary")) {
    if (opened.includes(keyOf(summary))) (summary.parentElement as HTMLDetailsElement).open = true;
  }
  if (key !== null) refocus(fresh, key);
  return fresh;
}

function refocus(fresh: HTMLElement, key: string): void {
  const same = [...fresh.querySelectorAll<HTMLElement>(FOCUSABLE)].find((e) => keyOf(e) === key);
  if (same) {
    same.focus();
    return;
  }
  fresh.tabIndex = -1;
  fresh.focus();
}

/** What tells one control from another across two drawings. */
function keyOf(element: Element): string {
  const name = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
  return `${element.tagName} ${element.getAttribute("href") ?? ""} ${name}`;
}
