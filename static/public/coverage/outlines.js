// Outlines of communities and grids for the table's rows: the server's when it has them, else the hull
// of the buildings that belong there.

export class Outlines {
  constructor({ addresses = {}, points, members }) {
    Object.assign(this, { addresses, points, members });
    this.loaded = {};
  }

  /** Rings [[[lon, lat], …], …] of one area, or null. */
  async of(level, index) {
    const known = await this.load(level);
    return known?.get(index) ?? hullOf(this.points, this.members[level], index);
  }

  load(level) {
    if (!this.addresses[level]) return Promise.resolve(null);
    this.loaded[level] ??= fetch(this.addresses[level], { credentials: "same-origin" })
      .then((response) => (response.ok ? response.json() : { features: [] }))
      .then(({ features }) => new Map(features.filter(({ geometry }) => geometry).map(({ properties, geometry }) => [properties.index, ringsOf(geometry)])))
      .catch(() => null);
    return this.loaded[level];
  }
}

function ringsOf({ type, coordinates }) {
  return type === "MultiPolygon" ? coordinates.flat() : coordinates;
}

/** Convex hull of the points of one area (Andrew's monotone chain), as one ring. */
export function hullOf(points, memberOf, index) {
  if (!points || !memberOf) return null;
  const own = [];
  for (let at = 0; at < memberOf.length; at++) if (memberOf[at] === index) own.push([points[2 * at], points[2 * at + 1]]);
  if (own.length < 3) return own.length ? [own] : null;
  own.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (items) => {
    const chain = [];
    for (const point of items) {
      while (chain.length > 1 && !isLeftTurn(chain[chain.length - 2], chain[chain.length - 1], point)) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [[...half(own), ...half([...own].reverse())]];
}

function isLeftTurn(a, b, c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0;
}

/** [[south, west], [north, east]] of rings. */
export function boundsOf(rings) {
  const all = rings.flat();
  const lons = all.map(([lon]) => lon);
  const lats = all.map(([, lat]) => lat);
  return [[Math.min(...lats), Math.min(...lons)], [Math.max(...lats), Math.max(...lons)]];
}
