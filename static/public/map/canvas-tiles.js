// A Leaflet grid layer whose tiles are canvases painted from vector tiles. Several layers may share
// one TileStore; changing what is drawn repaints and never fetches.
import { pixelRatio } from "./pixel-ratio.js";

const TILE_PX = 512;
const MARGIN_PAUSE_MS = 120;

/** `paint(context, layers, view)`, view = {scale, zoom, ratio}: one tile unit is `scale` CSS pixels. */
export function createCanvasTiles(L, { store, paint, pane, minZoom = 0, attribution = "" }) {
  const Layer = L.GridLayer.extend({
    options: { tileSize: TILE_PX, keepBuffer: 1, updateWhenIdle: false, updateWhenZooming: false },

    createTile(coords, done) {
      const canvas = document.createElement("canvas");
      const ratio = pixelRatio();
      canvas.width = canvas.height = TILE_PX * ratio;
      canvas.setAttribute("role", "presentation");
      canvas.placement = store.placement(coords);
      canvas.ratio = ratio;
      canvas.zoom = coords.z;
      store.get(canvas.placement).then(
        (layers) => {
          canvas.layers = layers;
          this.paintTile(canvas);
          done(null, canvas);
        },
        (error) => done(error, canvas),
      );
      return canvas;
    },

    paintTile(canvas) {
      if (!canvas.layers) return;
      const { pixelsAcross, left, top } = canvas.placement;
      const context = canvas.getContext("2d");
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      const scale = pixelsAcross / 4096;
      context.setTransform(canvas.ratio, 0, 0, canvas.ratio, left * canvas.ratio, top * canvas.ratio);
      paint(context, canvas.layers, { scale, zoom: canvas.zoom, ratio: canvas.ratio, left, top });
    },

    /** Paint what is on the screen now, the margin after it. */
    repaint() {
      const later = [];
      const size = this._map ? this._map.getSize() : null;
      for (const { el, current } of Object.values(this._tiles ?? {})) {
        if (!el.layers) continue;
        if (current && size && isOnScreen(this._map, el, size)) this.paintTile(el);
        else later.push(el);
      }
      this.paintMargin(later);
    },

    /** One tile a quiet moment, so that the next choice need not wait for tiles nobody sees. */
    paintMargin(later) {
      clearTimeout(this.marginJob);
      this.marginJob = setTimeout(() => {
        const el = later.pop();
        if (el?.isConnected) this.paintTile(el);
        if (later.length) this.paintMargin(later);
      }, MARGIN_PAUSE_MS);
    },

    /** Ask again for tiles that did not come. */
    retryFailed() {
      if (store.failed.size) this.redraw();
    },
  });
  return new Layer({ pane, minZoom, attribution });
}

function isOnScreen(map, element, size) {
  const box = element.getBoundingClientRect();
  const frame = map.getContainer().getBoundingClientRect();
  return (
    box.right > frame.left && box.bottom > frame.top && box.left < frame.left + size.x && box.top < frame.top + size.y
  );
}
