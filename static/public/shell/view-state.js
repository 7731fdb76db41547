// What the page shows, in one object that the address carries whole: any view can be sent to a colleague.

/** How a view of a page stands in its address: `usual` values by key (left out), `numbers` the keys that are numbers. */
export function viewAddress(usual, numbers) {
  /** Read a view from a query string; unknown keys (town, run, lang …) are left to the page. */
  function read(search) {
    const query = new URLSearchParams(search);
    const view = { ...usual };
    for (const key of Object.keys(usual)) {
      const text = query.get(key);
      if (text === null || text === "") continue;
      if (!numbers.has(key)) view[key] = text;
      else if (Number.isFinite(Number(text))) view[key] = Number(text);
    }
    return view;
  }

  /** The query string of a view, keeping the keys it does not own. What is usual or empty is left out. */
  function write(view, search) {
    const query = new URLSearchParams(search);
    for (const key of Object.keys(usual)) {
      const value = view[key];
      if (value === usual[key] || value === null || value === undefined || value === "") query.delete(key);
      else query.set(key, value);
    }
    return query.toString();
  }

  return { read, write };
}

/**
 * The store. `set` tells listeners what changed; a step that deserves the back button is pushed, the rest
 * replaces the address.
 */
export class ViewState {
  constructor(view, { address, history, location, onChange }) {
    Object.assign(this, { view, address, history, location, onChange });
  }

  set(change, { push = false } = {}) {
    const changed = Object.keys(change).filter((key) => this.view[key] !== change[key]);
    if (!changed.length) return;
    Object.assign(this.view, change);
    const query = this.address.write(this.view, this.location.search);
    this.history[push ? "pushState" : "replaceState"](null, "", `${this.location.pathname}?${query}`);
    this.onChange(new Set(changed));
  }

  /** After the back button: take the view from the address. */
  restore() {
    const next = this.address.read(this.location.search);
    const changed = Object.keys(next).filter((key) => this.view[key] !== next[key]);
    Object.assign(this.view, next);
    if (changed.length) this.onChange(new Set(changed));
  }
}
