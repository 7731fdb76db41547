// The tablet app: one static shell, everything it loads precached by its own service worker.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import vue from "@vitejs/plugin-vue";
import { build, defineConfig, type Plugin } from "vite";
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

const KEPT_OFFLINE = /\.(html|js|css|svg|png|wasm)$/;
const NOT_KEPT = /^(sw\.js|preview\.html|assets\/preview-.*)$/;
const NAMED_BY_CONTENT = /^assets\/.*-[\w-]{8}\./;

/** What the worker keeps: every file of the app, under the address it is served at. */
function precache(folder: string): { url: string; revision: string | null }[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const names = files.map((one) => relative(folder, join(one.parentPath, one.name)).split(sep).join("/")).sort();
  return names
    .filter((name) => KEPT_OFFLINE.test(name) && !NOT_KEPT.test(name))
    .map((name) => ({
      url: name === "index.html" ? "/tablet/" : BASE + name,
      revision: NAMED_BY_CONTENT.test(name) ? null : hashOf(readFileSync(join(folder, name))),
    }));
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** The service worker, built last: it names every other file. A classic script: a browser refuses one that exports. */
function buildWorker(): Plugin {
  let folder = "";
  return {
    name: "build-worker",
    apply: "build",
    configResolved: (config) => void (folder = resolve(config.root, config.build.outDir)),
    async closeBundle() {
      await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        define: {
          "self.__WB_MANIFEST": JSON.stringify(precache(folder)),
          "process.env.NODE_ENV": JSON.stringify("production"),
        },
        build: {
          outDir: folder,
          emptyOutDir: false,
          target: "es2022",
          modulePreload: false,
          rolldownOptions: {
            input: join(HERE, "sw.ts"),
            output: { format: "iife", entryFileNames: "sw.js" },
          },
        },
      });
    },
  };
}

export default defineConfig({
  root: HERE,
  base: BASE,
  define: { __APP_VERSION__: JSON.stringify(version()) },
  // The package's own entry is a CommonJS wrapper: a third larger, and copied name by name when the app starts.
  resolve: { alias: [{ find: /^dexie$/, replacement: join(HERE, "..", "..", "node_modules", "dexie", "dist", "modern", "dexie.mjs") }] },
  publicDir: join(HERE, "public"),
  plugins: [
    vue(),
    drawIcons(),
    buildWorker(),
  ],
  build: {
    outDir: join(HERE, "..", "..", "var", "dist", "tablet"),
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { input: pages.map((name) => join(HERE, name)) },
  },
});
