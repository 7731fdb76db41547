// A line drawn on the map with mouse, pen or finger. While it is on, the map itself does not move.
const SHORTEST_PX = 24;
const STEP_PX = 3;

/** `onLine(points)` gets the closed line in pixels of the map's window. */
export class Lasso {
  constructor(map, { onLine, onChange }) {
    Object.assign(this, { map, onLine, onChange, isOn: false, points: [] });
    this.box = map.getContainer();
    this.canvas = document.createElement("canvas");
    this.canvas.className = "lasso-canvas";
    this.canvas.hidden = true;
    this.box.append(this.canvas);
    window.L.DomEvent.disableClickPropagation(this.canvas); // letting go is no click on a building
    this.canvas.addEventListener("pointerdown", (event) => this.start(event));
    this.canvas.addEventListener("pointermove", (event) => this.extend(event));
    this.canvas.addEventListener("pointerup", (event) => this.finish(event));
    this.canvas.addEventListener("pointercancel", () => this.clear());
  }

  turn(isOn) {
    this.isOn = isOn;
    this.canvas.hidden = !isOn;
    this.clear();
    this.onChange(isOn);
  }

  start(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    const { width, height } = this.box.getBoundingClientRect();
    Object.assign(this.canvas, { width, height });
    this.points = [this.at(event)];
  }

  extend(event) {
    if (!this.points.length) return;
    event.stopPropagation();
    const [x, y] = this.at(event);
    const [lastX, lastY] = this.points.at(-1);
    if (Math.hypot(x - lastX, y - lastY) < STEP_PX) return;
    this.points.push([x, y]);
    this.draw();
  }

  finish(event) {
    const { points } = this;
    event.stopPropagation();
    this.clear();
    const wide = Math.max(...points.map(([x]) => x)) - Math.min(...points.map(([x]) => x));
    const tall = Math.max(...points.map(([, y]) => y)) - Math.min(...points.map(([, y]) => y));
    if (points.length > 3 && Math.max(wide, tall) > SHORTEST_PX) this.onLine(points);
  }

  clear() {
    this.points = [];
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  at(event) {
    const frame = this.box.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    const style = getComputedStyle(this.canvas);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.beginPath();
    this.points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.globalAlpha = 0.16;
    pen.fillStyle = style.color;
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = style.color;
    pen.lineWidth = 2;
    pen.setLineDash([6, 4]);
    pen.stroke();
  }
}
