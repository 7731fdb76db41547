// The scale bar: a line as long as a round number of metres at the middle of the map.

/** The largest of 1, 2, 5 × 10ⁿ metres that is not longer. */
export function roundScale(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return [5, 2, 1].find((step) => step * power <= metres) * power;
}

/** `map` is Leaflet's; `box` holds a line and its words, the line takes `roomPx` at the most. */
export function drawScale(map, box, roomPx = 100) {
  const middle = map.getSize().y / 2;
  const across = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([roomPx, middle]));
  const metres = roundScale(across);
  box.querySelector(".scale-line").style.width = `${(roomPx * metres) / across}px`;
  box.querySelector(".scale-text").textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
}
