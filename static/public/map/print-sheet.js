// A printed sheet with a map: a fixed size, always light, printed only when every tile is there.
import { setLeastPixelRatio } from "./pixel-ratio.js";

/** Options of a map that stands still. */
export const STILL = { dragging: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, keyboard: false, touchZoom: false };
export const SCALE_ROOM_PX = 140;

/** Sets up bar and size of the sheet; gives the paper that the address names. */
export function openSheet({ find, words }) {
  setLeastPixelRatio(2);
  const paper = new URLSearchParams(location.search).get("paper") === "a3" ? "a3" : "a4";
  find("back").href += location.search;
  find("sheet").dataset.paperSize = paper;
  find("paper").value = paper;
  find("paper").addEventListener("change", ({ target }) => changePaper(target.value));
  find("print-now").addEventListener("click", () => window.print());
  find("print-state").textContent = words.say("print_waiting");
  return paper;
}

/** A new size is a new sheet: everything is laid out and drawn again. */
function changePaper(paper) {
  const query = new URLSearchParams(location.search);
  query.set("paper", paper);
  location.search = query.toString();
}

/** Waits until all is painted, then lets the sheet be printed. */
export async function finishSheet({ find, words, mapView }) {
  await mapView.settled();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  find("print-now").disabled = false;
  find("print-state").textContent = words.say("print_ready");
}
