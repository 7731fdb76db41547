// The tablet's form engine in plain node, for tests and for filling forms from a script.
// jsdom lends it the few DOM classes it reads XForms with. Its XPath parser is an emscripten module that
// takes node for the place to read files from disk with CommonJS, which an ES module has not: while it
// loads, node is not to be seen, and it fetches its wasm from the data: address it brings along.

import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
const lent = ["DOMParser", "XMLSerializer", "Node", "Element", "Document", "XPathResult", "Attr", "Text", "document"];
for (const name of lent) if (!(name in globalThis)) Object.assign(globalThis, { [name]: window[name] });
Object.assign(globalThis, { window });

const node = globalThis.process;
const hidden = Object.create(node, { versions: { value: {} } }) as typeof node;
Object.defineProperty(globalThis, "process", { value: hidden, configurable: true, writable: true });
await import("@getodk/xforms-engine");
Object.defineProperty(globalThis, "process", { value: node, configurable: true, writable: true });

export const engine = await import("../../../static/tablet/form/engine.ts");
export const outcome = await import("../../../static/tablet/form/outcome.ts");
export const nodes = await import("../../../static/tablet/form/nodes.ts");
