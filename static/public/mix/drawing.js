// A polygon by hand, for surveyed figures: click its corners (or move the map and press Enter), close it with a
// double click, the button or Enter twice; the server then takes the whole grids it mostly covers.
export class Drawing {
  /** `onDone(corners)`, `onTurn(isDrawing)`; corners are [lon, lat]. */
  constructor({ mapView, onDone, onTurn }) {
    Object.assign(this, { mapView, onDone, onTurn });
    this.corners = [];
    this.isOn = false;
    this.map = mapView.map;
    const pane = this.map.createPane("mix-drawing");
    pane.style.zIndex = 420;
    this.line = window.L.polygon([], { pane: "mix-drawing", renderer: window.L.svg({ pane: "mix-drawing" }), className: "drawn-area", interactive: false });
    this.map.on("click", (event) => this.isOn && this.add([event.latlng.lng, event.latlng.lat]));
    this.map.on("dblclick", () => this.isOn && this.finish());
    this.map.getContainer().addEventListener("keydown", (event) => this.press(event));
  }

  start() {
    this.isOn = true;
    this.corners = [];
    this.map.doubleClickZoom.disable();
    this.map.getContainer().classList.add("is-drawing");
    this.draw();
    this.onTurn(true);
    this.map.getContainer().focus({ preventScroll: true });
  }

  stop() {
    if (!this.isOn) return;
    this.isOn = false;
    this.map.doubleClickZoom.enable();
    this.map.getContainer().classList.remove("is-drawing");
    this.onTurn(false);
  }

  /** Show a finished polygon, or none. */
  show(corners) {
    this.corners = corners ?? [];
    this.draw();
  }

  add(corner) {
    const last = this.corners.at(-1);
    if (last && Math.abs(last[0] - corner[0]) < 1e-7 && Math.abs(last[1] - corner[1]) < 1e-7) return false;
    this.corners.push(corner);
    this.draw();
    return true;
  }

  draw() {
    this.line.setLatLngs(this.corners.map(([lon, lat]) => [lat, lon]));
    if (this.corners.length) this.line.addTo(this.map);
    else this.line.remove();
  }

  press(event) {
    if (!this.isOn) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.show(null);
      this.stop();
    } else if (event.key === "Backspace") {
      event.preventDefault();
      this.corners.pop();
      this.draw();
    } else if (event.key === "Enter") {
      event.preventDefault();
      const { lng, lat } = this.map.getCenter();
      if (!this.add([lng, lat])) this.finish();
    }
  }

  /** True when there was a polygon to finish. */
  finish() {
    if (this.corners.length < 3) return false;
    this.stop();
    this.onDone(this.corners);
    return true;
  }
}
