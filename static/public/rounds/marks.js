// The states of a dwelling, each with a shape of its own: the colour only repeats it. One path serves the
// legend (SVG) and the map (canvas). Colours are Okabe and Ito's, which colour-blind people tell apart.
const INK = { light: "#3d4854", dark: "#c9d2db" };

export const MARKS = {
  recorded: { path: "M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z", light: "#0072b2", dark: "#56a8e0" },
  call_back: { path: "M0-6L6 0L0 6L-6 0Z", light: "#d98a00", dark: "#f0b040" },
  no_one_in: { path: "M-5.5 4.5L0-5.5L5.5 4.5Z", light: "#3f9fd8", dark: "#7cc4f0" },
  unreached: { path: "M-5.5-4.5L0 5.5L5.5-4.5Z", light: "#b0568c", dark: "#d98ab8" },
  declined: { path: "M-4.8-4.8H4.8V4.8H-4.8Z", light: "#d55e00", dark: "#f08a4a" },
  vacant: { path: "M-4.8-4.8H4.8V4.8H-4.8Z", light: INK.light, dark: INK.dark, isHollow: true },
  not_found: { path: "M-4.5-4.5L4.5 4.5M4.5-4.5L-4.5 4.5", light: INK.light, dark: INK.dark, isHollow: true },
  none: { path: "M0-4.5A4.5 4.5 0 1 1 0 4.5A4.5 4.5 0 1 1 0-4.5Z", light: "#77828e", dark: "#8d99a5", isHollow: true },
  due: { path: "M0-6L6 0L0 6L-6 0Z", light: "#9b2c1b", dark: "#f2a192" },
};

/** An SVG of a state for lists; drawn in the page's own theme. */
export function markIcon(state, theme) {
  const mark = MARKS[state];
  const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  box.setAttribute("viewBox", "-7.5 -7.5 15 15");
  box.setAttribute("class", "state-icon");
  box.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", mark.path);
  path.setAttribute("fill", mark.isHollow ? "none" : mark[theme]);
  path.setAttribute("stroke", mark[theme]);
  path.setAttribute("stroke-width", mark.isHollow ? 2 : 1);
  box.append(path);
  return box;
}

/** The same on a canvas, with its number beside it. */
export function paintMark(pen, state, x, y, { theme, halo, ink, label = "", size = 1 }) {
  const mark = MARKS[state];
  const path = new Path2D(mark.path);
  pen.save();
  pen.translate(x, y);
  pen.scale(size, size);
  pen.lineJoin = "round";
  pen.strokeStyle = halo;
  pen.lineWidth = mark.isHollow ? 5 : 3;
  pen.stroke(path);
  pen.strokeStyle = mark[theme];
  pen.lineWidth = mark.isHollow ? 2 : 0.8;
  pen.stroke(path);
  if (!mark.isHollow) {
    pen.fillStyle = mark[theme];
    pen.fill(path);
  }
  pen.restore();
  if (!label) return;
  pen.font = '600 11.5px "Noto Sans CJK SC",system-ui,sans-serif';
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.strokeStyle = halo;
  pen.lineWidth = 3;
  pen.strokeText(label, x + 8 * size, y + 0.5);
  pen.fillStyle = ink;
  pen.fillText(label, x + 8 * size, y + 0.5);
}
