// The quiet base map: one table of colours a theme, one of road widths. The data ramp owns blue and
// orange, so the base keeps to greys with a breath of green and of water.
export const THEMES = {
  light: {
    ground: "#f5f4f0",
    green: "#e2eada",
    wood: "#d9e4d0",
    sport: "#e3ebe2",
    water: "#cddbe2",
    waterway: "#bfd0d9",
    land: { industrial: "#eeecea", commercial: "#f1efea", school: "#f1eee3", railway: "#ebeae7", other: "#f2f1ec" },
    road: { major: "#ffffff", middle: "#ffffff", minor: "#ffffff", path: "#d8d2c6", steps: "#c3bbab" },
    casing: { major: "#c9c4b9", middle: "#d5d0c6", minor: "#e0dcd3" },
    rail: "#b8b4ad",
    tie: "#f5f4f0",
    building: "#dedad2",
    label: "#5d5a53",
    labelQuiet: "#86827a",
    labelWater: "#5f8596",
    labelGreen: "#66825a",
    halo: "rgba(250,249,246,0.92)",
    hatch: ["#e9e6df", "#bdb8ae"],
    outline: "#1d2733",
    footprintEdge: "rgba(30,36,44,0.28)",
    footprintFaint: "#e3e1db", // left over when one class is looked at alone
    walk: "#c2185b",
    symbol: "#1d2733",
    symbolFill: "#ffffff",
  },
  dark: {
    ground: "#14181d",
    green: "#19241f",
    wood: "#1a2720",
    sport: "#1b2622",
    water: "#0c1a26",
    waterway: "#12283a",
    land: { industrial: "#191d22", commercial: "#1a1e23", school: "#1d2023", railway: "#191d21", other: "#171b20" },
    road: { major: "#3b444d", middle: "#323a42", minor: "#272e35", path: "#2f363d", steps: "#434a51" },
    casing: { major: "#0f1215", middle: "#0f1215", minor: "#111519" },
    rail: "#444c54",
    tie: "#14181d",
    building: "#2a3037",
    label: "#b4bcc4",
    labelQuiet: "#8a939c",
    labelWater: "#5f8aa3",
    labelGreen: "#7b9a7c",
    halo: "rgba(16,20,24,0.9)",
    hatch: ["#20262c", "#4a525a"],
    outline: "#f4f6f8",
    footprintEdge: "rgba(230,238,246,0.22)",
    footprintFaint: "#23292f",
    walk: "#ff7aa8",
    symbol: "#f4f6f8",
    symbolFill: "#14181d",
  },
};

const RANKS = {
  motorway: 9, trunk: 8, primary: 7, secondary: 6, tertiary: 5,
  motorway_link: 5, trunk_link: 5, primary_link: 5, secondary_link: 4, tertiary_link: 4,
  unclassified: 3, residential: 3, living_street: 3, road: 3, pedestrian: 3, busway: 3,
  service: 2, track: 1, cycleway: 1, footway: 1, path: 1, bridleway: 1, corridor: 1, steps: 0, platform: 1,
};

/** How important a road is, 9 (motorway) to 0 (steps). */
export function roadRank(kind) {
  return RANKS[kind] ?? 2;
}

/** Colour family of a rank. */
export function roadFamily(rank) {
  if (rank >= 7) return "major";
  if (rank >= 5) return "middle";
  if (rank >= 2) return "minor";
  return rank === 1 ? "path" : "steps";
}

// Width in pixels at zoom 12 and 18; between them it grows by a steady factor.
const WIDTHS = { 9: [3.2, 26], 8: [2.8, 24], 7: [2.4, 22], 6: [1.8, 18], 5: [1.2, 15], 4: [1, 11], 3: [0.5, 12], 2: [0.2, 6.5], 1: [0.2, 2], 0: [0.2, 2.6] };
const FIRST_ZOOM = { 9: 8, 8: 9, 7: 10, 6: 11, 5: 12, 4: 13, 3: 13, 2: 15, 1: 16, 0: 16 };

/** Width of a road's fill in pixels, 0 where it is not drawn. */
export function roadWidth(rank, zoom) {
  if (zoom < FIRST_ZOOM[rank]) return 0;
  const [small, large] = WIDTHS[rank];
  return small * (large / small) ** ((Math.min(zoom, 19) - 12) / 6);
}

/** `work()` whenever the page's theme may have changed: its switch, or the system's. */
export function onThemeChange(work) {
  document.addEventListener("themechange", () => work());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => work());
}

/** The page's theme, as map.css tells it: "light" or "dark". */
export function currentTheme() {
  return getComputedStyle(document.documentElement).getPropertyValue("--map-theme").trim() === "dark" ? "dark" : "light";
}
