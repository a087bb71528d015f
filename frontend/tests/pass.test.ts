import { beforeAll, describe, expect, it } from "vitest";
import { type Keys, verdictOf } from "../src/pass";

const UNTIL_S = 1_800_000_000;
const NOW_MS = UNTIL_S * 1_000 - 1;
let keys: Keys;
let pass: string;

function base64url(bytes: ArrayBuffer): string {
  const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

beforeAll(async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  keys = { k1: await crypto.subtle.exportKey("jwk", pair.publicKey) };
  const body = `NX1.k1.AAAAAAAAAAAAAAAAAAAAAA.${UNTIL_S}`;
  const how = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(how, pair.privateKey, new TextEncoder().encode(body));
  pass = `${body}.${base64url(signature)}`;
});

describe("verdictOf", () => {
  it("takes a genuine pass until its end, with whatever spaces a scanner adds", async () => {
    expect(await verdictOf(` ${pass}\n`, keys, NOW_MS)).toBe("good");
    expect(await verdictOf(pass, keys, UNTIL_S * 1_000)).toBe("over");
  });

  it("finds an altered end, id and signature", async () => {
    for (const [old, fresh] of [
      [`${UNTIL_S}`, `${UNTIL_S + 900}`],
      [".AAAA", ".BAAA"],
      [pass.slice(-6), "AAAAAA"],
    ] as const) {
      expect(await verdictOf(pass.replace(old, fresh), keys, NOW_MS)).toBe("forged");
    }
  });

  it("does not read what is no pass, or of another site", async () => {
    for (const text of ["", "x", "https://a.example/", pass.replace("k1", "k2"), `${pass}.x`]) {
      expect(await verdictOf(text, keys, NOW_MS)).toBe("unreadable");
    }
    expect(await verdictOf(pass, {}, NOW_MS)).toBe("unreadable");
  });
});
