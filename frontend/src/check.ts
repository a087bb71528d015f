import { type Keys, type Verdict, verdictOf } from "./pass";

/** What browsers that read codes by themselves have; the page's library does not know it yet. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<ReadonlyArray<{ readonly rawValue: string }>>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const LOOK_MS = 250;
const root = document.querySelector<HTMLElement>("[data-nx-check]");
const keys = document.getElementById("pass-keys");
// without a secure context there is nothing to check with: the form asks the server
if (root && keys?.textContent && window.crypto?.subtle) {
  enable(root, JSON.parse(keys.textContent) as Keys);
}

function enable(check: HTMLElement, known: Keys): void {
  const form = document.querySelector<HTMLFormElement>("[data-nx-typed]");
  const input = form?.querySelector<HTMLInputElement>("input");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input) void tell(check, known, input.value);
  });
  const scan = check.querySelector<HTMLElement>("[data-nx-scan]");
  const detector = (window as unknown as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!scan || !detector || !navigator.mediaDevices) return;
  scan.hidden = false;
  scan.querySelector("button")?.addEventListener("click", () => {
    void watch(check, known, new detector({ formats: ["qr_code"] }));
  });
}

async function tell(check: HTMLElement, known: Keys, text: string): Promise<void> {
  const verdict: Verdict = await verdictOf(text, known, Date.now());
  const said = check.querySelector<HTMLElement>("[data-nx-verdict]");
  if (!said) return;
  said.hidden = false;
  said.className = `verdict ${verdict === "good" ? "good" : "bad"}`;
  said.textContent = check.dataset[verdict] ?? "";
}

/** Look through the camera until a code is seen. */
async function watch(check: HTMLElement, known: Keys, detector: Detector): Promise<void> {
  const video = check.querySelector<HTMLVideoElement>("[data-nx-camera]");
  if (!video) return;
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment" },
  });
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    video.hidden = true;
  };
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const look = async () => {
    const [code] = await detector.detect(video);
    if (!code) {
      setTimeout(() => void look().catch(close), LOOK_MS);
      return;
    }
    close();
    await tell(check, known, code.rawValue);
  };
  await look().catch(close);
}
