// Draws the worker's buildings: outline and fill by what is left to do, and a glyph that says the same by
// its shape: a disc with the number of doors left, a clock for a call-back, a tick when all is done.
import { TakenBoxes } from "../../public/map/boxes.js";
import type { Frame } from "../../public/map/view-canvas.js";
import type { HouseNow } from "../day/plan.ts";
import type { PackBuilding } from "../types.ts";

export interface HouseOnMap {
  building: PackBuilding;
  now: HouseNow;
}

export interface Ink {
  ink: string;
  surface: string;
  line: string;
  primary: string;
  onPrimary: string;
  primarySoft: string;
  good: string;
  goodSoft: string;
  warn: string;
  onWarn: string;
  warnSoft: string;
}

const NAMES = { ink: "ink", surface: "surface", line: "line-strong", primary: "primary", onPrimary: "on-primary", primarySoft: "primary-soft", good: "good", goodSoft: "good-soft", warn: "warn", onWarn: "on-warn", warnSoft: "warn-soft" } as const;
const FONT = '"PingFang SC","Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei",system-ui,sans-serif';

/** The page's own colours, so that map and list are one. */
export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  return Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, style.getPropertyValue(`--${name}`).trim()])) as unknown as Ink;
}

export function paintOutline(pen: CanvasRenderingContext2D, frame: Frame, outline: GeoJSON.MultiPolygon | null, ink: Ink): void {
  if (!outline) return;
  pen.beginPath();
  addRings(pen, frame, outline);
  pen.strokeStyle = ink.primary;
  pen.lineWidth = 2;
  pen.setLineDash([8, 6]);
  pen.stroke();
  pen.setLineDash([]);
}

export function paintHouses(pen: CanvasRenderingContext2D, frame: Frame, houses: HouseOnMap[], chosen: string | null, ink: Ink): void {
  pen.lineJoin = "round";
  for (const { building, now } of houses) {
    const isChosen = building.code === chosen;
    pen.beginPath();
    addRings(pen, frame, building.geometry);
    pen.fillStyle = now.due > 0 ? ink.warnSoft : now.open > 0 ? ink.primarySoft : ink.goodSoft;
    pen.fill("evenodd");
    pen.strokeStyle = isChosen ? ink.ink : now.due > 0 ? ink.warn : now.open > 0 ? ink.primary : ink.good;
    pen.lineWidth = isChosen ? 4 : 1.8;
    pen.stroke();
  }
}

const DOT_PX = 4;

/** Glyphs above all outlines, the chosen and the due ones on top; where houses stand too close, the others are dots. */
export function paintGlyphs(pen: CanvasRenderingContext2D, frame: Frame, houses: HouseOnMap[], chosen: string | null, ink: Ink): void {
  const rank = ({ building, now }: HouseOnMap) => (building.code === chosen ? 3 : now.due > 0 ? 2 : now.open > 0 ? 1 : 0);
  const radius = frame.zoom >= 17 ? 15 : frame.zoom >= 16 ? 12 : 9;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const taken = new TakenBoxes();
  const glyphs: { house: HouseOnMap; x: number; y: number }[] = [];
  for (const house of [...houses].sort((a, b) => rank(b) - rank(a))) {
    const [x, y] = frame.at(...house.building.point);
    if (x < -40 || y < -40 || x > frame.width + 40 || y > frame.height + 40) continue;
    const reach = radius * 0.85;
    if (taken.take(x - reach, y - reach, x + reach, y + reach) || house.building.code === chosen) glyphs.push({ house, x, y });
    else paintDot(pen, x, y, house, ink);
  }
  for (const { house, x, y } of glyphs.reverse()) {
    paintGlyph(pen, x, y, radius, house, ink);
    if (frame.zoom >= 18 || house.building.code === chosen) paintName(pen, x, y + radius + 10, house.building, ink);
  }
}

