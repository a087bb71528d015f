import { afterEach, describe, expect, it, vi } from "vitest";
import { enablePlace, forgetPlace, type Phone, sendOnce } from "../src/place";

interface Field {
  name: string;
  value: string;
  dataset: Record<string, string>;
  remove: () => void;
}

/** The few members of a form that the code touches. */
function fakeForm() {
  const listeners: Record<string, Array<(event: unknown) => void>> = {};
  let fields: Field[] = [];
  const note = { textContent: "", dataset: { nxWaiting: "waiting" } };
  const button = { name: "answer", value: "shut", disabled: false };
  const form = {
    dataset: {} as Record<string, string>,
    submit: vi.fn(),
    append: (field: Field) => {
      field.remove = () => {
        fields = fields.filter((one) => one !== field);
      };
      fields.push(field);
    },
    addEventListener: (kind: string, act: (event: unknown) => void) => {
      listeners[kind] = [...(listeners[kind] ?? []), act];
    },
    querySelector: () => note,
    querySelectorAll: (what: string) => (what === "button" ? [button] : fields),
  };
  const press = () => {
    const preventDefault = vi.fn();
    for (const act of listeners.click ?? []) act({ target: { closest: () => button } });
    for (const act of listeners.submit ?? []) act({ preventDefault });
  };
  const sent = () => Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  return { form: form as unknown as HTMLFormElement, press, sent, note, button };
}

function setUp(answer: Geolocation["getCurrentPosition"] | null) {
  vi.stubGlobal("document", { createElement: () => ({ dataset: {} }) });
  const waits: Array<{ act: () => void; afterMs: number }> = [];
  const phone: Phone = {
    geolocation: answer && { getCurrentPosition: answer },
    later: (act, afterMs) => waits.push({ act, afterMs }),
  };
  const fake = fakeForm();
  enablePlace(fake.form, phone);
  return { ...fake, waits };
}

afterEach(() => vi.unstubAllGlobals());

const found: Geolocation["getCurrentPosition"] = (done) =>
  done({ coords: { latitude: 30.076049, longitude: 120.487951 } } as GeolocationPosition);

describe("enablePlace", () => {
  it("sends the pressed answer with the rounded position", () => {
    const { form, press, sent } = setUp(found);

    press();

    expect(form.submit).toHaveBeenCalledOnce();
    expect(sent()).toEqual({ answer: "shut", lat: "30.0760", lon: "120.4880" });
  });

  it.each([
    ["refused", (_: unknown, failed?: PositionErrorCallback | null) => failed?.({} as never)],
    ["missing", null],
  ])("sends the answer alone when the position is %s", (_, answer) => {
    const { form, press, sent } = setUp(answer as Geolocation["getCurrentPosition"] | null);

    press();

    expect(form.submit).toHaveBeenCalledOnce();
    expect(sent()).toEqual({ answer: "shut" });
  });

  it("waits three seconds and no longer, and sends once", () => {
    let late: PositionCallback = () => undefined;
    const { form, press, waits, note, button } = setUp((done) => {
      late = done;
    });

    press();
    press();
    expect([note.textContent, button.disabled]).toEqual(["waiting", true]);
    expect(waits.map(({ afterMs }) => afterMs)).toEqual([3_000]);
    waits[0]?.act();
    late({ coords: { latitude: 1, longitude: 1 } } as GeolocationPosition);

    expect(form.submit).toHaveBeenCalledOnce();
  });

  it("is ready again when the back button brings the form back", () => {
    const { form, press, sent, button } = setUp(found);

    press();
    forgetPlace(form);
    expect([sent(), button.disabled]).toEqual([{}, false]);
    press();

    expect(form.submit).toHaveBeenCalledTimes(2);
  });
});

describe("sendOnce", () => {
  it.each([
    [true, true, 1],
    [false, true, 0],
    [true, false, 0],
  ])("fresh %s, seen %s", (isFresh, isVisible, times) => {
    const { form } = fakeForm();

    sendOnce(form, isFresh, isVisible);

    expect(form.submit).toHaveBeenCalledTimes(times);
  });
});
