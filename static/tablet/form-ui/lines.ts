// A line or an area as ODK writes it: points separated by semicolons; an area ends where it began.

export function lineText(points: readonly string[], isArea: boolean): string {
  if (points.length < (isArea ? 3 : 2)) return "";
  const closed = isArea ? [...points, points[0] ?? ""] : points;
  return closed.join(";");
}

export function pointsOf(text: string, isArea: boolean): string[] {
  const points = text.split(";").map((point) => point.trim()).filter(Boolean);
  return isArea ? points.slice(0, -1) : points;
}