function paintDot(pen: CanvasRenderingContext2D, x: number, y: number, { now }: HouseOnMap, ink: Ink): void {
  pen.beginPath();
  pen.arc(x, y, DOT_PX, 0, 2 * Math.PI);
  pen.fillStyle = fillOf(now, ink);
  pen.fill();
  pen.strokeStyle = ink.surface;
  pen.lineWidth = 1;
  pen.stroke();
}

function fillOf(now: HouseOnMap["now"], ink: Ink): string {
  return now.open === 0 ? ink.good : now.due > 0 ? ink.warn : ink.primary;
}

function paintGlyph(pen: CanvasRenderingContext2D, x: number, y: number, radius: number, { now }: HouseOnMap, ink: Ink): void {
  const isDone = now.open === 0;
  pen.beginPath();
  if (isDone) pen.roundRect(x - radius * 0.86, y - radius * 0.86, radius * 1.72, radius * 1.72, 4);
  else pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = fillOf(now, ink);
  pen.fill();
  pen.strokeStyle = ink.surface;
  pen.lineWidth = 2;
  pen.stroke();
  pen.strokeStyle = pen.fillStyle = ink.surface;
  pen.lineCap = "round";
  if (isDone) stroke(pen, 2.4, [x - radius * 0.42, y, x - radius * 0.08, y + radius * 0.34, x + radius * 0.46, y - radius * 0.34]);
  else if (now.due > 0) stroke(pen, 2.2, [x, y - radius * 0.58, x, y, x + radius * 0.42, y + radius * 0.26]);
  else {
    pen.font = `700 ${Math.round(radius * (now.open > 99 ? 0.8 : 1.05))}px ${FONT}`;
    pen.fillText(String(now.open), x, y + 0.5);
  }
}

function paintName(pen: CanvasRenderingContext2D, x: number, y: number, building: PackBuilding, ink: Ink): void {
  const name = building.name || building.address;
  if (!name) return;
  pen.font = `600 14px ${FONT}`;
  pen.lineJoin = "round";
  pen.lineWidth = 4;
  pen.strokeStyle = ink.surface;
  pen.strokeText(name, x, y);
  pen.fillStyle = ink.ink;
  pen.fillText(name, x, y);
}

/** Where the worker stands: a dot in the ring of its error. */
export function paintHere(pen: CanvasRenderingContext2D, frame: Frame, here: { lonlat: [number, number]; accuracy_m: number }, ink: Ink): void {
  const [x, y] = frame.at(...here.lonlat);
  const metrePx = pixelsPerMetre(frame, here.lonlat);
  pen.beginPath();
  pen.arc(x, y, Math.max(10, here.accuracy_m * metrePx), 0, 2 * Math.PI);
  pen.globalAlpha = 0.16;
  pen.fillStyle = ink.primary;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = ink.primary;
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.beginPath();
  pen.arc(x, y, 7, 0, 2 * Math.PI);
  pen.fillStyle = ink.ink;
  pen.fill();
  pen.strokeStyle = ink.surface;
  pen.lineWidth = 3;
  pen.stroke();
}

function pixelsPerMetre(frame: Frame, [lon, lat]: [number, number]): number {
  const [, north] = frame.at(lon, lat + 0.001);
  const [, here] = frame.at(lon, lat);
  return (here - north) / 111.2; // a thousandth of a degree of latitude is 111.2 m
}

function addRings(pen: CanvasRenderingContext2D, frame: Frame, { coordinates }: GeoJSON.MultiPolygon): void {
  for (const ring of coordinates.flat()) {
    ring.forEach(([lon = 0, lat = 0], index) => {
      const [x, y] = frame.at(lon, lat);
      if (index === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    });
    pen.closePath();
  }
}

function stroke(pen: CanvasRenderingContext2D, width: number, points: number[]): void {
  pen.beginPath();
  pen.lineWidth = width;
  for (let at = 0; at < points.length; at += 2) {
    if (at === 0) pen.moveTo(points[0] ?? 0, points[1] ?? 0);
    else pen.lineTo(points[at] ?? 0, points[at + 1] ?? 0);
  }
  pen.stroke();
}
