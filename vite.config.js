// Desk pages are built to var/dist/desk/<entry>.js. Inputs are found, not listed:
// static/public/<page>/entry.js -> <page>.js, static/public/<page>/<name>.entry.js -> <page>-<name>.js.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

const SOURCES = join(import.meta.dirname, "static", "public");

function findEntries() {
  const found = {};
  for (const folder of readdirSync(SOURCES, { withFileTypes: true }).filter((item) => item.isDirectory())) {
    for (const file of readdirSync(join(SOURCES, folder.name))) {
      const match = /^(?:(.+)\.)?entry\.js$/.exec(file);
      if (match) found[match[1] ? `${folder.name}-${match[1]}` : folder.name] = join(SOURCES, folder.name, file);
    }
  }
  return found;
}

// The server renames entries when it collects static files, chunks keep their names. A chunk that
// imported an entry by its first name would load the module a second time, with a second state.
function refuseChunksImportingEntries() {
  return {
    name: "refuse-chunks-importing-entries",
    generateBundle(_options, bundle) {
      const entries = new Set(Object.values(bundle).filter((part) => part.isEntry).map((part) => part.fileName));
      for (const part of Object.values(bundle)) {
        const wrong = (part.imports ?? []).concat(part.dynamicImports ?? []).find((name) => entries.has(name));
        if (wrong) this.error(`${part.fileName} imports the entry ${wrong}: move what they share to a module of its own`);
      }
    },
  };
}

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [refuseChunksImportingEntries()],
  build: {
    outDir: "var/dist/desk",
    emptyOutDir: true,
    sourcemap: false,
    target: "es2022",
    modulePreload: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: findEntries(),
      output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
});
