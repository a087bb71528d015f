// Puts the fonts of printed documents into frontend/fonts, all under the SIL Open Font License. The
// first family covers the national standard; of the other two only those slices are kept that hold
// characters beyond the basic plane, which names of people and places have.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { decompress } from "wawoff2";

const PACKAGES = new URL("../node_modules/", import.meta.url);
const FONTS = new URL("../fonts/", import.meta.url);
const MAIN = ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf"];
const RARE = ["noto-sans-hk", "noto-sans-jp"];
const BEYOND_BASIC_PLANE = /U\+[23][0-9a-f]{4}/i;

async function keepRareSlices(name) {
  const folder = new URL(`@fontsource-variable/${name}/`, PACKAGES);
  const ranges = JSON.parse(await readFile(new URL("unicode.json", folder), "utf8"));
  for (const [slice, range] of Object.entries(ranges)) {
    if (!BEYOND_BASIC_PLANE.test(range)) continue;
    const number = slice.replace(/\D/g, "");
    const packed = await readFile(new URL(`files/${name}-${number}-wght-normal.woff2`, folder));
    await writeFile(new URL(`${name}-${number}.ttf`, FONTS), await decompress(packed));
  }
}

await rm(FONTS, { recursive: true, force: true });
await mkdir(FONTS, { recursive: true });
for (const file of MAIN) {
  const source = new URL(`@expo-google-fonts/noto-sans-sc/${file}`, PACKAGES);
  await copyFile(source, new URL(file.split("/")[1], FONTS));
}
for (const name of RARE) await keepRareSlices(name);
