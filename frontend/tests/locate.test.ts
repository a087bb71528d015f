import { describe, expect, it, vi } from "vitest";
import { type Browser, enableLocate } from "../src/locate";

/** The few members of an element that the button's code touches. */
function fakeButton() {
  const listeners: Array<() => void> = [];
  const button = {
    hidden: true,
    disabled: false,
    dataset: { nxWaiting: "waiting", nxDenied: "denied" },
    addEventListener: (_: string, listener: () => void) => listeners.push(listener),
  };
  const click = () => {
    for (const listener of listeners) listener();
  };
  return { button, click };
}

function setUp(answer: Geolocation["getCurrentPosition"]) {
  const { button, click } = fakeButton();
  const note = { textContent: "" };
  const go = vi.fn();
  const browser: Browser = {
    geolocation: { getCurrentPosition: answer },
    href: () => "https://nx.test/?by=van",
    go,
  };
  enableLocate(button as unknown as HTMLButtonElement, note as unknown as HTMLElement, browser);
  return { button, click, note, go };
}

describe("enableLocate", () => {
  it("shows the button that needs a script", () => {
    expect(setUp(() => undefined).button.hidden).toBe(false);
  });

  it("goes to the rounded position", () => {
    const { click, go } = setUp((done) =>
      done({ coords: { latitude: 30.076049, longitude: 120.487951 } } as GeolocationPosition),
    );
    click();
    expect(go).toHaveBeenCalledWith("https://nx.test/?by=van&lat=30.0760&lon=120.4880");
  });

  it("says so and can be pressed again when the phone refuses", () => {
    const { button, click, note, go } = setUp((_, failed) =>
      failed?.({ code: 1 } as GeolocationPositionError),
    );
    click();
    expect(note.textContent).toBe("denied");
    expect(button.disabled).toBe(false);
    expect(go).not.toHaveBeenCalled();
  });

  it("waits without a second request", () => {
    const { button, click, note } = setUp(() => undefined);
    click();
    expect(button.disabled).toBe(true);
    expect(note.textContent).toBe("waiting");
  });
});
