// Byte arrays of the run: one per mode and category, kept once fetched; the rest of the categories
// follow in the background, so that a switch repaints and does not wait.

const TYPES = { community: Uint16Array, grid: Uint16Array, dwellings: Uint16Array, residents: Float32Array, kind: Uint8Array, points: Float32Array };
const KEPT_ARRAYS = 120;
const AT_ONCE = 3;

export class Values {
  constructor({ arrays, values }) {
    this.addresses = arrays;
    this.template = values;
    this.kept = new Map();
    this.waiting = new Map();
    this.fixed = {};
  }

  /** Load the per-building arrays that every view needs. */
  async loadFixed(names) {
    await Promise.all(
      names.filter((name) => this.addresses[name]).map(async (name) => {
        this.fixed[name] = new TYPES[name](await fetchBytes(this.addresses[name]));
      }),
    );
    return this.fixed;
  }

  address(mode, category) {
    return this.template.replace("{mode}", mode).replace("{category}", category);
  }

  /** The array if it is here, else null. */
  peek(mode, category) {
    return this.kept.get(this.address(mode, category)) ?? null;
  }

  get(mode, category) {
    const address = this.address(mode, category);
    const here = this.kept.get(address);
    if (here) return Promise.resolve(here);
    if (!this.waiting.has(address)) {
      const job = fetchBytes(address)
        .then((buffer) => this.keep(address, new Uint8Array(buffer)))
        .finally(() => this.waiting.delete(address));
      this.waiting.set(address, job);
    }
    return this.waiting.get(address);
  }

  keep(address, array) {
    this.kept.set(address, array);
    if (this.kept.size > KEPT_ARRAYS) this.kept.delete(this.kept.keys().next().value);
    return array;
  }

  /** Fetch the other categories quietly; `onEach(category, array)`. A newer call stops an older one. */
  async prefetch(mode, categories, onEach) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const queue = [...categories];
    const work = async () => {
      while (queue.length && this.turn === turn) {
        const category = queue.shift();
        const array = await this.get(mode, category).catch(() => null);
        await quietMoment();
        if (array && this.turn === turn) onEach(category, array);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}

function quietMoment() {
  const wait = window.requestIdleCallback ?? ((done) => setTimeout(done, 30));
  return new Promise((resolve) => wait(() => resolve(), { timeout: 400 }));
}

async function fetchBytes(address) {
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.arrayBuffer();
}
