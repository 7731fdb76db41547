// Fetches vector tiles, keeps the last ones decoded, and knows how many are still on their way.
import { decodeTile } from "./mvt.js";

const KEPT_TILES = 160;
const EMPTY = Object.freeze({});

export class TileStore extends EventTarget {
  /** `template` holds {z}, {x}, {y}; zooms are tile zooms; `fetchTile` is replaced in tests. */
  constructor({ template, minZoom, maxZoom, kept = KEPT_TILES, fetchTile = fetchBuffer }) {
    super();
    Object.assign(this, { template, minZoom, maxZoom, kept, fetchTile });
    this.tiles = new Map();
    this.waiting = new Map();
    this.failed = new Set();
  }

  /** Where the 512-px tile (x, y) of a map zoom finds its data: tile address, scale and shift in pixels. */
  placement({ x, y, z }) {
    const own = z - 1;
    const dataZoom = Math.min(own, this.maxZoom);
    const down = own - dataZoom;
    const side = 1 << down;
    return {
      key: `${dataZoom}/${x >> down}/${y >> down}`,
      z: dataZoom,
      x: x >> down,
      y: y >> down,
      pixelsAcross: 512 * side,
      left: -(x - ((x >> down) << down)) * 512,
      top: -(y - ((y >> down) << down)) * 512,
    };
  }

  /** The decoded tile if it is here, else undefined. */
  peek(key) {
    const tile = this.tiles.get(key);
    if (tile) {
      this.tiles.delete(key); // most recently used goes last
      this.tiles.set(key, tile);
    }
    return tile;
  }

  /** The decoded tile; layers by name, empty outside the town. Rejects after a second failed try. */
  get({ key, z, x, y }) {
    const here = this.peek(key);
    if (here) return Promise.resolve(here);
    if (z < this.minZoom) return Promise.resolve(EMPTY);
    if (!this.waiting.has(key)) this.waiting.set(key, this.load(key, z, x, y));
    return this.waiting.get(key);
  }

  async load(key, z, x, y) {
    try {
      const address = this.template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
      const buffer = await this.fetchTile(address);
      const tile = buffer ? decodeTile(buffer) : EMPTY;
      this.tiles.set(key, tile);
      if (this.tiles.size > this.kept) this.tiles.delete(this.tiles.keys().next().value);
      if (this.failed.delete(key) && this.failed.size === 0) this.dispatchEvent(new Event("recovered"));
      return tile;
    } catch (error) {
      this.failed.add(key);
      this.dispatchEvent(new CustomEvent("failed", { detail: error }));
      throw error;
    } finally {
      this.waiting.delete(key);
      this.dispatchEvent(new Event("arrived"));
    }
  }

  get isBusy() {
    return this.waiting.size > 0;
  }
}

async function fetchBuffer(address) {
  let response;
  try {
    response = await fetch(address, { credentials: "same-origin" });
  } catch {
    response = await fetch(address, { credentials: "same-origin" }); // one dropped connection is not a failure
  }
  if (response.status === 204) return null;
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.arrayBuffer();
}
