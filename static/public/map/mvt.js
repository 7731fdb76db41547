// Reads a Mapbox vector tile into typed arrays: one allocation per layer instead of one object per
// point, so that half a million footprints stay small and quick to paint.
import Pbf from "pbf";

export const POINT = 1;
export const LINE = 2;
export const POLYGON = 3;

/** Decode a whole tile. Returns {layerName: Layer}. */
export function decodeTile(buffer) {
  const layers = {};
  const pbf = new Pbf(new Uint8Array(buffer));
  pbf.readFields((tag) => {
    if (tag !== 3) return;
    const layer = readLayer(pbf);
    layers[layer.name] = layer;
  }, null);
  return layers;
}

function readLayer(pbf) {
  const end = pbf.readVarint() + pbf.pos;
  const raw = { name: "", extent: 4096, keys: [], values: [], features: [] };
  pbf.readFields(readLayerField, raw, end);
  const layer = shapeLayer(pbf, raw);
  pbf.pos = end; // features were read a second time, out of order
  return layer;
}

function readLayerField(tag, raw, pbf) {
  if (tag === 1) raw.name = pbf.readString();
  else if (tag === 5) raw.extent = pbf.readVarint();
  else if (tag === 3) raw.keys.push(pbf.readString());
  else if (tag === 4) raw.values.push(readValue(pbf));
  else if (tag === 2) {
    const length = pbf.readVarint();
    raw.features.push(pbf.pos, pbf.pos + length);
    pbf.pos += length;
  }
}

function readValue(pbf) {
  const end = pbf.readVarint() + pbf.pos;
  let value = null;
  while (pbf.pos < end) {
    const field = pbf.readVarint() >> 3;
    if (field === 1) value = pbf.readString();
    else if (field === 2) value = pbf.readFloat();
    else if (field === 3) value = pbf.readDouble();
    else if (field === 4) value = pbf.readVarint(true);
    else if (field === 5) value = pbf.readVarint();
    else if (field === 6) value = pbf.readSVarint();
    else value = pbf.readBoolean();
  }
  return value;
}

/**
 * One layer: `ids` and `types` per feature, `parts` (count + 1) into `starts`, `starts` (parts + 1)
 * into the points of `xy`, `boxes` four numbers per feature, `columns` one array per property.
 */
function shapeLayer(pbf, raw) {
  const count = raw.features.length / 2;
  const points = new Growing(Int16Array, Math.max(64, count * 12));
  const starts = new Growing(Uint32Array, count + 16);
  const layer = {
    name: raw.name,
    extent: raw.extent,
    count,
    ids: new Int32Array(count).fill(-1),
    types: new Uint8Array(count),
    parts: new Uint32Array(count + 1),
    boxes: new Int16Array(count * 4),
    columns: Object.fromEntries(raw.keys.map((key) => [key, new Array(count).fill(null)])),
  };
  for (let index = 0; index < count; index++) {
    pbf.pos = raw.features[index * 2];
    readFeature(pbf, raw.features[index * 2 + 1], index, layer, raw, points, starts);
    layer.parts[index + 1] = starts.length;
  }
  starts.push(points.length / 2);
  layer.xy = points.trimmed();
  layer.starts = starts.trimmed();
  return layer;
}

function readFeature(pbf, end, index, layer, raw, points, starts) {
  while (pbf.pos < end) {
    const key = pbf.readVarint();
    const field = key >> 3;
    if (field === 1) layer.ids[index] = pbf.readVarint();
    else if (field === 2) readTags(pbf, index, layer, raw);
    else if (field === 3) layer.types[index] = pbf.readVarint();
    else if (field === 4) readGeometry(pbf, index, layer, points, starts);
    else pbf.skip(key);
  }
}

function readTags(pbf, index, layer, raw) {
  const end = pbf.readVarint() + pbf.pos;
  while (pbf.pos < end) {
    const key = raw.keys[pbf.readVarint()];
    layer.columns[key][index] = raw.values[pbf.readVarint()];
  }
}

function readGeometry(pbf, index, layer, points, starts) {
  const end = pbf.readVarint() + pbf.pos;
  let command = 1;
  let left = 0;
  let x = 0;
  let y = 0;
  let west = 32767;
  let north = 32767;
  let east = -32768;
  let south = -32768;
  while (pbf.pos < end) {
    if (left === 0) {
      const word = pbf.readVarint();
      command = word & 7;
      left = word >> 3;
      if (command === 7) {
        left = 0; // close path: rings are closed by whoever draws them
        continue;
      }
    }
    left--;
    x += pbf.readSVarint();
    y += pbf.readSVarint();
    if (command === 1) starts.push(points.length / 2);
    points.push(x);
    points.push(y);
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < north) north = y;
    if (y > south) south = y;
  }
  layer.boxes.set([west, north, east, south], index * 4);
}

class Growing {
  constructor(Kind, size) {
    this.Kind = Kind;
    this.items = new Kind(size);
    this.length = 0;
  }

  push(value) {
    if (this.length === this.items.length) {
      const larger = new this.Kind(this.items.length * 2);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length++] = value;
  }

  trimmed() {
    return this.items.slice(0, this.length);
  }
}
