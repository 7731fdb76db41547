// Facilities of the chosen category: a ringed dot that reads on blue and on orange alike, its name
// beside it from zoom 16.
import { drawHalo } from "./labels.js";
import { mercatorShare } from "./view-canvas.js";

const SIZES = [[12, 2.2], [13, 3], [14, 4], [15, 5], [16, 6.5]];

export function symbolRadius(zoom) {
  let radius = SIZES[0][1];
  for (const [from, size] of SIZES) if (zoom >= from) radius = size;
  return radius;
}

/** `facilities` = {lon, lat, name} arrays. Draws the dots and reserves their places. */
export function paintSymbols(context, facilities, frame, theme, taken) {
  if (!facilities) return [];
  const radius = symbolRadius(frame.zoom);
  const shown = [];
  for (let at = 0; at < facilities.lon.length; at++) {
    const [x, y] = frame.at(facilities.lon[at], facilities.lat[at]);
    if (x < -9 || y < -9 || x > frame.width + 9 || y > frame.height + 9) continue;
    drawDot(context, x, y, radius, theme);
    taken.put(x - radius, y - radius, x + radius, y + radius);
    shown.push({ at, x, y, radius });
  }
  return shown;
}

function drawDot(context, x, y, radius, theme) {
  context.beginPath();
  context.arc(x, y, radius, 0, Math.PI * 2);
  context.fillStyle = theme.symbolFill;
  context.fill();
  context.strokeStyle = theme.symbol;
  context.lineWidth = Math.max(1.2, radius * 0.34);
  context.stroke();
  if (radius < 4) return;
  context.beginPath();
  context.arc(x, y, radius * 0.36, 0, Math.PI * 2);
  context.fillStyle = theme.symbol;
  context.fill();
}

export function paintSymbolNames(context, shown, facilities, frame, theme, taken) {
  if (frame.zoom < 16) return;
  context.font = '600 12px "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif';
  context.textBaseline = "middle";
  for (const { at, x, y, radius } of shown) {
    const name = facilities.name[at];
    if (!name) continue;
    const width = context.measureText(name).width;
    const right = x + radius + 4;
    const isRight = taken.take(right, y - 8, right + width, y + 8);
    if (!isRight && !taken.take(x - radius - 4 - width, y - 8, x - radius - 4, y + 8)) continue;
    context.textAlign = isRight ? "left" : "right";
    context.fillStyle = theme.label;
    drawHalo(context, theme, name, isRight ? right : x - radius - 4, y);
  }
}

/** Index of the facility within a finger of a point, or -1. */
export function facilityAt(facilities, { lat, lng }, zoom) {
  if (!facilities) return -1;
  const worldPx = 256 * 2 ** zoom;
  const [x, y] = mercatorShare(lng, lat).map((share) => share * worldPx);
  const reach = symbolRadius(zoom) + 3;
  for (let at = 0; at < facilities.lon.length; at++) {
    const [fx, fy] = mercatorShare(facilities.lon[at], facilities.lat[at]).map((share) => share * worldPx);
    if (Math.hypot(fx - x, fy - y) <= reach) return at;
  }
  return -1;
}
