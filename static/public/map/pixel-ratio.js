// Canvas pixels per CSS pixel: the screen's, but a printed sheet asks for more than the screen has.
let least = 1;

export function setLeastPixelRatio(ratio) {
  least = ratio;
}

export function pixelRatio() {
  return Math.min(Math.max(window.devicePixelRatio || 1, least), 3);
}
