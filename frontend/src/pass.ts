/** Checking a pass without a network: the form is that of `core/passes.py`. */

export type Verdict = "good" | "over" | "forged" | "unreadable";

/** Public keys by key id, as the page brings them. */
export type Keys = Readonly<Record<string, JsonWebKey>>;

const FORM = "NX1";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

/** Return whether a pass is genuine and not over. */
export async function verdictOf(text: string, keys: Keys, nowMs: number): Promise<Verdict> {
  const pass = text.replace(/\s+/g, "");
  const end = pass.lastIndexOf(".");
  const body = pass.slice(0, end);
  const [form, kid = "", , until = "", more] = body.split(".");
  const key = keys[kid];
  if (end < 0 || form !== FORM || !key || more !== undefined) return "unreadable";
  if (!(await isSigned(body, pass.slice(end + 1), key))) return "forged";
  return Number(until) * 1_000 > nowMs ? "good" : "over";
}

async function isSigned(body: string, signature: string, key: JsonWebKey): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey("jwk", key, ALGORITHM, false, ["verify"]);
    const how = { name: "ECDSA", hash: "SHA-256" };
    return await crypto.subtle.verify(
      how,
      imported,
      bytesOf(signature),
      new TextEncoder().encode(body),
    );
  } catch {
    return false;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}
