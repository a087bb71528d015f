import { enableDoors, forgetForms } from "./door";
import { enableLocate } from "./locate";
import { enableShelf } from "./shelf";

const note = document.querySelector<HTMLElement>("[data-nx-locate-note]");

if (note && "geolocation" in navigator && window.isSecureContext) {
  const browser = {
    geolocation: navigator.geolocation,
    href: () => location.href,
    go: (address: string) => location.assign(address),
  };
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-nx-locate]")) {
    enableLocate(button, note, browser);
  }
}

enableShelf();
enableDoors();

// Coming back with the back button must not find the button still waiting.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-nx-locate]")) {
    button.disabled = false;
  }
  if (note) note.textContent = "";
  forgetForms();
});
