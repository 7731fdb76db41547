// Sets a street's name along its line, letter by letter, as Chinese street names are set on paper maps.

const MAX_TURN = 0.6; // radians between neighbouring letters: sharper bends tear a name apart

/**
 * Places of the letters of a text along a polyline, or null when it does not fit.
 * `points` [[x, y], …] in pixels, `advances` width of each letter. Chinese on a steep line stands upright
 * and reads downwards; everything else follows the line and reads to the right.
 * Returns {letters: [{x, y, angle}], isUpright}.
 */
export function lettersAlong(points, advances, isHan) {
  const lengths = segmentLengths(points);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const needed = advances.reduce((sum, width) => sum + width, 0);
  if (total < needed + 8) return null;
  const letters = walkLetters(points, lengths, advances, (total - needed) / 2);
  if (!letters) return null;
  const dx = letters[letters.length - 1].x - letters[0].x;
  const dy = letters[letters.length - 1].y - letters[0].y;
  const isUpright = isHan && Math.abs(dy) > 1.3 * Math.abs(dx);
  if (isUpright ? dy >= 0 : dx >= 0) return { letters, isUpright };
  const turned = walkLetters([...points].reverse(), [...lengths].reverse(), advances, (total - needed) / 2);
  return turned && { letters: turned, isUpright };
}

function segmentLengths(points) {
  return points.slice(1).map(([x, y], i) => Math.hypot(x - points[i][0], y - points[i][1]));
}

function walkLetters(points, lengths, advances, start) {
  const placed = [];
  let segment = 0;
  let before = 0; // length of the line before this segment
  let along = start;
  for (const width of advances) {
    const middle = along + width / 2;
    while (segment < lengths.length - 1 && before + lengths[segment] < middle) before += lengths[segment++];
    const [x1, y1] = points[segment];
    const [x2, y2] = points[segment + 1];
    const share = lengths[segment] ? (middle - before) / lengths[segment] : 0;
    const angle = Math.atan2(y2 - y1, x2 - x1);
    const last = placed[placed.length - 1];
    if (last && Math.abs(turn(angle - last.angle)) > MAX_TURN) return null;
    placed.push({ x: x1 + (x2 - x1) * share, y: y1 + (y2 - y1) * share, angle });
    along += width;
  }
  return placed;
}

function turn(angle) {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

/** The angle at which a letter is drawn: an upright one leans with the line, no more. */
export function letterAngle(angle, isUpright) {
  return isUpright ? angle - Math.sign(Math.sin(angle)) * (Math.PI / 2) : angle;
}
