// Which rectangles of the view are taken: labels ask here before they are drawn.
const BIN_PX = 64;

export class TakenBoxes {
  constructor() {
    this.bins = new Map();
  }

  /** True and taken when free; false when something is already there. */
  take(left, top, right, bottom) {
    if (!this.isFree(left, top, right, bottom)) return false;
    this.put(left, top, right, bottom);
    return true;
  }

  isFree(left, top, right, bottom) {
    for (const key of binsOf(left, top, right, bottom)) {
      for (const box of this.bins.get(key) ?? []) {
        if (left < box[2] && right > box[0] && top < box[3] && bottom > box[1]) return false;
      }
    }
    return true;
  }

  put(left, top, right, bottom) {
    const box = [left, top, right, bottom];
    for (const key of binsOf(left, top, right, bottom)) {
      if (!this.bins.has(key)) this.bins.set(key, []);
      this.bins.get(key).push(box);
    }
  }
}

function* binsOf(left, top, right, bottom) {
  for (let x = Math.floor(left / BIN_PX); x <= Math.floor(right / BIN_PX); x++) {
    for (let y = Math.floor(top / BIN_PX); y <= Math.floor(bottom / BIN_PX); y++) yield x * 100000 + y;
  }
}
