// The desk's map modules are plain JavaScript; this is what the tablet uses of them.
declare module "*/public/map/base-style.js" {
  export interface MapTheme {
    building: string;
    casing: { minor: string };
  }
  export const THEMES: { light: MapTheme; dark: MapTheme };
  export function currentTheme(): "light" | "dark";
}

declare module "*/public/map/tile-store.js" {
  export class TileStore extends EventTarget {
    constructor(options: {
      template: string;
      minZoom: number;
      maxZoom: number;
      fetchTile: (address: string) => Promise<ArrayBuffer | null>;
    });
    readonly isBusy: boolean;
  }
}

declare module "*/public/map/canvas-tiles.js" {
  import type { GridLayer } from "leaflet";
  import type { TileStore } from "*/public/map/tile-store.js";
  export function createCanvasTiles(
    L: unknown,
    options: { store: TileStore; paint: (pen: CanvasRenderingContext2D, layers: { buildings?: unknown }, view: unknown) => void; pane: string; minZoom?: number },
  ): GridLayer & { repaint(): void };
}

declare module "*/public/map/view-canvas.js" {
  import type { Layer } from "leaflet";
  export interface Frame {
    zoom: number;
    width: number;
    height: number;
    ratio: number;
    at(lon: number, lat: number): [number, number];
  }
  export function createViewCanvas(
    L: unknown,
    options: { paint: (pen: CanvasRenderingContext2D, frame: Frame) => void; pane: string },
  ): Layer & { repaint(): void; schedule(): void };
}

declare module "*/public/map/paint-base.js" {
  import type { MapTheme } from "*/public/map/base-style.js";
  export function paintBase(pen: CanvasRenderingContext2D, layers: unknown, view: unknown, theme: MapTheme): void;
}

declare module "*/public/map/labels.js" {
  export function paintLabels(pen: CanvasRenderingContext2D, tiles: unknown[], scene: Record<string, unknown>): void;
}

declare module "*/public/map/boxes.js" {
  export class TakenBoxes {
    take(left: number, top: number, right: number, bottom: number): boolean;
    put(left: number, top: number, right: number, bottom: number): void;
  }
}

declare module "*/public/map/visible-tiles.js" {
  import type { TileStore } from "*/public/map/tile-store.js";
  import type { Frame } from "*/public/map/view-canvas.js";
  export function visibleTiles(store: TileStore, frame: Frame): unknown[];
}

declare module "*/public/map/paint-buildings.js" {
  export function paintBuildings(
    pen: CanvasRenderingContext2D,
    layer: unknown,
    view: unknown,
    style: { values: ArrayLike<number>; classOf: Uint8Array; fills: string[]; edges: string[]; edgeZoom: number },
  ): void;
}
