// What the eye is led to: the outline of a building, of an area, a walk and its two ends.
import { indexOfId, realEdges } from "./pick.js";

/** `focus` = {hovered, selected: building numbers; area: [[[lon, lat], …], …] rings; walk: {path, label, to}}. */
export function paintFocus(context, frame, tiles, focus, theme) {
  context.lineJoin = context.lineCap = "round";
  if (focus.area) paintArea(context, frame, focus.area, theme);
  if (focus.hovered >= 0 && focus.hovered !== focus.selected) paintOutline(context, tiles, focus.hovered, theme, 1.6);
  if (focus.selected >= 0) paintOutline(context, tiles, focus.selected, theme, 2.6);
  if (focus.walk) paintWalk(context, frame, focus.walk, theme);
}

function paintOutline(context, tiles, number, theme, width) {
  context.beginPath();
  for (const { layers, left, top, scale } of tiles) {
    const layer = layers.buildings;
    const index = layer ? indexOfId(layer, number) : -1;
    if (index < 0) continue;
    for (const [x1, y1, x2, y2] of realEdges(layer, index)) {
      context.moveTo(left + x1 * scale, top + y1 * scale);
      context.lineTo(left + x2 * scale, top + y2 * scale);
    }
  }
  strokeTwice(context, theme.halo, theme.outline, width);
}

function paintArea(context, frame, rings, theme) {
  context.beginPath();
  for (const ring of rings) {
    ring.forEach(([lon, lat], at) => {
      const [x, y] = frame.at(lon, lat);
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
  }
  strokeTwice(context, theme.halo, theme.outline, 2);
}

function paintWalk(context, frame, { path, label, to }, theme) {
  const points = path.map(([lon, lat]) => frame.at(lon, lat));
  context.beginPath();
  points.forEach(([x, y], at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  strokeTwice(context, theme.halo, theme.walk, 4);
  paintEnd(context, points[0], theme, theme.walk, false);
  if (to) paintEnd(context, frame.at(to.lon, to.lat), theme, theme.walk, true);
  if (label) paintWalkLabel(context, middleOf(points), label, theme);
}

function paintEnd(context, [x, y], theme, colour, isGoal) {
  context.beginPath();
  context.arc(x, y, isGoal ? 8 : 5, 0, Math.PI * 2);
  context.fillStyle = isGoal ? colour : theme.symbolFill;
  context.fill();
  context.strokeStyle = isGoal ? theme.symbolFill : colour;
  context.lineWidth = 2.5;
  context.stroke();
  if (!isGoal) return;
  context.beginPath();
  context.arc(x, y, 2.6, 0, Math.PI * 2);
  context.fillStyle = theme.symbolFill;
  context.fill();
}

function paintWalkLabel(context, [x, y], label, theme) {
  context.font = '600 13px "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif';
  context.textAlign = "center";
  context.textBaseline = "middle";
  const half = context.measureText(label).width / 2 + 9;
  context.beginPath();
  context.roundRect(x - half, y - 12, half * 2, 24, 12);
  context.fillStyle = theme.symbolFill;
  context.fill();
  context.strokeStyle = theme.walk;
  context.lineWidth = 1.5;
  context.stroke();
  context.fillStyle = theme.symbol;
  context.fillText(label, x, y + 0.5);
}

/** The point half way along a line. */
export function middleOf(points) {
  const lengths = points.slice(1).map(([x, y], at) => Math.hypot(x - points[at][0], y - points[at][1]));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (let at = 0; at < lengths.length; at++) {
    if (left <= lengths[at] && lengths[at] > 0) {
      const share = left / lengths[at];
      const [x1, y1] = points[at];
      const [x2, y2] = points[at + 1];
      return [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
    }
    left -= lengths[at];
  }
  return points[points.length - 1];
}

function strokeTwice(context, halo, colour, width) {
  context.strokeStyle = halo;
  context.lineWidth = width + 3;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}
