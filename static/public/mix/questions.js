// What a view asks the server: the rows of its level, the row of the place looked at, a drawn area.
import { levelOfCode, readCorners } from "./address.js";

const MOST_LISTED = 5000; // the server lists no more buildings at once
const FILE_MEASURES = new Set(["w", "share"]);

/** Buildings of the stock are coloured from a file of bytes, everything else from rows. */
export function paintsFootprints({ kind, view }) {
  return kind === "stock" && view.level === "building" && FILE_MEASURES.has(view.measure);
}

/** The level that is listed: of very many buildings only those of one place, until then the places to choose from. */
export function listedLevel({ view }, buildingCount) {
  if (view.level !== "building" || buildingCount <= MOST_LISTED) return view.level;
  return view.area ? "building" : "community";
}

/**
 * {answer, row, drawn, listed}: the figures of the level, the row of the place looked at (the whole when none is
 * chosen), and the answer about a drawn area.
 */
export async function askView({ asking, state, settled, csrf }) {
  const { view } = settled;
  const asked = { source: view.source, dimension: view.dim };
  const listed = listedLevel(settled, state.building_count);
  const isPart = view.level === "building" && view.area && view.area.length <= 15;
  const main = asking.get("figures", { ...asked, level: listed, area: isPart ? view.area : "" });
  const focus = view.area ? askFocus({ asking, asked, view, listed, main, root: state.town.root_code }) : null;
  const drawing = view.draw ? askDrawn(asking, view, csrf) : null;
  const [answer, row, drawn] = await Promise.all([main, focus, drawing]);
  return { answer, row: drawn ? drawn.row : view.area ? row : wholeOf(answer), drawn, listed };
}

/** Published tables have no sum of their own; a single row speaks for itself. */
function wholeOf({ whole, rows }) {
  return whole ?? (rows.length === 1 ? rows[0] : null);
}

async function askFocus({ asking, asked, view, listed, main, root }) {
  const level = levelOfCode(view.area, root);
  const answer = level === listed ? await main : await asking.get("figures", { ...asked, level, area: level === "town" ? "" : view.area });
  return answer.rows.find(({ code }) => code === view.area) ?? null;
}

const drawnAnswers = new Map();

async function askDrawn(asking, view, csrf) {
  const corners = readCorners(view.draw);
  if (!corners) return null;
  const key = `${view.source} ${view.dim} ${view.draw}`;
  if (!drawnAnswers.has(key)) {
    const answer = asking.areaOf(view.source, view.dim, corners, csrf);
    drawnAnswers.set(key, answer);
    answer.catch(() => drawnAnswers.delete(key));
  }
  return drawnAnswers.get(key);
}

/** What every further question about the place names. */
export const placeOf = ({ view }) => ({ source: view.source, dimension: view.dim, area: view.area });
