import { addressAt, rounded } from "./position";

// An older fix is good enough for the next street; waiting longer helps nobody at a red light.
const OPTIONS: PositionOptions = { enableHighAccuracy: true, maximumAge: 60_000, timeout: 12_000 };

/** What the button needs of the browser; tests hand in their own. */
export interface Browser {
  readonly geolocation: Pick<Geolocation, "getCurrentPosition">;
  readonly href: () => string;
  readonly go: (address: string) => void;
}

/** Show the button and let it lead to the list around the phone's position. */
export function enableLocate(button: HTMLButtonElement, note: HTMLElement, browser: Browser): void {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    say(note, button.dataset.nxWaiting);
    browser.geolocation.getCurrentPosition(
      ({ coords }) => {
        browser.go(addressAt(browser.href(), rounded(coords.latitude, coords.longitude)));
      },
      () => {
        button.disabled = false;
        say(note, button.dataset.nxDenied);
      },
      OPTIONS,
    );
  });
}

function say(note: HTMLElement, sentence: string | undefined): void {
  note.textContent = sentence ?? "";
}
