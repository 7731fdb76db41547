// One canvas over the whole view, for what must not be cut at tile edges: labels, symbols, cells,
// outlines. It is painted in map pixels, moves with the map, and is painted anew when the map rests.
import { pixelRatio } from "./pixel-ratio.js";

const MARGIN = 0.15;

/** `paint(context, frame)`; frame.at(lon, lat) and frame.world give pixels of this canvas. */
export function createViewCanvas(L, { paint, pane }) {
  const Layer = L.Layer.extend({
    onAdd(map) {
      this.canvas = L.DomUtil.create("canvas", "view-canvas leaflet-zoom-animated", map.getPane(pane));
      this.canvas.setAttribute("role", "presentation");
      this.schedule();
    },

    onRemove() {
      cancelAnimationFrame(this.frameRequest);
      this.canvas.remove();
    },

    getEvents() {
      return { moveend: this.repaint, zoomend: this.repaint, resize: this.repaint, zoomanim: this.animateZoom };
    },

    schedule() {
      cancelAnimationFrame(this.frameRequest);
      this.frameRequest = requestAnimationFrame(() => this.repaint());
    },

    repaint() {
      cancelAnimationFrame(this.frameRequest);
      const map = this._map;
      if (!map) return;
      const size = map.getSize();
      const pad = size.multiplyBy(MARGIN).round();
      const corner = map.containerPointToLayerPoint(L.point(0, 0).subtract(pad)).round();
      const ratio = pixelRatio();
      const width = size.x + 2 * pad.x;
      const height = size.y + 2 * pad.y;
      this.corner = map.layerPointToLatLng(corner);
      this.zoom = map.getZoom();
      L.DomUtil.setPosition(this.canvas, corner);
      if (this.canvas.width !== width * ratio || this.canvas.height !== height * ratio) {
        this.canvas.width = width * ratio;
        this.canvas.height = height * ratio;
        this.canvas.style.width = `${width}px`;
        this.canvas.style.height = `${height}px`;
      }
      const context = this.canvas.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      paint(context, frameOf(map, corner, { width, height, ratio, pad }));
    },

    animateZoom(event) {
      const scale = this._map.getZoomScale(event.zoom, this.zoom);
      const offset = this._map._latLngToNewLayerPoint(this.corner, event.zoom, event.center);
      L.DomUtil.setTransform(this.canvas, offset, scale);
    },
  });
  return new Layer();
}

/** Pixels of the canvas against the world in web-mercator pixels of this zoom. */
function frameOf(map, corner, extra) {
  const zoom = map.getZoom();
  const worldPx = 256 * 2 ** zoom;
  const origin = map.getPixelOrigin().add(corner);
  return {
    ...extra,
    zoom,
    worldPx,
    originX: origin.x,
    originY: origin.y,
    at(lon, lat) {
      const [x, y] = mercatorShare(lon, lat);
      return [x * worldPx - origin.x, y * worldPx - origin.y];
    },
  };
}

/** Web mercator as shares of the world's width, 0..1 from the north-west corner. */
export function mercatorShare(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}
