// Whose stairwell is whose, and what a change would make of it: arithmetic only, no page and no map.

/** Stairwells of all buildings in the server's order, with the worker of each (0: nobody). */
export class Plan {
  constructor({ buildings, grids, workers }) {
    Object.assign(this, { buildings, grids, workers });
    this.stairwells = buildings.flatMap((building, at) => building.units.map(([unit, dwellings]) => ({ building: at, unit, dwellings })));
    this.owners = this.stairwells.map(() => 0);
    this.inBuilding = buildings.map(() => []);
    this.inGrid = new Map(grids.map((grid) => [grid.code, []]));
    this.stairwells.forEach(({ building }, key) => {
      this.inBuilding[building].push(key);
      const { grid } = buildings[building];
      if (!this.inGrid.has(grid)) this.inGrid.set(grid, []);
      this.inGrid.get(grid).push(key);
    });
  }

  dwellingsOf(keys) {
    let sum = 0;
    for (const key of keys) sum += this.stairwells[key].dwellings;
    return sum;
  }

  buildingsOf(keys) {
    return new Set([...keys].map((key) => this.stairwells[key].building));
  }

  /** Worker → dwellings; 0 holds those that nobody visits. */
  balance() {
    return this.balanceOf(this.owners);
  }

  /** What the balance would be if these stairwells went to `worker` (0: were withdrawn). */
  preview(keys, worker) {
    const owners = this.owners.slice();
    for (const key of keys) owners[key] = worker;
    return this.balanceOf(owners);
  }

  balanceOf(owners) {
    const found = new Map([[0, 0], ...this.workers.map(({ id }) => [id, 0])]);
    owners.forEach((owner, key) => found.set(owner, (found.get(owner) ?? 0) + this.stairwells[key].dwellings));
    return found;
  }

  /** The workers of a building, in the order of its stairwells, each once. */
  ownersOf(building) {
    return [...new Set(this.inBuilding[building].map((key) => this.owners[key]))];
  }

  /** The fewest places that are exactly these stairwells: whole grids, whole buildings, single stairwells. */
  places(keys) {
    const left = new Set(keys);
    const found = [];
    const takeWhole = (inside, place) => {
      if (!inside.length || !inside.every((key) => left.has(key))) return;
      inside.forEach((key) => left.delete(key));
      found.push(place);
    };
    for (const [code, inside] of this.inGrid) if (code) takeWhole(inside, `g:${code}`);
    this.inBuilding.forEach((inside, at) => takeWhole(inside, `b:${this.buildings[at].code}`));
    for (const key of left) found.push(`b:${this.buildings[this.stairwells[key].building].code}/${this.stairwells[key].unit}`);
    return found;
  }

  /** Buildings among these that a worker's duties do not hold. */
  outside(keys, id) {
    const worker = this.workers.find((one) => one.id === id);
    if (!worker) return [];
    return [...this.buildingsOf(keys)].filter((at) => {
      const { code, grid } = this.buildings[at];
      const isHeld = worker.areas.some((area) => code.startsWith(area)) || worker.grids.includes(grid) || worker.buildings.includes(code);
      return !isHeld;
    });
  }
}

/** Is (x, y) inside a closed line of [x, y] points? */
export function isInside(points, x, y) {
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [xi, yi] = points[i];
    const [xj, yj] = points[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
