import { rounded } from "./position";

// Whoever stands at a door with a full bag waits three seconds for a fix and no longer.
const PATIENCE_MS = 3_000;
const OPTIONS: PositionOptions = {
  enableHighAccuracy: true,
  maximumAge: 30_000,
  timeout: PATIENCE_MS,
};

/** What a form needs of the browser; tests hand in their own. */
export interface Phone {
  readonly geolocation: Pick<Geolocation, "getCurrentPosition"> | null;
  readonly later: (act: () => void, afterMs: number) => void;
}

/** Let a form carry the phone's position in its body, if the phone gives one in time. */
export function enablePlace(form: HTMLFormElement, phone: Phone): void {
  let pressed: HTMLButtonElement | null = null;
  form.addEventListener("click", (event) => {
    pressed = (event.target as Element).closest("button");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.nxSent) return;
    form.dataset.nxSent = "yes";
    if (pressed?.name) add(form, pressed.name, pressed.value);
    wait(form, true);
    askPlace(phone, (place) => {
      if (place) {
        add(form, "lat", place.lat);
        add(form, "lon", place.lon);
      }
      form.submit();
    });
  });
}

/** Make a form that was left waiting ready again, as the back button may find it. */
export function forgetPlace(form: HTMLFormElement): void {
  delete form.dataset.nxSent;
  wait(form, false);
}

/** Send a form that speaks for the scan itself, once, and only for somebody who looks at it. */
export function sendOnce(form: HTMLFormElement, isFreshVisit: boolean, isVisible: boolean): void {
  if (isFreshVisit && isVisible) form.submit();
}

type Place = ReturnType<typeof rounded>;

function askPlace(phone: Phone, tell: (place: Place | null) => void): void {
  let isTold = false;
  const once = (place: Place | null) => {
    if (isTold) return;
    isTold = true;
    tell(place);
  };
  if (!phone.geolocation) {
    once(null);
    return;
  }
  // the phone's own question is not covered by the timeout of the answer
  phone.later(() => once(null), PATIENCE_MS);
  phone.geolocation.getCurrentPosition(
    ({ coords }) => once(rounded(coords.latitude, coords.longitude)),
    () => once(null),
    OPTIONS,
  );
}

function add(form: HTMLFormElement, name: string, value: string): void {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  field.dataset.nxAdded = "";
  form.append(field);
}

function wait(form: HTMLFormElement, isWaiting: boolean): void {
  for (const button of form.querySelectorAll("button")) button.disabled = isWaiting;
  const note = form.querySelector<HTMLElement>("[data-nx-note]");
  if (note) note.textContent = isWaiting ? (note.dataset.nxWaiting ?? "") : "";
  if (isWaiting) return;
  for (const field of form.querySelectorAll("[data-nx-added]")) field.remove();
}
