// From the view to what the map shall paint: classes, colours of the theme, shares.
import { cellColourOf, classesFor, gainOf } from "./classes.js";

export const SCORE = { code: "score", threshold_m: null, threshold_min: null };

/** Outline colours by theme: a thin dark line on light ground, a light one on dark. */
const EDGES = { light: "rgba(30,36,44,0.28)", dark: "rgba(230,238,246,0.22)" };
const FAINT = { light: "#e3e1db", dark: "#23292f" };

/** {classes, ramp, gain, style} for MapView.setStyle. `isolated` leaves one class its colour. */
export function pictureOf({ mode, category, values, weights, isolated, theme, definitions }) {
  const classes = classesFor({ mode, category, classes: definitions });
  const ramp = theme === "dark" ? classes.coloursDark : classes.colours;
  const gain = gainOf(classes, isolated);
  const count = classes.bounds.length;
  const fills = [...ramp, null].map((fill, at) => (isolated === null || isolated === at ? fill : FAINT[theme]));
  const edges = Array.from({ length: count + 1 }, () => EDGES[theme]);
  const cellColour = cellColourOf(classes, ramp, isolated !== null && isolated < count ? isolated : null);
  return { classes, ramp, gain, style: { values, weights, gain, fills, edges, classOf: classes.classOf, cellColour } };
}
