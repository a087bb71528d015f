/** Fail when the built bundle needs more than Chrome 90 and Safari 14. */
import { readdirSync, readFileSync } from "node:fs";
import { cssFaults, jsFaults } from "./floor-rules.mjs";

const BUNDLE = new URL("../dist/bundle/", import.meta.url);
const CHECKS = { css: cssFaults, js: jsFaults };

let isFine = true;
const files = readdirSync(BUNDLE).filter((name) => /\.(css|js)$/.test(name));
if (files.length === 0) throw new Error("nothing is built: npm run build");
for (const name of files) {
  const check = CHECKS[name.slice(name.lastIndexOf(".") + 1)];
  for (const fault of check(readFileSync(new URL(name, BUNDLE), "utf8"))) {
    console.error(`${name}: ${fault}`);
    isFine = false;
  }
}
process.exitCode = isFine ? 0 : 1;
