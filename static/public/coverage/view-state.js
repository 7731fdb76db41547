// What the page shows, in one object that the address carries whole: any view can be sent to a colleague.

const DEFAULTS = { cat: "score", mode: "norm", weight: "dwellings", level: "community", class: null, b: null, walk: null, z: null, lon: null, lat: null };
const NUMBERS = new Set(["class", "b", "z", "lon", "lat"]);

/** Read a view from a query string; unknown keys (town, run, lang …) are left to the page. */
export function readView(search) {
  const query = new URLSearchParams(search);
  const view = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS)) {
    const text = query.get(key);
    if (text === null || text === "") continue;
    if (!NUMBERS.has(key)) view[key] = text;
    else if (Number.isFinite(Number(text))) view[key] = Number(text);
  }
  return view;
}

/** The query string of a view, keeping the keys it does not own. Defaults are left out. */
export function writeView(view, search) {
  const query = new URLSearchParams(search);
  for (const [key, usual] of Object.entries(DEFAULTS)) {
    const value = view[key];
    if (value === usual || value === null || value === undefined) query.delete(key);
    else query.set(key, value);
  }
  return query.toString();
}

/**
 * The store. `set` tells listeners what changed; a step that deserves the back button (category, mode,
 * building) is pushed, the rest replaces the address.
 */
export class ViewState {
  constructor(view, { history, location, onChange, read = readView, write = writeView }) {
    this.view = view;
    Object.assign(this, { history, location, onChange, read, write });
  }

  set(change, { push = false } = {}) {
    const changed = Object.keys(change).filter((key) => this.view[key] !== change[key]);
    if (!changed.length) return;
    Object.assign(this.view, change);
    const address = `${this.location.pathname}?${this.write(this.view, this.location.search)}`;
    this.history[push ? "pushState" : "replaceState"](null, "", address);
    this.onChange(new Set(changed));
  }

  /** After the back button: take the view from the address. */
  restore() {
    const next = this.read(this.location.search);
    const changed = Object.keys(next).filter((key) => this.view[key] !== next[key]);
    Object.assign(this.view, next);
    if (changed.length) this.onChange(new Set(changed));
  }
}
