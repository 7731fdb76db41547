// The app's icon: a town block cut by two streets each way, one grid cell lit. Drawn once as shapes,
// written as SVG and as PNG in the sizes that launchers ask for.
import { deflateSync } from "node:zlib";

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  radius: number;
  colour: [number, number, number];
  alpha: number;
}

const SIDE = 24;
const GROUND: [number, number, number] = [0x1f, 0x4a, 0x75];
const SAMPLES = 4; // a pixel is the mean of 4 × 4 points

function streets(): Box[] {
  const white = { colour: [255, 255, 255] as [number, number, number], alpha: 0.75, radius: 0.7 };
  const across = [9.25, 14.75].map((y) => ({ x: 5, y: y - 0.7, width: 14, height: 1.4, ...white }));
  const down = [9.25, 14.75].map((x) => ({ x: x - 0.7, y: 5, width: 1.4, height: 14, ...white }));
  return [...across, ...down];
}

/** `inset` leaves a margin for launchers that cut the icon to their own shape. */
function boxes(inset: boolean): Box[] {
  const ground: Box = inset
    ? { x: 0, y: 0, width: SIDE, height: SIDE, radius: 0, colour: GROUND, alpha: 1 }
    : { x: 1, y: 1, width: 22, height: 22, radius: 5, colour: GROUND, alpha: 1 };
  const cell: Box = { x: 9.25, y: 9.25, width: 5.5, height: 5.5, radius: 0, colour: [0xf2, 0xb0, 0x4f], alpha: 1 };
  return [ground, ...streets(), cell];
}

function holds(box: Box, x: number, y: number): boolean {
  const dx = Math.max(box.x + box.radius - x, x - (box.x + box.width - box.radius), 0);
  const dy = Math.max(box.y + box.radius - y, y - (box.y + box.height - box.radius), 0);
  if (x < box.x || y < box.y || x > box.x + box.width || y > box.y + box.height) return false;
  return box.radius === 0 || dx * dx + dy * dy <= box.radius * box.radius;
}

/** Colour at one point, boxes painted in order: red, green, blue, alpha (0–1). */
function paint(shapes: Box[], x: number, y: number): [number, number, number, number] {
  let [red, green, blue, alpha] = [0, 0, 0, 0];
  for (const box of shapes) {
    if (!holds(box, x, y)) continue;
    const [r, g, b] = box.colour;
    const over = box.alpha;
    [red, green, blue] = [r * over + red * (1 - over), g * over + green * (1 - over), b * over + blue * (1 - over)];
    alpha = over + alpha * (1 - over);
  }
  return [red, green, blue, alpha];
}

/** The mean of many points where an edge runs through the pixel; one point where all its corners agree. */
function pixel(shapes: Box[], side_px: number, column: number, row: number): number[] {
  const at = (right: number, down: number): [number, number, number, number] =>
    paint(shapes, ((column + right) / side_px) * SIDE, ((row + down) / side_px) * SIDE);
  const corners = [at(0.01, 0.01), at(0.99, 0.01), at(0.01, 0.99), at(0.99, 0.99)];
  const is_plain = corners.every((corner) => corner.every((value, part) => value === corners[0]![part]));
  const points = is_plain ? [corners[0]!] : Array.from({ length: SAMPLES ** 2 }, (_, i) => at(((i % SAMPLES) + 0.5) / SAMPLES, (Math.floor(i / SAMPLES) + 0.5) / SAMPLES));
  const alpha = points.reduce((sum, point) => sum + point[3], 0);
  const mean = (part: number): number => (alpha ? Math.round(points.reduce((sum, point) => sum + point[part]! * point[3], 0) / alpha) : 0);
  return [mean(0), mean(1), mean(2), Math.round((alpha / points.length) * 255)];
}

function chunk(name: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(content.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(named));
  return Buffer.concat([head, named, tail]);
}

function crc32(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

function png(side_px: number, inset: boolean): Buffer {
  const shapes = boxes(inset);
  const rows: Buffer[] = [];
  for (let row = 0; row < side_px; row += 1) {
    const points = Array.from({ length: side_px }, (_, column) => pixel(shapes, side_px, column, row));
    rows.push(Buffer.from([0, ...points.flat()]));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side_px, 0);
  header.writeUInt32BE(side_px, 4);
  header.set([8, 6, 0, 0, 0], 8); // 8 bits a channel, RGBA
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function svg(): string {
  const drawn = boxes(false).map((one) => {
    const colour = `#${one.colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    return `<rect x="${one.x}" y="${one.y}" width="${one.width}" height="${one.height}" rx="${one.radius}" fill="${colour}" opacity="${one.alpha}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}">${drawn.join("")}</svg>\n`;
}

/** File name → content, as the build writes them beside the app. */
export function iconFiles(): Record<string, string | Uint8Array> {
  return {
    "icon.svg": svg(),
    "icon-180.png": png(180, true),
    "icon-192.png": png(192, false),
    "icon-512.png": png(512, false),
    "icon-512-full.png": png(512, true),
  };
}
