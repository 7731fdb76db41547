// From the view to what the map shall paint: classes, colours of the theme, shares.
import { THEMES } from "../map/base-style.js";
import { cellColourOf, classesFor, gainOf } from "./classes.js";

export const SCORE = { code: "score", threshold_m: null, threshold_min: null };

/** {classes, ramp, gain, style} for MapView.setStyle. `isolated` leaves one class its colour. */
export function pictureOf({ mode, category, values, weights, isolated, theme, definitions }) {
  const classes = classesFor({ mode, category, classes: definitions });
  const ramp = theme === "dark" ? classes.coloursDark : classes.colours;
  const gain = gainOf(classes, isolated);
  const count = classes.bounds.length;
  const fills = [...ramp, null].map((fill, at) => (isolated === null || isolated === at ? fill : THEMES[theme].footprintFaint));
  const edges = Array.from({ length: count + 1 }, () => THEMES[theme].footprintEdge);
  const cellColour = cellColourOf(classes, ramp, isolated !== null && isolated < count ? isolated : null);
  return { classes, ramp, gain, style: { values, weights, gain, fills, edges, classOf: classes.classOf, cellColour } };
}
