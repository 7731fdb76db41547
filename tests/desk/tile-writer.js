// Writes small vector tiles by hand, so that tests know every number in them.
import Pbf from "pbf";

/** `layers` = {name: [{id, type, geometry: [[[x, y], …], …], properties}]} → bytes of a tile. */
export function encodeTile(layers) {
  const pbf = new Pbf();
  for (const [name, features] of Object.entries(layers)) pbf.writeMessage(3, writeLayer, { name, features });
  return pbf.finish().buffer;
}

function writeLayer({ name, features }, pbf) {
  const keys = [...new Set(features.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const values = [...new Set(features.flatMap(({ properties = {} }) => Object.values(properties)))];
  pbf.writeVarintField(15, 2);
  pbf.writeStringField(1, name);
  pbf.writeVarintField(5, 4096);
  for (const feature of features) pbf.writeMessage(2, writeFeature, { feature, keys, values });
  for (const key of keys) pbf.writeStringField(3, key);
  for (const value of values) pbf.writeMessage(4, writeValue, value);
}

function writeValue(value, pbf) {
  if (typeof value === "boolean") pbf.writeBooleanField(7, value);
  else if (typeof value === "number") pbf.writeDoubleField(3, value);
  else pbf.writeStringField(1, value);
}

function writeFeature({ feature, keys, values }, pbf) {
  if (feature.id !== undefined) pbf.writeVarintField(1, feature.id);
  const tags = Object.entries(feature.properties ?? {}).flatMap(([key, value]) => [keys.indexOf(key), values.indexOf(value)]);
  pbf.writePackedVarint(2, tags);
  pbf.writeVarintField(3, feature.type);
  pbf.writePackedVarint(4, commands(feature));
}

function commands({ type, geometry }) {
  const zigzag = (number) => (number << 1) ^ (number >> 31);
  const words = [];
  let [atX, atY] = [0, 0];
  for (const part of geometry) {
    part.forEach(([x, y], at) => {
      if (at === 0) words.push((1 << 3) | 1);
      if (at === 1) words.push(((part.length - 1) << 3) | 2);
      words.push(zigzag(x - atX), zigzag(y - atY));
      [atX, atY] = [x, y];
    });
    if (type === 3) words.push((1 << 3) | 7);
  }
  return words;
}

/** A square ring with its corner at (x, y). */
export function square(x, y, side) {
  return [[x, y], [x + side, y], [x + side, y + side], [x, y + side]];
}
