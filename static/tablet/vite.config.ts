// The tablet app: one static shell, everything it loads precached by its own service worker.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { iconFiles } from "./icons/draw.ts";

const HERE = import.meta.dirname;
const BASE = "/static/tablet/";
const pages = ["index.html", "preview.html"].filter((name) => existsSync(join(HERE, name)));

/** The product's version and, behind it, what these very sources are: the same sources give the same name. */
function version(): string {
  const project = readFileSync(join(HERE, "..", "..", "pyproject.toml"), "utf8");
  const sources = createHash("sha256");
  const files = readdirSync(HERE, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  for (const path of files.map((one) => join(one.parentPath, one.name)).sort()) sources.update(readFileSync(path));
  return `${/^version = "(.+)"/m.exec(project)?.[1] ?? ""}-${sources.digest("hex").slice(0, 7)}`;
}

/** The icons, drawn anew with every build: no binary lies in the repository. */
function drawIcons(): Plugin {
  return {
    name: "draw-icons",
    generateBundle() {
      for (const [fileName, source] of Object.entries(iconFiles())) this.emitFile({ type: "asset", fileName, source });
    },
  };
}

export default defineConfig({
  root: HERE,
  base: BASE,
  define: { __APP_VERSION__: JSON.stringify(version()) },
  publicDir: join(HERE, "public"),
  plugins: [
    vue(),
    drawIcons(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: ".",
      filename: "sw.ts",
      // The manifest is a view (its name is in the reader's language); the plugin would add both to the
      // precache under relative addresses, and one 404 there keeps a worker from ever installing.
      manifest: false,
      includeManifestIcons: false,
      injectRegister: false,
      injectManifest: {
        rollupFormat: "iife", // a worker that ends in `export` is refused by the browser, and the build stays green
        globPatterns: ["**/*.{html,js,css,svg,png,wasm}"],
        globIgnores: ["sw.js", "preview.html", "assets/preview-*"],
        dontCacheBustURLsMatching: /assets\/.*-[\w-]{8}\./,
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((one) => ({ ...one, url: one.url === "index.html" ? "/tablet/" : BASE + one.url })),
            warnings: [],
          }),
        ],
      },
    }),
  ],
  build: {
    outDir: join(HERE, "..", "..", "var", "dist", "tablet"),
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: pages.map((name) => join(HERE, name)) },
  },
});
