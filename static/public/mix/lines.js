// Two small line drawings as SVG with attributes only; the same figures stand in a table beside them.
import { shown } from "./scales.js";

const WIDTH = 320;
const HEIGHT = 110;
const EDGE = { left: 36, right: 14, top: 12, bottom: 22 };

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

function frame(label, children) {
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "line-chart", role: "img", "aria-label": label }, ...children);
}

/** A round upper end of the axis. */
export function topOf(values) {
  const most = Math.max(0.05, ...values);
  return [0.05, 0.1, 0.2, 0.25, 0.4, 0.5, 0.6, 0.8, 1, 2, 3, 4, 5, 8].find((end) => most <= end + 1e-9) ?? Math.ceil(most);
}

const yOf = (value, top) => HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * value) / top;
const xOf = (at, count) => EDGE.left + ((WIDTH - EDGE.left - EDGE.right) * at) / Math.max(1, count - 1);

function axis(top, scale, words) {
  return [0, top / 2, top].flatMap((value) => [
    svg("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: yOf(value, top), y2: yOf(value, top), class: "chart-grid" }),
    svg("text", { x: EDGE.left - 6, y: yOf(value, top) + 4, class: "chart-number", "text-anchor": "end" }, scale.unit === "percent" ? `${Number((value * 100).toFixed(1))}%` : String(value)),
  ]);
}

/** R̃ (full line, round marks) and H̃ (dashed, square marks) by radius. */
export function drawProfile({ radii_m: radii, h, r }, words) {
  const top = topOf([...h, ...r]);
  const points = (values) => values.map((value, at) => `${xOf(at, radii.length)},${yOf(Math.max(0, value), top)}`).join(" ");
  const scale = { unit: "percent" };
  const labels = radii.map((metres, at) => svg("text", { x: xOf(at, radii.length), y: HEIGHT - 6, class: "chart-number", "text-anchor": at === 0 ? "start" : at === radii.length - 1 ? "end" : "middle" }, words.metres(metres)));
  const dots = r.map((value, at) => svg("circle", { cx: xOf(at, radii.length), cy: yOf(Math.max(0, value), top), r: 4, class: "chart-dot" }));
  const squares = h.map((value, at) => svg("rect", { x: xOf(at, radii.length) - 3.5, y: yOf(Math.max(0, value), top) - 3.5, width: 7, height: 7, class: "chart-square" }));
  return frame(words.say("profile_title"), [...axis(top, scale, words), svg("polyline", { points: points(r), class: "chart-line" }), svg("polyline", { points: points(h), class: "chart-line chart-dashed" }), ...squares, ...dots, ...labels]);
}

/** Figures over the rounds with their margins; estimates across redrawn grids are hollow. */
export function drawTrend(points, scale, words) {
  const known = points.filter(({ value }) => value !== null);
  const top = topOf(known.map(({ value, margin }) => value + (margin ?? 0)));
  const place = (point) => xOf(points.indexOf(point), points.length);
  const line = svg("polyline", { points: known.map((point) => `${place(point)},${yOf(Math.max(0, point.value), top)}`).join(" "), class: "chart-line" });
  const bars = known.filter(({ margin }) => margin).map((point) => svg("line", { x1: place(point), x2: place(point), y1: yOf(Math.max(0, point.value - point.margin), top), y2: yOf(point.value + point.margin, top), class: "chart-margin" }));
  const dots = known.map((point) => svg("circle", { cx: place(point), cy: yOf(Math.max(0, point.value), top), r: 4.5, class: point.is_estimate ? "chart-dot is-hollow" : "chart-dot" }));
  const labels = points.map((point, at) => svg("text", { x: place(point), y: HEIGHT - 6, class: "chart-number", "text-anchor": at === 0 ? "start" : at === points.length - 1 ? "end" : "middle" }, (point.date ?? "").slice(0, 7)));
  const told = known.map(({ label, value }) => `${label} ${shown(value, scale, words)}`).join("; ");
  return frame(`${words.say("trend_title")}: ${told}`, [...axis(top, scale, words), line, ...bars, ...dots, ...labels]);
}
