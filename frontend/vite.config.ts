import { defineConfig } from "vite";

// Lightning CSS writes versions as major << 16 | minor << 8.
const FLOOR = { chrome: 90 << 16, safari: 14 << 16 };

export default defineConfig({
  base: "/static/",
  publicDir: false,
  css: { transformer: "lightningcss", lightningcss: { targets: FLOOR } },
  build: {
    outDir: "dist",
    assetsDir: "bundle",
    manifest: "manifest.json",
    target: ["chrome90", "safari14"],
    cssMinify: "lightningcss",
    modulePreload: false,
    rollupOptions: {
      input: {
        main: "src/main.ts",
        style: "src/style.css",
        desk: "src/desk.css",
        map: "src/map.ts",
        "map-style": "src/map.css",
        check: "src/check.ts",
        sw: "src/sw.ts",
        grid: "src/grid.css",
        print: "src/print.css",
        office: "src/office.css",
      },
      output: {
        entryFileNames: "bundle/[name]-[hash:10].js",
        chunkFileNames: "bundle/[name]-[hash:10].js",
        assetFileNames: "bundle/[name]-[hash:10][extname]",
      },
    },
  },
});
